import { beforeAll, describe, expect, it } from 'vitest';
import type { EngineName } from '../../../src/core/contracts/engines.ts';
import type { ModelVersion } from '../../../src/models/manifest.ts';
import { ModelRepository } from '../../../src/models/repository.ts';
import { type Probe, selectEngine } from '../../../src/worker/engine/select.ts';
import { fixtureModelDir, modelDir } from './parts.ts';

const longLine = `libtensorflow.so.2: ${'x'.repeat(300)}`;

/** A machine on which the libraries of these engines do not load. */
const without =
  (...missing: EngineName[]): Probe =>
  async (engine) => {
    if (missing.includes(engine)) throw new Error(`${engine}: ${longLine}\nRequire stack:\n- somewhere`);
  };

let catDog: ModelVersion;
let synthetic: ModelVersion;

beforeAll(async () => {
  catDog = (await ModelRepository.open(modelDir)).resolve('cat-dog');
  synthetic = (await ModelRepository.open(fixtureModelDir)).resolve('synthetic');
});

describe('selectEngine', () => {
  it('takes onnx on this machine for a model that has it', async () => {
    expect(await selectEngine('auto', catDog)).toEqual({ engine: 'onnx', skipped: [] });
  });

  it('takes the next engine that loads, and says why not the faster ones in a bounded line', async () => {
    const { engine, skipped } = await selectEngine('auto', catDog, without('onnx', 'tfjs-node'));
    expect(engine).toBe('tfjs-wasm');
    expect(skipped.map((each) => each.engine)).toEqual(['onnx', 'tfjs-node']);
    expect(skipped[0]?.why).toMatch(/^onnx: libtensorflow\.so\.2: x+$/);
    expect(skipped[0]?.why).toHaveLength(200);
  });

  it('takes an engine only if the version has its artifact', async () => {
    const { engine, skipped } = await selectEngine('auto', synthetic);
    expect(engine).toBe('synthetic');
    expect(skipped).toEqual([
      { engine: 'onnx', why: 'no onnx artifact' },
      { engine: 'tfjs-node', why: 'no tfjs artifact' },
      { engine: 'tfjs-wasm', why: 'no tfjs artifact' },
    ]);
  });

  it('takes the requested engine even if a faster one loads', async () => {
    expect(await selectEngine('tfjs-wasm', catDog)).toEqual({ engine: 'tfjs-wasm', skipped: [] });
  });

  it('refuses a requested engine without an artifact, and says what can run instead', async () => {
    await expect(selectEngine('synthetic', catDog)).rejects.toThrow(
      'synthetic cannot run cat-dog@1 here: synthetic (no synthetic artifact); use onnx',
    );
  });

  it('refuses a requested engine that does not load, and says why', async () => {
    await expect(selectEngine('tfjs-node', catDog, without('tfjs-node'))).rejects.toThrow(
      /^tfjs-node cannot run cat-dog@1 here: tfjs-node \(tfjs-node: libtensorflow\.so\.2: x+\); use onnx$/,
    );
  });

  it('says of every engine why not, if none can run the version', async () => {
    const broken = without('onnx', 'tfjs-node', 'tfjs-wasm');
    const none = /onnx \(.*\), tfjs-node \(.*\), tfjs-wasm \(.*\), synthetic \(no synthetic artifact\)/;
    await expect(selectEngine('auto', catDog, broken)).rejects.toThrow(none);
    await expect(selectEngine('onnx', catDog, broken)).rejects.toThrow('and no other engine can');
  });
});
