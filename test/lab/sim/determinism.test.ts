/** The same seed gives the same bytes. */
import { describe, expect, it } from 'vitest';
import { renderPage } from '../../../src/lab/report/page.ts';
import { table, toJson } from '../../../src/lab/report/table.ts';
import { type Flags, simulateFlags } from './from-flags.ts';

const POLICIES = { policy: 'target-wait,spill,concurrency,never' };
const LOADS: Readonly<Record<string, Flags>> = {
  poisson: { workload: 'poisson', rate: '60', duration: '10s', reserved: '1', coldStart: '1000' },
  bursty: { workload: 'bursty', rate: '60', duration: '10s', reserved: '1', coldStart: '1000', keepAlive: 'histogram' },
  'an overloaded poisson': { workload: 'poisson', rate: '200', duration: '5s', maxWorkers: '4', reserved: '4' },
  'the reference': { scale: '0.01', coldStart: '1000' },
  'a refusing reference': { scale: '0.02', maxWorkers: '12', deadline: '100', queueLimit: '20' },
};

async function bytes(flags: Flags): Promise<Record<'text' | 'json' | 'html', string>> {
  const runs = await simulateFlags({ ...POLICIES, ...flags });
  const html = renderPage({ title: 'Simulation', subtitle: '', settings: [], runs });
  return { text: table(runs), json: toJson(runs), html };
}

describe.each(Object.entries(LOADS))('a simulation of %s', (_, flags) => {
  it('gives the same bytes for the same seed', async () => {
    expect(await bytes({ ...flags, seed: '7' })).toEqual(await bytes({ ...flags, seed: '7' }));
  });

  it('gives other bytes for another seed', async () => {
    const [one, other] = [await bytes({ ...flags, seed: '7' }), await bytes({ ...flags, seed: '8' })];
    for (const form of ['text', 'json', 'html'] as const) expect(one[form]).not.toBe(other[form]);
  });
});

it('a policy comes to the same whatever it is compared with', async () => {
  const alone = await simulateFlags({ ...LOADS.bursty, policy: 'spill' });
  const last = (await simulateFlags({ ...LOADS.bursty, policy: 'never,target-wait,spill' })).slice(-1);
  expect(toJson(alone)).toEqual(toJson(last));
});
