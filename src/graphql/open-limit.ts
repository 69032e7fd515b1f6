/** A bound on what is open at the same time. */
import { GatewayError } from '../core/contracts/errors.ts';

export class OpenLimit {
  readonly #limit: number;
  readonly #what: string;
  #taken = 0;

  /** `what`: for the error's message, in the plural. */
  constructor(limit: number, what: string) {
    this.#limit = limit;
    this.#what = what;
  }

  /** Throws OVERLOADED if there is none. Returns how to give it back; doing so twice does no harm. */
  take(): () => void {
    if (this.#taken >= this.#limit) {
      throw new GatewayError('OVERLOADED', `There are ${this.#limit} ${this.#what}, the most at once.`, RETRY_AFTER_MS);
    }
    this.#taken++;
    let isTaken = true;
    return () => {
      if (isTaken) this.#taken--;
      isTaken = false;
    };
  }
}

const RETRY_AFTER_MS = 5000;
