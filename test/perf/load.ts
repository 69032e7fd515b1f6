/** Closed-loop load: so many clients, each sends its next request when it has its answer. */
import { Pool } from 'undici';
import { CLASSIFY } from '../support/graphql-client.ts';

export interface LoadResult {
  readonly requests: number;
  readonly errors: number;
  readonly seconds: number;
  /** Response times in ms, ascending. */
  readonly times: Float64Array;
}

export interface Upload {
  readonly body: Buffer;
  readonly headers: Record<string, string>;
}

const BOUNDARY = 'warmpool-bench';

/** The whole body of a `classify` request, made before the load so that the load costs little. */
export function uploadOf(picture: Buffer): Upload {
  const part = (name: string, extra: string, content: string | Buffer) => [
    Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${extra}\r\n\r\n`),
    Buffer.from(content),
    Buffer.from('\r\n'),
  ];
  const body = Buffer.concat([
    ...part('operations', '', JSON.stringify({ query: CLASSIFY, variables: { image: null } })),
    ...part('map', '', '{"0":["variables.image"]}'),
    ...part('0', '; filename="picture.jpg"\r\nContent-Type: image/jpeg', picture),
    Buffer.from(`--${BOUNDARY}--\r\n`),
  ]);
  return {
    body,
    headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}`, 'apollo-require-preflight': 'true' },
  };
}

/** Ends after `limit.seconds`, or after `limit.requests` if that comes first. */
export async function load(
  url: string,
  uploads: readonly Upload[],
  clients: number,
  limit: { readonly seconds: number; readonly requests?: number },
): Promise<LoadResult> {
  const pool = new Pool(url, { connections: clients, pipelining: 1 });
  const times: number[] = [];
  let errors = 0;
  let sent = 0;
  const started = performance.now();
  const ends = started + limit.seconds * 1000;
  const client = async () => {
    while (performance.now() < ends && sent < (limit.requests ?? Number.POSITIVE_INFINITY)) {
      const { body, headers } = uploads[sent++ % uploads.length] as Upload;
      const at = performance.now();
      const response = await pool.request({ path: '/graphql', method: 'POST', headers, body });
      const text = await response.body.text();
      if (!text.includes('"label"')) errors++;
      times.push(performance.now() - at);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const seconds = (performance.now() - started) / 1000;
  await pool.close();
  return { requests: times.length, errors, seconds, times: Float64Array.from(times).sort() };
}

export function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
