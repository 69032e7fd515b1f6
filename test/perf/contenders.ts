/** The servers that are compared: how each is started on a model. All infer with onnxruntime, on as many cores. */
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ADMIN_TOKEN } from '../support/gateway-process.ts';
import { ROOT, type ServerProcess, startServer } from './server-process.ts';
import type { Subject } from './subject.ts';

export const WORKERS = availableParallelism();
/** The run has only some of the machine's cores, as under taskset. */
export const PINNED = WORKERS < cpus().length;
/**
 * Left alone, onnxruntime starts a thread for each core of the machine and ties it to that core, also outside of the set
 * that taskset gave. With a number it ties none: as many as it would start on a machine with just these cores.
 */
const AS_THEY_COME: NodeJS.ProcessEnv = PINNED ? { INFER_THREADS: String(WORKERS) } : {};
/** As src/main.cts sets it, for programs that run parts of the gateway without that file. */
export const GATEWAY_THREADS = { UV_THREADPOOL_SIZE: String(Math.max(4, WORKERS + 2)) };
const GATEWAY = join(ROOT, 'dist/main.cjs');
const MAIN_THREAD = fileURLToPath(new URL('./rivals/main-thread.mjs', import.meta.url));
const PISCINA = fileURLToPath(new URL('./rivals/piscina-autoscaling.mjs', import.meta.url));

export interface Contender {
  readonly name: string;
  start(subject: Subject): Promise<ServerProcess>;
}

export const CONTENDERS: readonly Contender[] = [
  { name: 'warmpool', start: (subject) => startGateway(subject, '--max-workers', String(WORKERS)) },
  {
    name: 'main thread',
    start: ({ modelDir }) => startServer(MAIN_THREAD, [], { MODEL_DIR: modelDir, ...AS_THEY_COME }),
  },
  {
    name: 'main thread, tuned',
    start: ({ modelDir }) => startServer(MAIN_THREAD, [], { MODEL_DIR: modelDir, INFER_THREADS: '1' }),
  },
  {
    name: 'piscina autoscaling',
    start: ({ modelDir }) => startServer(PISCINA, [], { MODEL_DIR: modelDir, THREADS: String(WORKERS) }),
  },
];

/** Of `serve`, for a gateway that has the subject alone. */
export function gatewayFlags({ repository }: Subject): readonly string[] {
  return ['--port', '0', '--log-level', 'warn', '--model-dir', repository, '--engine', 'onnx'];
}

export function startGateway(subject: Subject, ...flags: readonly string[]): Promise<ServerProcess> {
  return startServer(GATEWAY, ['serve', ...gatewayFlags(subject), ...flags], { WARMPOOL_ADMIN_TOKEN: ADMIN_TOKEN });
}
