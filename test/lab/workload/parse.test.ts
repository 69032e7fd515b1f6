import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseWorkload } from '../../../src/lab/workload/parse.ts';
import { burstsAround, bursty, poisson } from '../../../src/lab/workload/random-arrivals.ts';
import { reference } from '../../../src/lab/workload/reference.ts';
import { type Workload, WorkloadError } from '../../../src/lab/workload/workload.ts';

const options = { seed: 3, perSecond: 8, durationMs: 60_000 };

function arrivalsOf(workload: Workload): number[] {
  return workload.kind === 'open' ? [...workload.arrivals()] : [];
}

describe('parseWorkload', () => {
  it('makes a poisson workload of rate, duration and seed', async () => {
    const workload = await parseWorkload('poisson', options);
    expect(workload).toMatchObject({ name: 'poisson', durationMs: 60_000 });
    expect(arrivalsOf(workload)).toEqual(arrivalsOf(poisson(options)));
  });

  it('makes a bursty workload around the rate', async () => {
    const workload = await parseWorkload('bursty', options);
    expect(workload).toMatchObject({ name: 'bursty', durationMs: 60_000 });
    expect(arrivalsOf(workload)).toEqual(arrivalsOf(bursty({ ...options, ...burstsAround(8) })));
  });

  it('makes the reference at its scales', async () => {
    expect(await parseWorkload('reference', options)).toEqual(reference());
    const quick = await parseWorkload('reference', { ...options, scale: 0.2, userScale: 0.5 });
    expect(quick).toEqual(reference({ scale: 0.2, userScale: 0.5 }));
  });

  it('reads a trace from the file named, colons and all', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'warmpool-workload-'));
    const path = join(folder, 'a:b.txt');
    await writeFile(path, '1\n2\n');
    const workload = await parseWorkload(`trace:${path}`, options);
    expect(workload).toMatchObject({ kind: 'open', name: `trace:${path}`, durationMs: 1_000 });
    expect(arrivalsOf(workload)).toEqual([0, 1_000]);
    await rm(folder, { recursive: true });
  });

  it.each(['posson', '', 'Poisson', 'poisson:5', 'reference ', 'trace', 'trace:', 'file.csv'])(
    'refuses %j',
    async (text) => {
      const message = `workload ${JSON.stringify(text)} is not known, expected reference, poisson, bursty or trace:FILE`;
      await expect(parseWorkload(text, options)).rejects.toEqual(new WorkloadError(message));
    },
  );

  it.each(['poisson', 'bursty'])('refuses a rate of 0 for %s', async (text) => {
    const message = `perSecond of the ${text} workload is 0, expected a number above 0`;
    await expect(parseWorkload(text, { ...options, perSecond: 0 })).rejects.toEqual(new WorkloadError(message));
  });
});
