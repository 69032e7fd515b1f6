/**
 * Sends `classify` uploads over keep-alive HTTP/1.1 and says what became of each. It never throws: the fault of one
 * request is a figure of the load test.
 */
import http from 'node:http';
import https from 'node:https';
import type { Upload } from './uploads.ts';

/** No answer: refused, reset, or cut off. */
export const CONNECTION_FAILED = 'CONNECTION_FAILED';
/** No answer within the time limit. */
const TIMEOUT = 'TIMEOUT';
/** Success by its status, but not an answer to `classify`. */
const BAD_ANSWER = 'BAD_ANSWER';

/** What became of a request; null for what its answer does not have. */
export interface Outcome {
  /** Of its error. */
  readonly code: string | null;
  /** When a refused request is to come back, in ms from the refusal, and what has a place for it then. */
  readonly retryAfterMs: number | null;
  readonly retryToken: string | null;
}

export interface ClientOptions {
  /** Of the GraphQL endpoint. */
  readonly endpoint: URL;
  /** Longest time from the sending to the end of the answer, in ms. */
  readonly timeLimitMs: number;
}

export class Client {
  readonly #request: typeof http.request;
  readonly #agent: http.Agent;
  readonly #options: ClientOptions;
  readonly #outstanding = new Set<http.ClientRequest>();

  constructor(options: ClientOptions) {
    const { request, Agent } = options.endpoint.protocol === 'https:' ? https : http;
    this.#options = options;
    this.#request = request;
    // As many connections as there are requests outstanding, which the load bounds: none may wait here, unseen by the gateway.
    this.#agent = new Agent({ keepAlive: true });
  }

  classify({ body, headers }: Upload): Promise<Outcome> {
    const { endpoint, timeLimitMs } = this.#options;
    return new Promise((resolve) => {
      const request = this.#request(endpoint, { method: 'POST', agent: this.#agent, headers });
      this.#outstanding.add(request);
      const settle = (outcome: Outcome) => {
        clearTimeout(timer);
        this.#outstanding.delete(request);
        resolve(outcome);
      };
      const timer = setTimeout(() => {
        settle(unanswered(TIMEOUT));
        request.destroy();
      }, timeLimitMs);
      request.on('response', (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => settle(outcomeOf(response.statusCode ?? 0, text)));
        // What was cut off is told by the end of the request.
        response.on('error', () => {});
      });
      request.on('error', () => settle(unanswered(CONNECTION_FAILED)));
      request.on('close', () => settle(unanswered(CONNECTION_FAILED)));
      request.end(body);
    });
  }

  /** Ends what is outstanding, as CONNECTION_FAILED. */
  close(): void {
    for (const request of this.#outstanding) request.destroy();
    this.#agent.destroy();
  }
}

interface Answer {
  readonly data?: { readonly classify?: unknown } | null;
  readonly errors?: readonly { readonly extensions?: Partial<Readonly<Record<keyof Outcome, unknown>>> }[];
}

function unanswered(code: string): Outcome {
  return { code, retryAfterMs: null, retryToken: null };
}

function outcomeOf(status: number, text: string): Outcome {
  const answer = parse(text);
  const { code, retryAfterMs, retryToken } = answer?.errors?.[0]?.extensions ?? {};
  return {
    code: typeof code === 'string' ? code : codeWithout(status, answer),
    retryAfterMs: typeof retryAfterMs === 'number' ? retryAfterMs : null,
    retryToken: typeof retryToken === 'string' ? retryToken : null,
  };
}

/** Of an answer in which the gateway gave no code of its own. */
function codeWithout(status: number, answer: Answer | null): string | null {
  if (status !== 200) return `HTTP_${status}`;
  return answer?.data?.classify ? null : BAD_ANSWER;
}

function parse(text: string): Answer | null {
  try {
    return JSON.parse(text) as Answer | null;
  } catch {
    return null;
  }
}
