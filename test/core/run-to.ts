/** Lets virtual time pass. */
import type { Agenda } from '../../src/lab/sim/agenda.ts';

/** Does everything up to and at `time`; with `Infinity`, until nothing is left, and time stays at the last item. */
export function runTo(agenda: Agenda, time: number): void {
  if (Number.isFinite(time)) agenda.add(time, () => {});
  while (agenda.step(time)) {}
}
