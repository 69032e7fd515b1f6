/** What clients are told that ask for what is not there, the same words by whichever store. */
import { GatewayError } from '../core/contracts/errors.ts';
import type { Batch } from './types.ts';

/** Most characters of a wrong id that are quoted. */
export const MAX_ECHO = 200;

export function batchNotFound(id: string): GatewayError {
  return new GatewayError('BATCH_NOT_FOUND', `There is no batch ${JSON.stringify(id.slice(0, MAX_ECHO))}.`);
}

export function takesNoMore({ id, state, total }: Batch): GatewayError {
  const message = `Batch ${id} takes no more pictures: it is ${state}, with ${total}.`;
  return new GatewayError(state === 'cancelled' ? 'CANCELLED' : 'BAD_USER_INPUT', message);
}

export function noCursor(after: string): GatewayError {
  return new GatewayError('BAD_USER_INPUT', `after is ${JSON.stringify(after)}; it must be the \`next\` of a page.`);
}
