import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Classification } from '../../src/client/gateway-client.ts';
import { temporaryFolder } from '../batches/temporary-folder.ts';
import { type GatewayProcess, startGateway } from '../support/gateway-process.ts';
import { classify, type GraphQLAnswer } from '../support/graphql-client.ts';

const KITTEN = readFileSync('test/fixtures/photos/cat-kitten.jpg');
const SLOW = ['--model-dir', 'test/fixtures/models', '--model', 'slow', '--max-workers', '1'] as const;

it('on SIGTERM every accepted request is answered, and the process exits with 0', async () => {
  const gateway = await startGateway(...SLOW);
  const answers = Array.from({ length: 6 }, () => classify(gateway.url, KITTEN));
  // The first answer proves that the others, sent with it, have been accepted too.
  await Promise.race(answers);
  expect(await gateway.stop()).toBe(0);
  const settled: GraphQLAnswer<{ classify: Classification }>[] = await Promise.all(answers);
  expect(settled.map(({ data }) => data?.classify.model)).toEqual(Array(6).fill('slow@1'));
});

// onnxruntime-node aborts the process if its thread is terminated at the wrong moment: so at several.
it.each([0, 20, 40, 60, 80, 100, 120, 140])(
  'a gateway that is stopped while its workers load, %d ms after it began to listen, still exits with 0',
  async (afterMs) => {
    expect(await stopWhileStarting(afterMs)).toEqual([0, null]);
  },
);

describe('an idle gateway', () => {
  let gateway: GatewayProcess;
  beforeAll(async () => {
    gateway = await startGateway('--engine', 'auto');
  });
  afterAll(() => gateway.kill());

  it('stops within two seconds', async () => {
    const asked = performance.now();
    expect(await gateway.stop()).toBe(0);
    expect(performance.now() - asked).toBeLessThan(2000);
  });

  it('has said once in its log which engine runs the model, and why faster ones do not', () => {
    const lines = gateway
      .log()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { msg: string; engine?: string });
    expect(lines.filter(({ msg }) => msg === 'engine selected')).toMatchObject([
      { model: 'cat-dog@1', engine: 'onnx', skipped: [] },
    ]);
  });
});

it('requests that outlast the drain time are cut off, and the process still exits with 0', async () => {
  const gateway = await startGateway(...SLOW, '--drain-timeout', '50');
  const answers = Array.from({ length: 20 }, () => classify(gateway.url, KITTEN).catch(() => 'cut off'));
  await Promise.race(answers);
  expect(await gateway.stop()).toBe(0);
  expect(await Promise.all(answers)).toContain('cut off');
});

const dataDir = await temporaryFolder();

/** Resolves to the exit code and signal of a gateway that gets SIGTERM so long after it began to listen. */
async function stopWhileStarting(afterMs: number): Promise<unknown[]> {
  const child = spawn(process.execPath, [
    'dist/main.cjs',
    'serve',
    '--port',
    '0',
    '--reserved',
    '2',
    '--max-workers',
    '2',
    '--data-dir',
    join(dataDir, randomUUID()),
  ]);
  const exited = once(child, 'exit');
  child.stderr.resume();
  await once(child.stdout, 'data');
  setTimeout(() => child.kill('SIGTERM'), afterMs);
  return await exited;
}
