/** Short views of a pool, for expectations. */
import type { Binding, Command, WorkerId } from '../../src/core/contracts/types.ts';
import { VirtualPool } from './virtual-pool.ts';

/** A pool with this many reserved workers of model `a`, all warm. */
export function warmPool(reserved: number, ...settings: ConstructorParameters<typeof VirtualPool>): VirtualPool {
  const pool = new VirtualPool(...settings);
  pool.provision(reserved);
  return pool.runTo(1_000);
}

/** `1 a reserved idle`, one line per worker. */
export function workers(pool: VirtualPool): readonly string[] {
  return pool.snapshot().workers.map(({ id, model, kind, state }) => `${id} ${model} ${kind} ${state}`);
}

/** The answer of a job, or its error, as far as it matters to the client. */
export function outcome(pool: VirtualPool, id: string) {
  const { answeredBy, error, endedAt } = pool.job(id);
  if (error) return { code: error.code, retryAfterMs: error.retryAfterMs, at: endedAt };
  return answeredBy === null ? 'open' : { worker: answeredBy, at: endedAt };
}

/** Commands without their reasons: `dispatch 1`, `reject r`, `wakeAt 1000`. */
export function brief(commands: readonly Command[]): readonly string[] {
  return commands.map((command) => {
    if (command.type === 'reject') return `reject ${command.job}`;
    if (command.type === 'wakeAt') return `wakeAt ${command.at}`;
    return `${command.type} ${command.worker}`;
  });
}

export function bindings(pool: VirtualPool): readonly Binding[] {
  const commands = pool.log.flatMap((entry) => entry.commands);
  return commands.flatMap((command) => (command.type === 'dispatch' ? command.batch : []));
}

export function batches(pool: VirtualPool): readonly (readonly string[])[] {
  const commands = pool.log.flatMap((entry) => entry.commands);
  return commands.flatMap((command) => (command.type === 'dispatch' ? [command.batch.map(({ job }) => job)] : []));
}

export function startsOf(pool: VirtualPool): readonly { readonly at: number; readonly worker: WorkerId }[] {
  return pool.log.flatMap(({ at, commands }) =>
    commands.flatMap((command) => (command.type === 'start' ? [{ at, worker: command.worker }] : [])),
  );
}
