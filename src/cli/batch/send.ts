/** One upload over HTTP, whose answer may come before its end. */
import http, { type ClientRequest } from 'node:http';
import https from 'node:https';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { BatchBody, OnSent } from './body.ts';
import { LocalFailure } from './local-failure.ts';
import { unanswered } from './refusal.ts';

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

/** Rejects with a Refusal if no answer comes, with LocalFailure, or with the signal's reason. */
export async function send(body: BatchBody, { endpoint, signal, onSent }: SendOptions): Promise<HttpAnswer> {
  const { request: open, Agent } = endpoint.protocol === 'https:' ? https : http;
  // A connection of its own, for one that was used before may just be closed by the gateway; but one that may be kept: with
  // `Connection: close` a server hangs up right after an early answer, and that would be lost.
  const agent = new Agent({ keepAlive: true });
  const request = open(endpoint, { method: 'POST', headers: body.headers, agent, timeout: SILENCE_MS, signal });
  request.on('timeout', () => request.destroy(new Error(`nothing moved for ${SILENCE_MS} ms`)));
  const sent = pipeline(Readable.from(body.bytes(onSent), { objectMode: false }), request);
  try {
    return await answerTo(request, sent);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw error instanceof LocalFailure ? error : unanswered(error);
  } finally {
    request.destroy();
    agent.destroy();
    await sent.catch(() => {});
  }
}

/** What goes wrong with the rest of the request once its answer is there does not matter. */
function answerTo(request: ClientRequest, sent: Promise<void>): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    let isAnswered = false;
    const fail = (error: unknown) => {
      if (!isAnswered) reject(error);
    };
    request.once('response', (response) => {
      isAnswered = true;
      text(response).then((body) => resolve({ status: response.statusCode ?? 0, text: body }), reject);
    });
    request.on('error', fail);
    sent.catch(fail);
  });
}
