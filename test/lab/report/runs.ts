/** Runs as the simulator or the load test would hand them in. */
import { type Gauges, RunRecorder } from '../../../src/lab/report/recorder.ts';
import type { Figure, Run } from '../../../src/lab/report/run.ts';

export const NO_LOAD: Gauges = {
  inFlight: 0,
  reserved: 1,
  reservedBusy: 0,
  onDemand: 0,
  onDemandBusy: 0,
  starting: 0,
  queued: 0,
  coldStarts: 0,
  memoryBytes: null,
};

interface Content {
  readonly figures?: readonly Figure[];
  /** As `answer` of the recorder takes them. */
  readonly answers?: readonly (readonly [atMs: number, responseMs: number, errorCode?: string])[];
  readonly gauges?: Partial<Gauges>;
  readonly endMs?: number;
}

/** Ten intervals of a second each, with an answer of 40 ms in the middle of each. */
export function aRun(name: string, { figures = [], answers, gauges, endMs = 10_000 }: Content = {}): Run {
  const recorder = new RunRecorder(1_000, () => ({ ...NO_LOAD, ...gauges }));
  const steady = Array.from({ length: 10 }, (_, i) => [500 + i * 1_000, 40] as const);
  for (const [atMs, responseMs, errorCode] of answers ?? steady) recorder.answer(atMs, responseMs, errorCode ?? null);
  return recorder.run(name, figures, endMs);
}

/** Twenty minutes in 300 intervals: short answers, and spikes of that length every few minutes. */
export function aRunWithSpikes(name: string, spikeMs: number): Run {
  let interval = 0;
  const recorder = new RunRecorder(4_000, () => gaugesAt(interval++));
  for (let atMs = 100; atMs <= 1_200_000; atMs += 100) {
    const spike = atMs % 240_000 < 1_000;
    recorder.answer(atMs, spike ? spikeMs : 30 + (atMs % 700) / 20, null);
  }
  return recorder.run(name, [{ key: 'coldStarts', label: 'cold starts', value: 5, digits: 0 }], 1_200_000);
}

function gaugesAt(interval: number): Gauges {
  const onDemand = interval % 60 < 20 ? 2 : 0;
  return {
    inFlight: 1 + onDemand,
    reserved: 1,
    reservedBusy: interval % 2,
    onDemand,
    onDemandBusy: Math.min(onDemand, interval % 3),
    starting: interval % 60 === 59 ? 2 : 0,
    queued: interval % 60 === 59 ? 7 : 0,
    coldStarts: 2 * Math.floor(interval / 60),
    memoryBytes: 90e6 + 19e6 * onDemand,
  };
}
