/** What a deployment costs in a month, item by item, and when a reserved unit pays. */

/** What the parts of a deployment cost. A unit is the capacity of one worker, a machine does the work of one unit. */
export interface Prices {
  readonly currency: string;
  /** One unit, paid for the whole month in advance, used or not. */
  readonly reservedUnitMonth: number;
  /** One unit for one second, paid only while it runs. */
  readonly onDemandUnitSecond: number;
  /** What one would rent instead: a machine for a month, and the load balancer before the machines. */
  readonly machineMonth: number;
  readonly loadBalancerMonth: number;
}

/** A month of 31 days: the one that the prices of the reference fit (see `reference.ts`). */
export const SECONDS_PER_MONTH = 31 * 24 * 3600;

export interface Bill {
  readonly items: readonly BillItem[];
  readonly total: number;
}

interface BillItem {
  readonly label: string;
  readonly cost: number;
}

/** Reserved units, and on-demand units for as many unit-seconds a month; the load is balanced by the pool itself. */
export function mixedPool(prices: Prices, reservedUnits: number, onDemandUnitSeconds: number): Bill {
  return bill([
    { label: 'reserved', cost: reservedUnits * prices.reservedUnitMonth },
    { label: 'on-demand', cost: onDemandUnitSeconds * prices.onDemandUnitSecond },
  ]);
}

/** Machines behind a load balancer. Their number may be a fraction: the mean over the month. */
export function machines(prices: Prices, count: number): Bill {
  return bill([
    { label: 'machines', cost: count * prices.machineMonth },
    { label: 'load balancer', cost: prices.loadBalancerMonth },
  ]);
}

/**
 * Machines that come and go so that each is busy for the share `utilisation` of its time, above 0 up to 1. `work` is
 * what the load would take of machines that are never idle, in machine-months.
 */
export function elasticMachines(prices: Prices, work: number, utilisation: number): Bill {
  return machines(prices, work / utilisation);
}

/**
 * The share of a month for which a unit has to run on demand to cost as much as a reserved one; reserve what is used
 * for longer. Above 1, reserving never pays.
 */
export function breakEvenShare(prices: Prices): number {
  if (prices.reservedUnitMonth === 0) return 0;
  return prices.reservedUnitMonth / (prices.onDemandUnitSecond * SECONDS_PER_MONTH);
}

/** Worker-seconds a month, if the month goes on as the `spanMs` in which `workerSeconds` were counted. */
export function perMonth(workerSeconds: number, spanMs: number): number {
  if (!(spanMs > 0)) throw new RangeError(`A span of ${spanMs} ms says nothing of a month: it must be longer than 0.`);
  return (workerSeconds / (spanMs / 1_000)) * SECONDS_PER_MONTH;
}

function bill(items: readonly BillItem[]): Bill {
  return { items, total: items.reduce((sum, { cost }) => sum + cost, 0) };
}
