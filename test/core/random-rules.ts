/** Random policies, as values that fast-check can print and shrink. */
import fc from 'fast-check';
import { concurrency } from '../../src/core/policies/concurrency.ts';
import {
  costKeepAlive,
  fixedKeepAlive,
  histogramKeepAlive,
  type KeepAlivePolicy,
} from '../../src/core/policies/keep-alive.ts';
import { never } from '../../src/core/policies/never.ts';
import type { ScalingPolicy } from '../../src/core/policies/scaling.ts';
import { spill } from '../../src/core/policies/spill.ts';
import { targetWait } from '../../src/core/policies/target-wait.ts';

const policy = fc.oneof(
  fc.record({ name: fc.constant('target-wait' as const), targetMs: fc.constantFrom(null, 0, 50, 200) }),
  fc.record({ name: fc.constant('never' as const) }),
  fc.record({ name: fc.constant('spill' as const) }),
  fc.record({ name: fc.constant('concurrency' as const), share: fc.constantFrom(0.3, 0.7, 1) }),
);
const keepAlive = fc.record({
  name: fc.constantFrom('fixed' as const, 'histogram' as const, 'cost' as const),
  /** Also what the histogram falls back on. */
  ms: fc.constantFrom(0, 10, 120.5, 500),
  weight: fc.constantFrom(0, 1, 5),
});

export const randomRules = fc.record({ policy, keepAlive });

export type RandomRules = typeof randomRules extends fc.Arbitrary<infer T> ? T : never;

export function rulesOf({ policy, keepAlive }: RandomRules): { scaling: ScalingPolicy; keepAlive: KeepAlivePolicy } {
  return { scaling: scalingOf(policy), keepAlive: keepAliveOf(keepAlive) };
}

function scalingOf(policy: RandomRules['policy']): ScalingPolicy {
  switch (policy.name) {
    case 'target-wait':
      return targetWait(policy.targetMs);
    case 'concurrency':
      return concurrency(policy.share);
    case 'spill':
      return spill;
    default:
      return never;
  }
}

function keepAliveOf({ name, ms, weight }: RandomRules['keepAlive']): KeepAlivePolicy {
  if (name === 'fixed') return fixedKeepAlive(ms);
  return name === 'cost' ? costKeepAlive(weight) : histogramKeepAlive(fixedKeepAlive(ms));
}
