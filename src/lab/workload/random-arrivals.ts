/** Open workloads drawn at random. Their arrivals are made one by one as they are asked for, so any number fits. */
import { exponential, fork } from './random.ts';
import { type OpenWorkload, requirePositive } from './workload.ts';

export interface Poisson {
  /** Mean rate. */
  readonly perSecond: number;
  readonly durationMs: number;
  readonly seed: number;
}

export interface Bursty {
  /** Rates in calm and in a burst. */
  readonly calmPerSecond: number;
  readonly burstPerSecond: number;
  /** Mean lengths of a calm and of a burst, in ms. */
  readonly calmMs: number;
  readonly burstMs: number;
  readonly durationMs: number;
  readonly seed: number;
}

/** Many users who know nothing of each other: exponential gaps. */
export function poisson({ perSecond, durationMs, seed }: Poisson): OpenWorkload {
  requirePositive('poisson', { perSecond, durationMs });
  function* arrivals(): Generator<number> {
    const random = fork(seed, 'arrivals');
    const gapMs = 1000 / perSecond;
    for (let at = exponential(random, gapMs); at < durationMs; at += exponential(random, gapMs)) yield at;
  }
  return { kind: 'open', name: 'poisson', durationMs, arrivals };
}

/**
 * Calm and bursts in turn, each of exponential length and with Poisson arrivals of its own rate: a Markov-modulated
 * Poisson process of two states (W. Fischer and K. Meier-Hellstern, "The MMPP cookbook", 1993).
 *
 * Mean rate: (calmPerSecond · calmMs + burstPerSecond · burstMs) / (calmMs + burstMs), from the start on, since the
 * first state is drawn by the same shares. A short run strays from it by as much as its few bursts do. The bursts of a
 * seed come at the same times whatever the rates.
 */
export function bursty({ calmPerSecond, burstPerSecond, calmMs, burstMs, durationMs, seed }: Bursty): OpenWorkload {
  requirePositive('bursty', { calmPerSecond, burstPerSecond, calmMs, burstMs, durationMs });
  function* arrivals(): Generator<number> {
    const random = fork(seed, 'arrivals');
    const states = fork(seed, 'bursts');
    let burst = states() < burstMs / (calmMs + burstMs);
    for (let from = 0; from < durationMs; burst = !burst) {
      const until = Math.min(durationMs, from + exponential(states, burst ? burstMs : calmMs));
      const gapMs = 1000 / (burst ? burstPerSecond : calmPerSecond);
      // The gap that a change of state cuts short is drawn anew: an exponential gap has no memory.
      for (let at = from + exponential(random, gapMs); at < until; at += exponential(random, gapMs)) yield at;
      from = until;
    }
  }
  return { kind: 'open', name: 'bursty', durationMs, arrivals };
}

/** Bursts of 5 s at three times the mean rate, a fifth of the time; half the mean rate otherwise. */
export function burstsAround(perSecond: number): Omit<Bursty, 'durationMs' | 'seed'> {
  requirePositive('bursty', { perSecond });
  return { calmPerSecond: perSecond / 2, burstPerSecond: perSecond * 3, calmMs: 20_000, burstMs: 5_000 };
}
