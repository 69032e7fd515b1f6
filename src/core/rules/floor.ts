/** The reserved floor: provisioned workers are there, warm, whatever the load does. */
import type { Model, Worker } from '../roster.ts';
import type { State } from '../state.ts';

/** Exactly `reserved` reserved workers per model. The surplus ones go first: they may make room for what is missing. */
export function keepFloor(state: State, now: number): void {
  for (const model of state.roster.models()) demote(state, now, model);
  for (const model of state.roster.models()) fill(state, now, model);
}

function demote(state: State, now: number, model: Model): void {
  for (const surplus of alive(state, model, 'reserved').slice(model.reserved)) {
    surplus.kind = 'on-demand';
    surplus.idleSince = now;
  }
}

/** Promotes, then starts. */
function fill(state: State, now: number, model: Model): void {
  let missing = model.reserved - alive(state, model, 'reserved').length;
  if (missing <= 0) return;
  for (const promoted of alive(state, model, 'on-demand').slice(0, missing)) {
    promoted.kind = 'reserved';
    missing--;
  }
  const reason = `${model.key} keeps ${model.reserved} workers reserved`;
  while (missing > 0 && state.start(now, model, 'reserved', reason)) missing--;
}

function alive(state: State, model: Model, kind: Worker['kind']): readonly Worker[] {
  return state.roster.of(model).filter((worker) => worker.kind === kind && worker.state !== 'stopping');
}
