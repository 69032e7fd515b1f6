/** What the policies learn from: noted once the other rules have settled, so that what lasts no time leaves no trace. */
import type { State } from '../state/state.ts';

export function observe({ roster }: State, now: number): void {
  let saturated = false;
  for (const model of roster.models()) {
    if (model.count.idle === 0 && model.queue.size + model.bound > 0) saturated = true;
    if (model.queue.size === 0) model.batchOpenSince = null;
    model.levels.observe(now, model.onDemandInUse, model.coldStartMs);
    model.scaling.observe?.(now, model.running + model.queue.size);
  }
  roster.accounts.saturated(now, saturated);
}
