/**
 * The preset `reference`: the monthly costs that the article about Alibaba's cat-and-dog function compares, in yuan
 * (https://infoq.cn/article/wbhrhqcitjajrgrfqg4d).
 *
 * From the article: ten C5 machines, of whose month the work takes 30 %; a tenth of the work done on demand, at full
 * utilisation; scaling at 50 % where latency counts; and the results, 738 + 267.84 = 1005.84 for the mixed pool,
 * 2716.52 for the peak, 1840.52 and 1465.09 for elastic machines.
 *
 * Derived, since the part of the article that could be read gives no single prices:
 * - machine and load balancer: 10 m + b = 2716.52 and (3 / 0.5) m + b = 1840.52, so m = 219 and b = 526.52;
 * - cost-sensitive utilisation: (3 / u) m + b = 1465.09, so u = 0.7 (the text has that scaling begin at about 0.8);
 * - reserved unit: 738 for three units, enough for the work of three machines less its tenth, so 246;
 * - on-demand unit: 267.84 for a tenth of three unit-months, so 892.80 per unit-month. In 31 days that is 1.20 per
 *   hour; 30 days would make it 1.24. Alibaba's former list price, 0.00011108 per GB-second, agrees: a unit of 3 GB
 *   comes to 267.77 in 31 days, and to 259.13 in 30.
 */
import { type Bill, elasticMachines, machines, mixedPool, type Prices, SECONDS_PER_MONTH } from './monthly.ts';

export const REFERENCE_PRICES: Prices = {
  currency: 'yuan',
  reservedUnitMonth: 246,
  onDemandUnitSecond: 1.2 / 3600,
  machineMonth: 219,
  loadBalancerMonth: 526.52,
};

const PEAK_MACHINES = 10;
/** In machine-months, and so in unit-months. */
const WORK = 0.3 * PEAK_MACHINES;
const RESERVED_UNITS = 3;
const ON_DEMAND_UNIT_SECONDS = 0.1 * WORK * SECONDS_PER_MONTH;

/** The article's table, computed from its inputs. */
export function referenceTable(): readonly { readonly label: string; readonly bill: Bill }[] {
  const prices = REFERENCE_PRICES;
  return [
    { label: 'mixed', bill: mixedPool(prices, RESERVED_UNITS, ON_DEMAND_UNIT_SECONDS) },
    { label: 'reserved for the peak', bill: machines(prices, PEAK_MACHINES) },
    { label: 'elastic, latency-sensitive', bill: elasticMachines(prices, WORK, 0.5) },
    { label: 'elastic, cost-sensitive', bill: elasticMachines(prices, WORK, 0.7) },
  ];
}
