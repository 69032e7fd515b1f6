import { GatewayError } from '../../core/contracts/errors.ts';

/** An optional argument; throws BAD_USER_INPUT, with its value quoted, if it is below 1. */
export function positive(name: string, value: number | null | undefined, unit: string): number | null {
  if (value === null || value === undefined || value >= 1) return value ?? null;
  throw new GatewayError('BAD_USER_INPUT', `${name} is ${value}; it must be ${unit}, 1 or more.`);
}
