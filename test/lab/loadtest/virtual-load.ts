/** A gateway on virtual time, for the loops: every request takes as long as it is told. */
import { setImmediate as eventLoopTurn } from 'node:timers/promises';
import type { Load } from '../../../src/lab/loadtest/loops.ts';
import type { Outcome } from '../../../src/lab/loadtest/sender.ts';

export interface Sent {
  readonly at: number;
  readonly intendedAt: number;
}

export interface VirtualLoadOptions {
  readonly serviceMs: number;
  /** How long after the time asked for a wait ends. */
  readonly timersLateMs?: number;
  /** What every request comes to. */
  readonly outcome?: Partial<Outcome>;
}

interface Entry {
  readonly at: number;
  readonly happen: () => void;
}

export class VirtualLoad implements Load {
  readonly sent: Sent[] = [];
  readonly dropped: number[] = [];
  readonly #options: VirtualLoadOptions;
  readonly #end = new AbortController();
  readonly signal = this.#end.signal;
  #agenda: Entry[] = [];
  #now = 0;
  inFlight = 0;

  constructor(options: VirtualLoadOptions) {
    this.#options = options;
  }

  /** Runs the loop to its end. */
  async run(loop: Promise<void>): Promise<void> {
    let running = true;
    const ended = loop.finally(() => {
      running = false;
    });
    for (;;) {
      await eventLoopTurn();
      if (!running) return ended;
      const next = this.#agenda.reduce<Entry | undefined>(
        (first, one) => (first && first.at <= one.at ? first : one),
        undefined,
      );
      if (!next) continue;
      this.#agenda = this.#agenda.filter((entry) => entry !== next);
      this.#now = next.at;
      next.happen();
    }
  }

  /** Has the run end early, and the requests with it. */
  abortAt(at: number): void {
    const happen = () => {
      const cutOff = this.#agenda;
      this.#agenda = [];
      this.#end.abort();
      for (const entry of cutOff) entry.happen();
    };
    this.#agenda.push({ at, happen });
  }

  now(): number {
    return this.#now;
  }

  async until(atMs: number): Promise<void> {
    if (atMs > this.#now && !this.signal.aborted) await this.#comes(atMs + (this.#options.timersLateMs ?? 0));
  }

  async send(intendedAt: number): Promise<Outcome> {
    this.sent.push({ at: this.#now, intendedAt });
    this.inFlight++;
    await this.#comes(this.#now + this.#options.serviceMs);
    this.inFlight--;
    return { code: null, retryAfterMs: null, ...this.#options.outcome };
  }

  drop(intendedAt: number): void {
    this.dropped.push(intendedAt);
  }

  #comes(at: number): Promise<void> {
    return new Promise((happen) => this.#agenda.push({ at, happen }));
  }
}
