/**
 * When a thread may be ended. onnxruntime-node and jpeg-turbo throw through code that catches nothing if their thread is terminated
 * while they run, which aborts the whole process. So they run behind a gate, and whoever ends the thread closes it first.
 *
 *   0 → 1, 2 …   so many calls are inside   → 0
 *   └→ CLOSED    for ever: who calls now is refused
 */
import { setTimeout as pause } from 'node:timers/promises';
import { workerData } from 'node:worker_threads';

/** A number that two threads share. */
export type Gate = Int32Array<SharedArrayBuffer>;

/** Far below 0, so that it stays there while refused calls count up and down. */
const CLOSED = -(2 ** 30);
const LOOK_MS = 5;

export function openGate(): Gate {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
}

/** That of this thread; the main thread is never terminated. */
const own: Gate = (workerData as { readonly gate?: Gate } | null)?.gate ?? openGate();

/** To be called before a library runs. Returns what to call after it. Throws if the thread is about to be ended. */
export function enterNative(): () => void {
  const leave = () => void Atomics.sub(own, 0, 1);
  if (Atomics.add(own, 0, 1) >= 0) return leave;
  leave();
  throw new Error('The worker is being ended.');
}

/** Resolves once no library runs behind the gate, and none will; or after `patienceMs`, if one is stuck. */
export async function closeGate(gate: Gate, patienceMs: number): Promise<void> {
  const giveUpAt = performance.now() + patienceMs;
  while (Atomics.compareExchange(gate, 0, 0, CLOSED) > 0 && performance.now() < giveUpAt) await pause(LOOK_MS);
}
