/** The `Clock` port on virtual time, which moves only when it is told to. */
import type { Clock } from '../../../src/core/contracts/ports.ts';
import { Agenda, type Appointment } from '../../../src/lab/sim/agenda.ts';
import { runTo } from '../../core/run-to.ts';

export class VirtualClock implements Clock {
  readonly #agenda = new Agenda();
  readonly #waiting = new Set<Appointment>();

  now(): number {
    return this.#agenda.now;
  }

  at(at: number, callback: () => void): () => void {
    const timer = this.#agenda.add(at, () => {
      this.#waiting.delete(timer);
      callback();
    });
    this.#waiting.add(timer);
    return () => {
      this.#waiting.delete(timer);
      timer.cancelled = true;
    };
  }

  /** Lets every timer up to and at `time` ring. */
  runTo(time: number): void {
    runTo(this.#agenda, time);
  }

  /** Timers that are set and have neither rung nor been cancelled. */
  get timers(): number {
    return this.#waiting.size;
  }
}
