/** Multipart requests that no well-behaved client would send: any parts in any order, in pieces, or cut off. */
import http, { type ClientRequest, type IncomingHttpHeaders } from 'node:http';
import { CLASSIFY } from '../../src/client/multipart.ts';
import type { GraphQLAnswer } from '../support/graphql-client.ts';

const BOUNDARY = 'a-frontier';
const PREFLIGHT = { 'apollo-require-preflight': 'true' };
const MULTIPART = { ...PREFLIGHT, 'content-type': `multipart/form-data; boundary=${BOUNDARY}` };

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Of the first error; null if there is none. */
  readonly code: string | null;
  readonly message: string | null;
  readonly retryAfterMs: number | undefined;
}

export const operations = (query = CLASSIFY, variables: unknown = { image: null }): Buffer =>
  part('operations', JSON.stringify({ query, variables }));
export const map = (paths: unknown = { 0: ['variables.image'] }): Buffer => part('map', JSON.stringify(paths));
export const file = (bytes: Uint8Array, name = '0'): Buffer => Buffer.concat([fileHead(name), bytes, CRLF]);
/** What stands in front of a file's bytes. */
export const fileHead = (name = '0', filename = 'cat.jpg'): Buffer =>
  Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"; filename="${filename}"\r\n\r\n`);
export const part = (name: string, value: string): Buffer =>
  Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`);
const CRLF = Buffer.from('\r\n');
export const END = Buffer.from(`--${BOUNDARY}--\r\n`);

/** Sends these parts with their length declared, and the closing boundary. */
export function post(url: string, parts: readonly Uint8Array[], headers: http.OutgoingHttpHeaders = {}) {
  const body = Buffer.concat([...parts, END]);
  const request = begin(url, { 'content-length': body.length, ...headers });
  request.write(body);
  return request.end();
}

/** Sends a body of another kind. */
export function postText(url: string, body: string, headers: http.OutgoingHttpHeaders) {
  const request = begin(url, { 'content-length': Buffer.byteLength(body), ...headers });
  request.write(Buffer.from(body));
  return request.end();
}

export interface OpenRequest {
  /** Rejects if the connection ends without one. */
  readonly answer: Promise<RawAnswer>;
  write(bytes: Uint8Array): void;
  /** Writes for as long as there is no answer, up to so many bytes; resolves to how many it were. */
  flood(mostBytes: number): Promise<number>;
  end(): Promise<RawAnswer>;
  /** Goes away without a word. */
  disconnect(): void;
}

/** Opens a request, chunked unless a length is declared, and sends its head. `undefined` removes a header. */
export function begin(url: string, headers: http.OutgoingHttpHeaders = {}): OpenRequest {
  const request = http.request(`${url}/graphql`, {
    method: 'POST',
    agent: false,
    headers: { connection: 'keep-alive' },
  });
  for (const [name, value] of Object.entries({ ...MULTIPART, ...headers })) {
    if (value !== undefined) request.setHeader(name, value);
  }
  request.flushHeaders();
  const answer = answerTo(request);
  answer.catch(() => {});
  return {
    answer,
    write: (bytes) => void request.write(bytes),
    flood: (mostBytes) => flood(request, answer, mostBytes),
    end: () => {
      request.end();
      return answer;
    },
    disconnect: () => void request.destroy(),
  };
}

function answerTo(request: ClientRequest): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    request.on('error', reject);
    request.once('response', (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.once('error', reject);
      response.once('end', () => {
        const error = errorIn(body);
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body,
          code: error?.extensions.code ?? null,
          message: error?.message ?? null,
          retryAfterMs: error?.extensions.retryAfterMs,
        });
      });
    });
  });
}

function errorIn(body: string) {
  try {
    return (JSON.parse(body) as GraphQLAnswer).errors?.[0];
  } catch {
    return undefined;
  }
}

async function flood(request: ClientRequest, answer: Promise<unknown>, mostBytes: number): Promise<number> {
  const block = Buffer.alloc(2 ** 16, 'x');
  let answered = false;
  const stopped = answer.then(
    () => {},
    () => {},
  );
  void stopped.then(() => {
    answered = true;
  });
  let sent = 0;
  while (!answered && sent < mostBytes) {
    sent += block.length;
    const drained = request.write(block) || new Promise((resolve) => request.once('drain', resolve));
    await Promise.race([drained, stopped]);
    // Lets the answer be seen.
    await new Promise(setImmediate);
  }
  return sent;
}
