/**
 * Sends `classify` uploads over keep-alive HTTP/1.1 and says what became of each. It never throws: the fault of one
 * request is a figure of the load test.
 */
import { once } from 'node:events';
import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import { readAnswer } from '../../client/answer.ts';
import type { Upload } from './uploads.ts';

/** No answer: refused, reset, or cut off. */
export const CONNECTION_FAILED = 'CONNECTION_FAILED';
/** No answer within the time limit. */
const TIMEOUT = 'TIMEOUT';
/** Success by its status, but not an answer to `classify`. */
const BAD_ANSWER = 'BAD_ANSWER';

/** What became of a request. */
export interface Outcome {
  /** Of its error; null if there is none. */
  readonly code: string | null;
  /** When a refused request is to come back, in ms from the refusal; null if its answer does not say. */
  readonly retryAfterMs: number | null;
}

export interface SenderOptions {
  /** Where GraphQL is answered. */
  readonly endpoint: URL;
  /** Longest time from the sending to the end of the answer, in ms. */
  readonly timeLimitMs: number;
}

export class Sender {
  readonly #request: typeof http.request;
  readonly #agent: http.Agent;
  readonly #options: SenderOptions;
  readonly #outstanding = new Set<ClientRequest>();

  constructor(options: SenderOptions) {
    const { request, Agent } = options.endpoint.protocol === 'https:' ? https : http;
    this.#options = options;
    this.#request = request;
    // As many connections as there are requests outstanding, which the load bounds: none may wait here, unseen by the gateway.
    this.#agent = new Agent({ keepAlive: true });
  }

  async send({ body, headers }: Upload): Promise<Outcome> {
    const { endpoint, timeLimitMs } = this.#options;
    const request = this.#request(endpoint, { method: 'POST', agent: this.#agent, headers });
    this.#outstanding.add(request);
    let isOverdue = false;
    const timer = setTimeout(() => {
      isOverdue = true;
      request.destroy();
    }, timeLimitMs);
    // An error that comes after the head of the answer shows in the answer, too; but unheard it would end the process.
    request.on('error', () => {});
    try {
      const [response] = (await once(request.end(body), 'response')) as [IncomingMessage];
      const answer = await text(response);
      if (!isOverdue) return outcomeOf(response.statusCode ?? 0, answer);
    } catch {
      // There is no answer.
    } finally {
      clearTimeout(timer);
      this.#outstanding.delete(request);
    }
    return { code: isOverdue ? TIMEOUT : CONNECTION_FAILED, retryAfterMs: null };
  }

  /** Ends what is outstanding, as CONNECTION_FAILED. */
  close(): void {
    for (const request of this.#outstanding) request.destroy();
    this.#agent.destroy();
  }
}

function outcomeOf(status: number, answer: string): Outcome {
  const { data, errors } = readAnswer<{ readonly classify?: unknown }>(answer);
  // Load goes to whatever is there, so that nothing of the answer is sure.
  const { code, retryAfterMs } = (errors?.[0]?.extensions ?? {}) as Partial<Record<keyof Outcome, unknown>>;
  const ownCode = status === 200 ? BAD_ANSWER : `HTTP_${status}`;
  const isDone = status === 200 && data?.classify;
  return {
    code: typeof code === 'string' ? code : isDone ? null : ownCode,
    retryAfterMs: typeof retryAfterMs === 'number' ? retryAfterMs : null,
  };
}
