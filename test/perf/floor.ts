/** Runs floor.mjs: what a worker's job, or a part of it, costs in a bare loop on each core. */
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { GATEWAY_THREADS, WORKERS } from './contenders.ts';
import { forkWithProbe, unlessEnded } from './server-process.ts';
import type { Subject } from './subject.ts';

const PROGRAM = fileURLToPath(new URL('./floor.mjs', import.meta.url));
/** For the start and the warm-up. */
const START_LIMIT_MS = 60_000;
/** Loops that never wait get less than this share of their cores only if something else runs on them. */
const QUIET = 0.9;

export interface FloorResult {
  readonly requestsPerSecond: number;
  readonly cpuMsPerRequest: number;
}

export async function runFloor(
  { file }: Subject,
  seconds: number,
  part: 'job' | 'decode' | 'infer',
): Promise<FloorResult> {
  const child = forkWithProbe(PROGRAM, [file, String(WORKERS), String(seconds), part], GATEWAY_THREADS);
  const [message] = await unlessEnded(child, once(child, 'message'), START_LIMIT_MS + seconds * 1000);
  child.kill();
  const { images, seconds: took, cpuMs } = message as { images: number; seconds: number; cpuMs: number };
  const share = cpuMs / (1000 * took * WORKERS);
  if (share < QUIET)
    console.warn(`The loops had ${Math.round(100 * share)} % of their cores: the machine is not quiet.`);
  return { requestsPerSecond: images / took, cpuMsPerRequest: cpuMs / images };
}
