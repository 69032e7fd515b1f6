/** The live pool on virtual time: its clock is the agenda, its workers keep their promises when the agenda says so. */
import type { ColdStartPhases } from '../../../src/core/contracts/ports.ts';
import type { Command } from '../../../src/core/contracts/types.ts';
import type { SchedulerOptions } from '../../../src/core/options.ts';
import { Scheduler } from '../../../src/core/scheduler.ts';
import { Agenda } from '../../../src/lab/sim/agenda.ts';
import type { World } from '../../../src/lab/sim/virtual-workers.ts';
import { type SpawnWorker, WarmPool } from '../../../src/pool/warm-pool.ts';
import type { Outcome } from '../../../src/worker/protocol.ts';

export interface LoggedCommands {
  readonly at: number;
  readonly commands: readonly Command[];
}

const NO_PHASES: ColdStartPhases = { thread: 0, runtime: 0, model: 0, warmUp: 0, total: 0 };
const ANSWER: Outcome = { ok: true, probabilities: new Float32Array([1]), decodeMs: 0, inferMs: 0 };

export class LiveOnVirtualTime {
  readonly agenda = new Agenda();
  readonly log: LoggedCommands[] = [];
  readonly pool: WarmPool;

  constructor(options: SchedulerOptions, world: World) {
    const { agenda, log } = this;
    const clock = {
      now: () => agenda.now,
      at: (at: number, callback: () => void) => {
        const appointment = agenda.add(at, callback);
        return () => {
          appointment.cancelled = true;
        };
      },
    };
    const scheduler = new Scheduler(options);
    for (const input of ['submit', 'cancel', 'workerReady', 'finished', 'workerGone', 'provision', 'tick'] as const) {
      const original = scheduler[input].bind(scheduler) as (...args: unknown[]) => readonly Command[];
      Object.defineProperty(scheduler, input, {
        value: (...args: unknown[]) => {
          const commands = original(...args);
          if (commands.length > 0) log.push({ at: agenda.now, commands });
          return commands;
        },
      });
    }
    this.pool = new WarmPool({ scheduler, clock, events: { emit: () => {} }, spawn: this.#spawn(world) });
  }

  /** Everything up to that time; each event's consequences are over before the next one happens. */
  async runTo(until: number): Promise<void> {
    while (this.agenda.step(until)) await turn();
  }

  #spawn(world: World): SpawnWorker {
    const after = <Value>(ms: number, value: Value) =>
      new Promise<Value>((resolve) => this.agenda.add(this.agenda.now + ms, () => resolve(value)));
    return (_model, onEnded) => ({
      warmUp: () => after(world.coldStartMs(), NO_PHASES),
      run: (pictures) =>
        after(
          world.serviceMs(pictures.length),
          pictures.map(() => ANSWER),
        ),
      stop: (why) => after(world.stopMs, undefined).then(() => onEnded(why)),
    });
  }
}

/** Lets every promise that is settled have its effects. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
