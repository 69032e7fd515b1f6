/** Every engine in several worker threads at once, in a process of its own: how it ends is part of what is tested. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { EngineName } from '../../../src/core/contracts/engines.ts';
import { ModelRepository } from '../../../src/models/repository.ts';
import { itNeeds } from '../../support/require-part.ts';
import { modelDir, tfjsNode } from './parts.ts';

const select = new URL('../../../dist/worker/engine/select.js', import.meta.url).href;

/** Runs in a worker thread: load, predict a grey picture, dispose, leave. */
const inWorker = `
  const { parentPort, workerData: { engine, version } } = require('node:worker_threads');
  import(${JSON.stringify(select)}).then(async ({ openEngine }) => {
    const model = await (await openEngine(engine)).load(version);
    const { width, height } = version.input;
    parentPort.postMessage([...(await model.predict(new Float32Array(width * height * 3).fill(128), 1))]);
    await model.dispose();
  });`;

/** Runs in the main thread of a new process: probes the engine, as at start, then runs three workers, twice. */
const inProcess = `
  import { once } from 'node:events';
  import { Worker } from 'node:worker_threads';
  import { loadsHere } from ${JSON.stringify(select)};
  const workerData = JSON.parse(process.argv[1]);
  await loadsHere(workerData.engine);
  const runWorker = async () => {
    const worker = new Worker(${JSON.stringify(inWorker)}, { eval: true, execArgv: [], workerData });
    const [[row], [code]] = await Promise.all([once(worker, 'message'), once(worker, 'exit')]);
    return { row, code };
  };
  const rounds = [];
  for (const round of [1, 2]) rounds.push(...(await Promise.all([runWorker(), runWorker(), runWorker()])));
  console.log(JSON.stringify(rounds));`;

const threeWorkersTwice = async (engine: EngineName) => {
  const version = (await ModelRepository.open(modelDir)).resolve('cat-dog');
  const args = ['--input-type=module', '--eval', inProcess, JSON.stringify({ engine, version })];
  // Rejects if the process does not exit with 0.
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args);
  expect(stderr).toBe('');
  const rounds: { row: number[]; code: number }[] = JSON.parse(stdout);
  expect(rounds.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0, 0]);
  expect(new Set(rounds.map(({ row }) => row.join())).size).toBe(1);
};

const realTfjsNode = await tfjsNode();

describe('three worker threads, twice, agree and leave cleanly', () => {
  it('with onnx', () => threeWorkersTwice('onnx'), 30_000);
  it('with tfjs-wasm', () => threeWorkersTwice('tfjs-wasm'), 30_000);
  itNeeds(
    realTfjsNode,
    'with tfjs-node, as the main thread has loaded it first',
    () => threeWorkersTwice('tfjs-node'),
    60_000,
  );
});
