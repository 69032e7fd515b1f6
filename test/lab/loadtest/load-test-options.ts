/** A load test of open or closed requests, short enough for a test. */
import type { LoadTest } from '../../../src/lab/loadtest/load-test.ts';
import { readUploads } from '../../../src/lab/loadtest/uploads.ts';
import type { ClosedWorkload, OpenWorkload } from '../../../src/lab/workload/workload.ts';

export async function loadTestOf(workload: LoadTest['workload'], changes: Partial<LoadTest> = {}): Promise<LoadTest> {
  const request = changes.request ?? { model: null, deadlineMs: null };
  return {
    workload,
    uploads: await readUploads('test/fixtures/photos/cat-kitten.jpg', request),
    request,
    timeLimitMs: 10_000,
    maxOutstanding: 1000,
    signal: new AbortController().signal,
    onRun: () => () => {},
    ...changes,
  };
}

/** Users from the start to the end. */
export function users(count: number, durationMs: number): ClosedWorkload {
  return { kind: 'closed', name: 'users', durationMs, steps: [{ fromMs: 0, users: count }], thinkMs: 0 };
}

/** Requests, one each so many ms. */
export function every(gapMs: number, count: number): OpenWorkload {
  const times = Array.from({ length: count }, (_, i) => i * gapMs);
  return { kind: 'open', name: 'every', durationMs: times.at(-1) ?? 0, arrivals: () => times };
}
