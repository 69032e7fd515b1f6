/**
 * The gateway up to one of its stages, as a server that takes the same requests; split.ts subtracts one from the next.
 *
 *   http     Fastify, multipart and the upload's bytes in memory; the answer is a constant
 *   graphql  all of the server; its pool answers at once, on the same thread
 *   hop      the real pool, scheduler and workers, but each picture is empty by the time it gets there: the worker's
 *            decoder refuses it at its first look, and making that error takes some 2 µs
 *   full     nothing left out
 *
 * Arguments: the stage, the subject's file, workers
 */
import { readFileSync } from 'node:fs';
import Fastify from 'fastify';
import { openPool } from '../../dist/gateway/pool.js';
import { UploadReader } from '../../dist/graphql/uploads/upload-reader.js';
import { acceptMultipart } from '../../dist/http/multipart/multipart.js';
import { createServer } from '../../dist/http/server.js';
import { loadConfig, SETTINGS } from '../../dist/settings/gateway.js';
import { createLog, LogSink } from '../../dist/telemetry/log.js';

const [stage, file, workers] = process.argv.slice(2);
const { repository, model } = JSON.parse(readFileSync(file, 'utf8'));
// All of them reserved: no stage is so slow, or so fast, that it starts more or fewer than another.
const pool = { maxWorkers: workers, reserved: workers, engine: 'onnx' };
const config = loadConfig(SETTINGS, { modelDir: repository, model, ...pool, logLevel: 'warn' }, {});
const log = createLog(config.logLevel);
const events = new LogSink(log);

const server = await (stage === 'http' ? httpServer() : graphqlServer(await gatewayUpTo(stage)));
const address = await server.listen({ port: 0, host: '127.0.0.1' });
process.stdout.write(`listens on ${address}/\n`);
process.on('SIGTERM', () => process.exit());

async function httpServer() {
  const fastify = Fastify();
  const uploads = new UploadReader({ maxBytes: config.maxUploadBytes, memoryBytes: config.uploadMemory });
  const body = constantBody();
  acceptMultipart(fastify, { maxBytes: config.maxUploadBytes, timeoutMs: config.uploadTimeout });
  fastify.post('/graphql', async (request, reply) => {
    const { release } = await uploads.read(request.body.variables.image.promise, request.arrival);
    release();
    return reply.type('application/json').send(body);
  });
  fastify.get('/readyz', async () => 'ready');
  return fastify;
}

function graphqlServer(gateway) {
  const { maxUploadBytes, uploadMemory, uploadTimeout, maxSubscriptions } = config;
  const batch = { maxFiles: config.batchFiles, maxBytes: config.batchBytes, timeoutMs: config.batchTimeout };
  const limits = { maxUploadBytes, uploadMemory, uploadTimeout, maxSubscriptions, batch };
  return createServer({ gateway, events, adminToken: 'unused', ...limits });
}

async function gatewayUpTo(last) {
  const gateway = await openPool(config, events, log);
  if (last === 'full') return gateway;
  const { labels } = gateway.defaultModel.output;
  if (last === 'hop') return { ...gateway, pool: emptying(gateway.pool, labels.length) };
  await gateway.pool.close();
  const submit = async ({ id, onReleased }) => {
    onReleased();
    return answer(id, labels.length);
  };
  return { ...gateway, pool: { isReady: () => true, submit } };
}

/** A view of no bytes still takes the picture's memory across to the worker, as a view of all of them does. */
function emptying(real, labels) {
  const submit = (request) =>
    real.submit({ ...request, picture: request.picture.subarray(0, 0) }).catch((error) => {
      if (error.code !== 'BAD_IMAGE') throw error;
      return answer(request.id, labels);
    });
  return { isReady: () => real.isReady(), submit };
}

/** What the pool resolves to. */
function answer(job, labels) {
  const probabilities = new Float32Array(labels).fill(1 / labels);
  const binding = { job, queueMs: 0.5, predictedWaitMs: 0.5, coldStart: false, spilled: false, retried: false };
  const worker = { worker: 1, kind: 'reserved', binding: { ...binding, startReason: 'reserved' } };
  return { ...worker, probabilities, batchSize: 1, decodeMs: 1.5, inferMs: 0.5, totalMs: 2.5 };
}

/** As long as what the others send. */
function constantBody() {
  const scores = ['cat', 'dog'].map((label) => ({ label, confidence: 0.5 }));
  const receipt = { requestId: crypto.randomUUID(), ...answer('', 1).binding, reason: 'taken at once by a worker' };
  return JSON.stringify({ data: { classify: { label: 'cat', confidence: 0.5, model, scores, receipt } } });
}
