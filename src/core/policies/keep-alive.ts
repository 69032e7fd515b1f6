/** How long an on-demand worker stays without work, and when it comes back before it is asked for. */
import { type GapHistogram, upperBoundMs } from '../estimates/gaps.ts';

/** When a level (see `state/levels.ts`) is kept warm, in ms after it was last used. From `fromMs` on it is warmed before it is needed. */
export interface WarmWindow {
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface GapView {
  /** How long this level stayed unused before it was needed again, so far. */
  readonly gaps: GapHistogram;
  readonly coldStartMs: number;
}

export interface KeepAlivePolicy {
  readonly name: string;
  readonly window: (view: GapView) => WarmWindow;
}

/** Always so long. */
export function fixedKeepAlive(ms: number): KeepAlivePolicy {
  const window = { fromMs: 0, untilMs: ms };
  return { name: `fixed:${ms}ms`, window: () => window };
}

/** Before so many gaps are known, the histogram says nothing. */
const FEWEST_GAPS = 10;
const HEAD = 0.05;
const TAIL = 0.99;
/** The head is taken 10 % shorter and the tail 10 % longer than measured. */
const MARGIN = 0.1;

/**
 * The hybrid histogram policy of Shahrad et al., "Serverless in the Wild", USENIX ATC 2020: warm from the 5th to the
 * 99th percentile of the gaps, 10 % added on both sides; `otherwise` as long as the histogram is not representative.
 * Departures: the bins grow with the gap instead of being a minute wide; the gaps are those of a level of the pool (the
 * second on-demand worker has a histogram of its own), because here one function has many workers; no forecast for
 * gaps over 4 hours.
 */
export function histogramKeepAlive(otherwise: KeepAlivePolicy): KeepAlivePolicy {
  return {
    name: 'histogram',
    window: (view) => {
      const tail = view.gaps.quantile(TAIL);
      if (view.gaps.total < FEWEST_GAPS || tail === Number.POSITIVE_INFINITY) return otherwise.window(view);
      const head = view.gaps.quantile(HEAD) * (1 - MARGIN);
      // To leave and come back within one cold start would save nothing.
      return { fromMs: head > 2 * view.coldStartMs ? head : 0, untilMs: tail * (1 + MARGIN) };
    },
  };
}

/**
 * Ski rental: idling rents, a cold start buys. Until enough gaps are known, stay for as long as a cold start takes,
 * which costs at most twice the optimum whatever comes (Karlin et al., "Competitive snoopy caching", 1988). Then stay
 * for the time that would have cost least over the known gaps: idle time, plus `coldStartWeight` cold starts for each gap
 * that outlasts it. The weight is what a second of a waiting client is worth in seconds of an idle worker.
 */
export function costKeepAlive(coldStartWeight: number): KeepAlivePolicy {
  return {
    name: 'cost',
    window: ({ gaps, coldStartMs }) => {
      const coldMs = coldStartWeight * coldStartMs;
      if (gaps.total < FEWEST_GAPS) return { fromMs: 0, untilMs: coldMs };
      return { fromMs: 0, untilMs: cheapestStay(gaps, coldMs) };
    },
  };
}

/** The bound t of a bin with the least mean of min(gap, t), plus `coldMs` where the gap is longer. */
function cheapestStay(gaps: GapHistogram, coldMs: number): number {
  let best = { stayMs: 0, cost: coldMs * gaps.total };
  let idle = 0;
  let over = gaps.total;
  for (const [bin, weight] of gaps.weights.entries()) {
    const stayMs = upperBoundMs(bin);
    if (stayMs === Number.POSITIVE_INFINITY) break;
    over -= weight;
    idle += weight * stayMs;
    const cost = idle + over * (stayMs + coldMs);
    if (weight > 0 && cost < best.cost) best = { stayMs, cost };
  }
  return best.stayMs;
}
