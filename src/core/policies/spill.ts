/** What the clouds do: a request that finds no idle worker waits out the cold start of one of its own. */
import type { ScalingPolicy, ScalingView } from './scaling.ts';

export const spill: ScalingPolicy = { name: 'spill', forModel: () => ({ startReason, bindsToStart: true }) };

function startReason({ waiting, idle }: ScalingView): string | null {
  return waiting > 0 && idle === 0 ? 'a request found no idle worker' : null;
}
