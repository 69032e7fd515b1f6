import { type ChildProcess, spawn } from 'node:child_process';
import { expect, it, vi } from 'vitest';
import { testPolicy } from '../../../src/lab/loadtest/load-test.ts';
import { ConfigError } from '../../../src/settings/setting.ts';
import { SYNTHETIC } from '../../support/gateway-process.ts';
import { every, loadTestOf, users } from './load-test-options.ts';

// To see the gateways' processes, which are real.
vi.mock('node:child_process', { spy: true });

it('a policy is tested on a gateway of its own, which has ended when the run is there', async () => {
  const flags = [...SYNTHETIC, '--max-workers', '3', '--drill', 'service=400ms'];
  const { name, totals, figures } = await testPolicy(await loadTestOf(every(0, 3)), 'spill', flags);
  expect(running()).toEqual([]);
  expect(name).toBe('spill');
  expect(totals).toMatchObject({ requests: 3, errors: 0 });
  // As spill does: one for each request that finds no idle worker.
  expect(figures).toContainEqual(expect.objectContaining({ key: 'workersStarted', value: 2 }));
});

it('a run that is ended early ends its gateway', async () => {
  const end = new AbortController();
  const onRun = () => {
    end.abort();
    return () => {};
  };
  const test = await loadTestOf(users(2, 60_000), { signal: end.signal, onRun });
  expect((await testPolicy(test, 'never', SYNTHETIC)).totals.requests).toBe(0);
  expect(running()).toEqual([]);
});

it('a load test that is ended while its gateway starts ends it, and fails', async () => {
  const end = new AbortController();
  const test = await loadTestOf(users(2, 60_000), { signal: end.signal });
  const run = testPolicy(test, 'never', [...SYNTHETIC, '--drill', 'cold-start=60s']);
  setImmediate(() => end.abort());
  await expect(run).rejects.toThrow();
  expect(running()).toEqual([]);
});

it('a gateway that does not start is reported with its own words', async () => {
  const run = testPolicy(await loadTestOf(users(1, 100)), 'never', ['--reserved', 'many']);
  await expect(run).rejects.toThrow(ConfigError);
  await expect(run).rejects.toThrow(
    /^serve --reserved many --policy never --port 0 ended with exit code 2: .*--reserved is "many"/,
  );
});

it('a gateway that ends during the run ends the run', async () => {
  const onRun = () => {
    for (const child of running()) child.kill('SIGKILL');
    return () => {};
  };
  const test = await loadTestOf(users(1, 60_000), { onRun });
  await expect(testPolicy(test, 'never', SYNTHETIC)).rejects.toThrow(/was ended by SIGKILL/);
});

function running(): ChildProcess[] {
  const children = vi.mocked(spawn).mock.results.map(({ value }) => value as ChildProcess);
  return children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
}
