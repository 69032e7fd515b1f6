/** One upload over HTTP, whose answer may come before its end. */
import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { RequestFailure, unanswered } from '../../client/answer.ts';
import type { BatchBody, OnSent } from './body.ts';

export interface SendOptions {
  readonly endpoint: URL;
  /** Ends it. */
  readonly signal: AbortSignal;
  readonly onSent: OnSent;
}

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

/** Longest time in which nothing moves, in ms: after it the connection counts as lost. */
const SILENCE_MS = 60_000;

/** Rejects with a RequestFailure if no answer comes or a file has changed, or with the signal's reason. */
export async function send(body: BatchBody, { endpoint, signal, onSent }: SendOptions): Promise<HttpAnswer> {
  const { request: open, Agent } = endpoint.protocol === 'https:' ? https : http;
  // A connection of its own, for one that was used before may just be closed by the gateway; but one that may be kept: with
  // `Connection: close` a server hangs up right after an early answer, and that would be lost.
  const agent = new Agent({ keepAlive: true });
  const request = open(endpoint, { method: 'POST', headers: body.headers, agent, timeout: SILENCE_MS, signal });
  request.on('timeout', () => request.destroy(new Error(`nothing moved for ${SILENCE_MS} ms`)));
  // What goes wrong with the rest of the request once its answer is there does not matter.
  request.on('error', () => {});
  const source = Readable.from(body.bytes(onSent), { objectMode: false });
  source.on('error', (error) => request.destroy(error)).pipe(request);
  try {
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return { status: response.statusCode ?? 0, text: await text(response) };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw error instanceof RequestFailure ? error : unanswered(error);
  } finally {
    source.destroy();
    request.destroy();
    agent.destroy();
  }
}
