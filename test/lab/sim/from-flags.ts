/** Simulations as `warmpool simulate` runs them, by its flags. */
import type { Run } from '../../../src/lab/report/run.ts';
import { runSubject, workloadOf } from '../../../src/lab/sim/experiment.ts';
import { SIMULATE_SETTINGS } from '../../../src/lab/sim/settings.ts';
import { scalingPolicy } from '../../../src/settings/policies.ts';
import { readSettings } from '../../../src/settings/setting.ts';

export type Flags = Partial<Record<keyof typeof SIMULATE_SETTINGS, string>>;

/** A run for each policy. */
export async function simulateFlags(flags: Flags): Promise<readonly Run[]> {
  const { values } = readSettings(SIMULATE_SETTINGS, flags, {});
  const { policy, keepAlive, reserved, seed } = values;
  const workload = await workloadOf(values);
  return policy.map((name) => {
    const scaling = scalingPolicy(name, values);
    return runSubject(workload, seed, values, { name, scaling, keepAlive, reserved, samples: 1 });
  });
}
