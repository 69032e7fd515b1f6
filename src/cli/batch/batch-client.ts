/** The gateway as the command asks it: what may pass is tried again, but at first the gateway must be there. */
import { dataOf, RequestFailure } from '../../client/answer.ts';
import { endpointOf, GatewayClient } from '../../client/gateway-client.ts';
import { Retries, type RetryOptions } from '../../client/retries.ts';
import { ConfigError } from '../../settings/setting.ts';
import { BatchBody, type BatchRequest, type OnSent } from './body.ts';
import type { PictureFile } from './pictures.ts';
import { send } from './send.ts';

export interface BatchClientOptions extends RetryOptions {
  /** Without the path of the GraphQL endpoint. */
  readonly url: URL;
}

/** Longest time to an answer, in ms: a gateway under load answers late. */
const ANSWER_MS = 30_000;

export class BatchClient extends GatewayClient {
  readonly #options: BatchClientOptions;
  readonly #endpoint: URL;
  #hasAnswered = false;

  constructor(options: BatchClientOptions) {
    const endpoint = endpointOf(options.url);
    super({ endpoint, timeoutMs: ANSWER_MS, signal: options.signal });
    this.#options = options;
    this.#endpoint = endpoint;
  }

  /** Throws a ConfigError if the gateway is not there at first. */
  override async query<Data>(query: string, variables: Readonly<Record<string, unknown>>): Promise<Data> {
    const retries = new Retries(this.#options);
    for (;;) {
      try {
        const data = await super.query<Data>(query, variables);
        this.#hasAnswered = true;
        return data;
      } catch (error) {
        if (!this.#hasAnswered && error instanceof RequestFailure && error.isBrokenOff) {
          throw new ConfigError(`${this.#endpoint.href}: ${error.message}; start a gateway with: warmpool serve`);
        }
        await retries.after(error);
      }
    }
  }

  /** Once: a RequestFailure leaves it open whether the batch is there. */
  async upload(pictures: readonly PictureFile[], request: BatchRequest, onSent: OnSent): Promise<void> {
    const { signal } = this.#options;
    const { status, text } = await send(new BatchBody(pictures, request), { endpoint: this.#endpoint, signal, onSent });
    dataOf(status, text);
  }
}
