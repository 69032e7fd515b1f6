/** `warmpool simulate`: policies against each other on virtual time. */
import { table, toJson } from '../lab/report/table.ts';
import { runSubject, workloadOf } from '../lab/sim/experiment.ts';
import { SIMULATE_SETTINGS } from '../lab/sim/settings.ts';
import { scalingPolicy } from '../settings/policies.ts';
import type { Io } from './io.ts';
import { type Asked, report, requireWritable, shown } from './output.ts';

/** Of each run, in its charts. */
const SAMPLES = 300;

export async function simulate(asked: Asked<typeof SIMULATE_SETTINGS>, { stdout }: Io): Promise<void> {
  const { values, given, json, html } = asked;
  const { policy, keepAlive, maxWorkers, seed } = values;
  // The default gives way to a small pool; a wish does not.
  const reserved = given.reserved === undefined ? Math.min(values.reserved, maxWorkers) : values.reserved;
  await requireWritable(html);
  const workload = await workloadOf(values);
  const runs = policy.map((name) =>
    runSubject(workload, seed, values, {
      name,
      scaling: scalingPolicy(name, values),
      keepAlive,
      reserved,
      samples: SAMPLES,
    }),
  );
  const subtitle = `${workload.name}: ${policy.join(' beside ')}`;
  const settings = shown(SIMULATE_SETTINGS, { ...given, reserved: `${reserved}` });
  await report(json ? toJson(runs) : table(runs), html, { title: 'Simulation', subtitle, settings, runs }, stdout);
}
