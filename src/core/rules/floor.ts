/** The reserved floor: provisioned workers are there, warm, whatever the load does. */
import type { Model } from '../state/model.ts';
import type { State } from '../state/state.ts';

/** Exactly `reserved` reserved workers per model. The surplus ones go first: they may make room for what is missing. */
export function keepFloor(state: State, now: number): void {
  for (const model of state.roster.models()) if (model.aliveReserved > model.reserved) demote(state, now, model);
  for (const model of state.roster.models()) if (model.aliveReserved < model.reserved) fill(state, now, model);
}

function demote({ roster }: State, now: number, model: Model): void {
  const reserved = model.workers.filter((worker) => worker.kind === 'reserved' && worker.state !== 'stopping');
  for (const surplus of reserved.slice(model.reserved)) roster.setKind(surplus, 'on-demand', now);
}

/** Promotes, then starts. */
function fill(state: State, now: number, model: Model): void {
  const onDemand = model.workers.filter((worker) => worker.kind === 'on-demand' && worker.state !== 'stopping');
  const missing = model.reserved - model.aliveReserved;
  for (const promoted of onDemand.slice(0, missing)) state.roster.setKind(promoted, 'reserved', now);
  const reason = `${model.key} keeps ${model.reserved} workers reserved`;
  while (model.aliveReserved < model.reserved && state.start(now, model, 'reserved', reason)) {}
}
