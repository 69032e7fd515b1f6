/** Closed-loop load: so many clients, each sends its next request when it has its answer. */
import { Pool } from 'undici';
import { CLASSIFY } from '../../src/client/multipart.ts';

export interface LoadResult {
  /** Answered ones, right or wrong, and failed ones. */
  readonly requests: number;
  /** Whatever was not answered with a classification. */
  readonly errors: number;
  /** The first of them, to be shown. */
  readonly firstError: string | null;
  readonly seconds: number;
  /** Response times in ms, ascending. */
  readonly times: Float64Array;
}

export interface Upload {
  readonly body: Buffer;
  readonly headers: Record<string, string>;
}

const BOUNDARY = 'warmpool-bench';
/** How every right answer starts; looking for more would cost the cores that are measured. */
const RIGHT_ANSWER = '{"data":{"classify":{"label":';
const MAX_SHOWN = 300;
const TIMEOUT_MS = 30_000;

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
  const timeouts = { headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS };
  const pool = new Pool(url, { connections: clients, pipelining: 1, ...timeouts });
  const send = async ({ body, headers }: Upload): Promise<string> => {
    const response = await pool.request({ path: '/graphql', method: 'POST', headers, body });
    return await response.body.text();
  };
  const times: number[] = [];
  const failures: string[] = [];
  let sent = 0;
  const started = performance.now();
  const ends = started + limit.seconds * 1000;
  const client = async () => {
    while (performance.now() < ends && sent < (limit.requests ?? Number.POSITIVE_INFINITY)) {
      const upload = uploads[sent++ % uploads.length] as Upload;
      const at = performance.now();
      const text = await send(upload).catch(String);
      times.push(performance.now() - at);
      if (!text.startsWith(RIGHT_ANSWER)) failures.push(text.slice(0, MAX_SHOWN));
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const seconds = (performance.now() - started) / 1000;
  await pool.close();
  const [firstError = null] = failures;
  const sorted = Float64Array.from(times).sort();
  return { requests: times.length, errors: failures.length, firstError, seconds, times: sorted };
}

export function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
