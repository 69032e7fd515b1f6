/** The options of `classify`, with what applies where nothing is said. */
import { GatewayError } from '../../core/contracts/errors.ts';
import type { Gateway } from '../gateway.ts';
import type { ClassifyOptions, InputMaybe } from '../schema-types.generated.ts';

/** Throws BAD_USER_INPUT or MODEL_NOT_FOUND. */
export function readOptions(options: InputMaybe<ClassifyOptions> | undefined, { repository, defaultModel }: Gateway) {
  return {
    model: repository.resolve(options?.model ?? defaultModel.key),
    topK: positive('topK', options?.topK, 'a number of scores'),
    deadlineMs: positive('deadlineMs', options?.deadlineMs, 'milliseconds'),
    priority: options?.priority ?? 'interactive',
  };
}

function positive(name: string, value: InputMaybe<number> | undefined, unit: string): number | null {
  if (value === null || value === undefined || value >= 1) return value ?? null;
  throw new GatewayError('BAD_USER_INPUT', `${name} is ${value}; it must be ${unit}, 1 or more.`);
}
