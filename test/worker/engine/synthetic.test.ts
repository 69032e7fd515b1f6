import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ModelVersion } from '../../../src/models/manifest.ts';
import { ModelRepository } from '../../../src/models/repository.ts';
import { openEngine } from '../../../src/worker/engine/select.ts';
import { fixtureModelDir, predictAll, unloadableModelDir } from './parts.ts';

const pixels = 8 * 8;
const filled = (red: number, green: number, blue: number) =>
  Float32Array.from({ length: pixels * 3 }, (_, i) => [red, green, blue][i % 3] ?? 0);

let synthetic: ModelVersion;
let faulty: ModelVersion;

beforeAll(async () => {
  const repository = await ModelRepository.open(fixtureModelDir);
  synthetic = repository.resolve('synthetic');
  faulty = repository.resolve('faulty');
});

describe('the synthetic engine', () => {
  it("gives each label its channel's share of the picture", async () => {
    const [shares = []] = await predictAll('synthetic', synthetic, [filled(200, 40, 10)]);
    expect([...shares].map((share) => share.toFixed(3))).toEqual(['0.800', '0.160', '0.040']);
  });

  it('answers the same for the same picture, alone or in a batch', async () => {
    const [a, b] = [filled(1, 2, 3), filled(90, 80, 70)];
    const [forA, forB, forBoth] = await predictAll('synthetic', synthetic, [a, b, Float32Array.of(...a, ...b)]);
    expect([...(forBoth ?? [])]).toEqual([...(forA ?? []), ...(forB ?? [])]);
  });

  it('answers the same in NCHW as in NHWC', async () => {
    const planar: ModelVersion = { ...synthetic, input: { ...synthetic.input, layout: 'NCHW' } };
    const planes = Float32Array.from({ length: pixels * 3 }, (_, i) => [200, 40, 10][Math.floor(i / pixels)] ?? 0);
    const [inPlanes] = await predictAll('synthetic', planar, [planes]);
    const [interleaved] = await predictAll('synthetic', synthetic, [filled(200, 40, 10)]);
    expect(inPlanes).toEqual(interleaved);
  });

  it('shares a black picture out evenly', async () => {
    const [shares = []] = await predictAll('synthetic', synthetic, [filled(0, 0, 0)]);
    expect([...shares].map((share) => share.toFixed(3))).toEqual(['0.333', '0.333', '0.333']);
  });

  it('takes its service time for each call, and its cold start to load', async () => {
    const slow: ModelVersion = {
      ...synthetic,
      artifacts: { synthetic: { serviceMs: 40, coldStartMs: 60, faults: false, failLoad: false } },
    };
    const begin = performance.now();
    await predictAll('synthetic', slow, [filled(1, 1, 1)]);
    // A timer may fire up to a millisecond early.
    expect(performance.now() - begin).toBeGreaterThanOrEqual(98);
  });

  it('fails to load where the manifest asks for it', async () => {
    const unloadable = (await ModelRepository.open(unloadableModelDir)).resolve('unloadable');
    const engine = await openEngine('synthetic');
    await expect(engine.load(unloadable)).rejects.toThrow('unloadable@1 fails to load');
  });

  it('answers a coloured picture even with faults', async () => {
    const [shares = []] = await predictAll('synthetic', faulty, [filled(255, 0, 0)]);
    expect([...shares].map((share) => share.toFixed(3))).toEqual(['1.000', '0.000', '0.000']);
  });

  it('never answers a black picture with faults, and does not hold its thread', async () => {
    expect(await inThread(faulty, 0)).toBe('no answer, but the thread is free');
  });

  it('ends its thread on a white picture with faults, and only the thread', async () => {
    expect(await inThread(faulty, 255)).toBe(1);
  });
});

/** Predicts a picture of one grey in a thread of its own: the first thing the thread says, or the code it exits with. */
async function inThread(version: ModelVersion, grey: number): Promise<unknown> {
  const select = new URL('../../../dist/worker/engine/select.js', import.meta.url).href;
  const thread = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads');
    import(${JSON.stringify(select)}).then(async ({ openEngine }) => {
      const model = await (await openEngine('synthetic')).load(workerData.version);
      model.predict(workerData.picture, 1).then(() => parentPort.postMessage('answered'));
      setImmediate(() => parentPort.postMessage('no answer, but the thread is free'));
    });`,
    { eval: true, workerData: { version, picture: filled(grey, grey, grey) } },
  );
  const [first] = await Promise.race([once(thread, 'message'), once(thread, 'exit')]);
  await thread.terminate();
  return first;
}
