/** `warmpool simulate`: policies against each other on virtual time. */
import { writeFile } from 'node:fs/promises';
import { renderPage } from '../lab/report/page.ts';
import { table, toJson } from '../lab/report/table.ts';
import { runSubject, workloadOf } from '../lab/sim/experiment.ts';
import { SIMULATE_SETTINGS } from '../lab/sim/settings.ts';
import { scalingPolicy } from '../settings/policies.ts';
import type { Values } from '../settings/setting.ts';
import type { Io } from './io.ts';
import { type Given, type Output, requireWritable, shown } from './output.ts';

/** Of each run, in its charts. */
const SAMPLES = 300;

export async function simulate(
  values: Values<typeof SIMULATE_SETTINGS>,
  given: Given,
  output: Output,
  { stdout }: Io,
): Promise<void> {
  const { policy, keepAlive, maxWorkers, seed } = values;
  // The default gives way to a small pool; a wish does not.
  const reserved = given.reserved === undefined ? Math.min(values.reserved, maxWorkers) : values.reserved;
  if (output.html !== undefined) await requireWritable(output.html);
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
  stdout.write(output.json ? `${JSON.stringify(toJson(runs))}\n` : table(runs));
  if (output.html === undefined) return;
  const title = 'Simulation';
  const subtitle = `${workload.name}: ${policy.join(' beside ')}`;
  const settings = shown(SIMULATE_SETTINGS, { ...given, reserved: `${reserved}` });
  await writeFile(output.html, renderPage({ title, subtitle, settings, runs }));
}
