/** The scheduling policies by the names that the command line has for them. */
import { concurrency } from '../core/policies/concurrency.ts';
import {
  costKeepAlive,
  fixedKeepAlive,
  histogramKeepAlive,
  type KeepAlivePolicy,
} from '../core/policies/keep-alive.ts';
import { never } from '../core/policies/never.ts';
import type { ScalingPolicy } from '../core/policies/scaling.ts';
import { spill } from '../core/policies/spill.ts';
import { targetWait } from '../core/policies/target-wait.ts';

export const POLICY_NAMES = ['target-wait', 'spill', 'concurrency', 'never'] as const;
export type PolicyName = (typeof POLICY_NAMES)[number];

export interface PolicyNumbers {
  /** Predicted wait above which `target-wait` starts a worker, in ms; null for a quarter of a service time. */
  readonly targetWait: number | null;
  /** Share of its time that a worker is to work under `concurrency`, 0 to 1. */
  readonly targetShare: number;
}

export function scalingPolicy(name: PolicyName, numbers: PolicyNumbers): ScalingPolicy {
  switch (name) {
    case 'target-wait':
      return targetWait(numbers.targetWait);
    case 'concurrency':
      return concurrency(numbers.targetShare);
    case 'spill':
      return spill;
    case 'never':
      return never;
    default:
      return name satisfies never;
  }
}

/** How long workers stay while the histogram knows too little. */
const HISTOGRAM_STARTS_WITH_MS = 60_000;
const DEFAULT_COLD_START_WEIGHT = 2;
export const KEEP_ALIVE_FORMS = 'fixed:TIME (as in fixed:60s or fixed:500ms), histogram, cost or cost:WEIGHT';

/** Reads `fixed:60s`, `histogram`, `cost` or `cost:2`. Throws a SyntaxError whose message says what is right. */
export function parseKeepAlive(text: string): KeepAlivePolicy {
  if (text === 'histogram') return histogramKeepAlive(fixedKeepAlive(HISTOGRAM_STARTS_WITH_MS));
  const [, amount, unit] = /^fixed:(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text) ?? [];
  if (amount) return fixedKeepAlive(Number(amount) * { ms: 1, s: 1000, m: 60_000 }[unit as 'ms' | 's' | 'm']);
  const [cost, weight = DEFAULT_COLD_START_WEIGHT] = /^cost(?::(\d+(?:\.\d+)?))?$/.exec(text) ?? [];
  if (cost) return costKeepAlive(Number(weight));
  throw new SyntaxError(`one of ${KEEP_ALIVE_FORMS}`);
}
