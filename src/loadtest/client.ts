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

  /** Resolves to null, or to the code of the error. */
  classify({ body, headers }: Upload): Promise<string | null> {
    const { endpoint, timeLimitMs } = this.#options;
    return new Promise((resolve) => {
      const request = this.#request(endpoint, { method: 'POST', agent: this.#agent, headers });
      this.#outstanding.add(request);
      const settle = (code: string | null) => {
        clearTimeout(timer);
        this.#outstanding.delete(request);
        resolve(code);
      };
      const timer = setTimeout(() => {
        settle(TIMEOUT);
        request.destroy();
      }, timeLimitMs);
      request.on('response', (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => settle(errorCode(response.statusCode ?? 0, text)));
        // What was cut off is told by the end of the request.
        response.on('error', () => {});
      });
      request.on('error', () => settle(CONNECTION_FAILED));
      request.on('close', () => settle(CONNECTION_FAILED));
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
  readonly errors?: readonly { readonly extensions?: { readonly code?: unknown } }[];
}

/** The gateway's own code if it gave one, else the status. */
function errorCode(status: number, text: string): string | null {
  const answer = parse(text);
  const code = answer?.errors?.[0]?.extensions?.code;
  if (typeof code === 'string') return code;
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
