/** Which configurations `warmpool plan` tries: each policy with each of its numbers, over each size of the reserved floor. */
import { POLICY_NAMES, type PolicyName, parseKeepAlive, scalingPolicy } from '../../settings/policies.ts';
import { flagOf } from '../../settings/setting.ts';
import type { Subject } from './experiment.ts';

export interface Candidate extends Subject {
  readonly policy: PolicyName;
}

/** Of `target-wait`: targets in service times. Of equally good configurations the first is taken: so the default is. */
const TARGETS = [0.25, 0.01, 0.5, 0.75, 1, 1.25, 1.5, 2, 2.5, 2.75, 3, 4, 1000];
/** Of `concurrency`. */
const SHARES = [0.3, 0.5, 0.7, 0.9];
const KEEP_ALIVES = ['60s', '5s', '7s', '10s', '15s', '20s', '30s', '300s']
  .map((time) => `fixed:${time}`)
  .concat('cost', 'histogram');
/** More sizes of the floor than this are thinned out. */
const MOST_FLOORS = 6;

/** What a policy is tried with besides its floor; the rest as by default. */
interface Variant {
  readonly targetWait?: number;
  readonly targetShare?: number;
  readonly keepAlive?: string;
}

const VARIANTS: Readonly<Record<PolicyName, (serviceMs: number) => readonly Variant[]>> = {
  'target-wait': (serviceMs) =>
    TARGETS.flatMap((services) => KEEP_ALIVES.map((keepAlive) => ({ targetWait: services * serviceMs, keepAlive }))),
  spill: () => KEEP_ALIVES.map((keepAlive) => ({ keepAlive })),
  concurrency: () => SHARES.map((targetShare) => ({ targetShare })),
  never: () => [{}],
};

export function candidates(maxWorkers: number, serviceMs: number): readonly Candidate[] {
  return floors(maxWorkers).flatMap((reserved) =>
    POLICY_NAMES.flatMap((policy) =>
      VARIANTS[policy](serviceMs).map((variant) => candidate(policy, reserved, variant)),
    ),
  );
}

function candidate(policy: PolicyName, reserved: number, variant: Variant): Candidate {
  const { targetWait = null, targetShare = 0.7, keepAlive = 'fixed:60s' } = variant;
  const scaling = scalingPolicy(policy, { targetWait, targetShare });
  const flags = Object.entries({ policy, ...variant, reserved }).map(([name, value]) => `${flagOf(name)} ${value}`);
  return { policy, name: flags.join(' '), scaling, keepAlive: parseKeepAlive(keepAlive), reserved, samples: 1 };
}

/** From one worker (a floor of none is a cold start for whoever comes first) to all of them. */
function floors(maxWorkers: number): readonly number[] {
  const step = Math.max(1, Math.ceil(maxWorkers / MOST_FLOORS));
  const sizes = Array.from({ length: Math.ceil(maxWorkers / step) }, (_, i) => 1 + i * step);
  return [...new Set([...sizes, maxWorkers])];
}
