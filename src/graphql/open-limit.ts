/** A bound on what is open at the same time. */
import { GatewayError } from '../core/contracts/errors.ts';

const RETRY_AFTER_MS = 5000;

/** Throws OVERLOADED if there are too many. Returns how to give it back; doing so twice does no harm. */
export type OpenLimit = () => () => void;

/** `what`: for the error's message, in the plural. */
export function openLimit(limit: number, what: string): OpenLimit {
  let taken = 0;
  return () => {
    if (taken >= limit) {
      throw new GatewayError('OVERLOADED', `There are ${limit} ${what}, the most at once.`, RETRY_AFTER_MS);
    }
    taken++;
    let isTaken = true;
    return () => {
      if (isTaken) taken--;
      isTaken = false;
    };
  };
}
