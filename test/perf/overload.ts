/**
 * Half as much load again as the gateway can serve, over real HTTP: are the promises kept that it makes? Each refused
 * client comes back once, at `retryAfterMs`. Those who come back are to be let in as often as those who come first.
 */
import { readFileSync } from 'node:fs';
import type { OutgoingHttpHeaders } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { Agent, setGlobalDispatcher } from 'undici';
import { uploadOf } from '../../src/lab/loadtest/uploads.ts';
import { exponential, fork } from '../../src/lab/workload/random.ts';
import { ROOT, startGateway } from '../support/gateway-process.ts';

const WORKERS = 2;
const SERVICE_MS = 50;
const DEADLINE_MS = 500;
const OVERLOAD = 1.5;
const SECONDS = 60;

interface Outcome {
  readonly ms: number;
  readonly code: string | null;
  readonly retryAfterMs: number | null;
}

const picture = readFileSync(`${ROOT}/test/fixtures/photos/cat-kitten.jpg`);
setGlobalDispatcher(new Agent({ connections: null }));
const gateway = await startGateway(
  ...['--model-dir', 'test/fixtures/models', '--model', 'synthetic', '--max-batch', '1', '--log-level', 'warn'],
  ...['--reserved', `${WORKERS}`, '--max-workers', `${WORKERS}`, '--drill', `service=${SERVICE_MS}ms`],
);

/** Their length is set by `fetch`. */
function textHeaders({ 'content-length': _length, ...others }: OutgoingHttpHeaders): Record<string, string> {
  return others as Record<string, string>;
}

const { body, headers } = await uploadOf(picture, 'cat.jpg', { model: null, deadlineMs: DEADLINE_MS });

async function send(): Promise<Outcome> {
  const started = performance.now();
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    body: new Uint8Array(body),
    headers: textHeaders(headers),
  });
  const { errors } = (await response.json()) as { errors?: { extensions: Record<string, unknown> }[] };
  const { code = null, retryAfterMs = null } = errors?.[0]?.extensions ?? {};
  return { ms: performance.now() - started, code, retryAfterMs } as Outcome;
}

for (let i = 0; i < 20; i++) await send();
const arrivals = fork(1, 'arrivals');
const perSecond = (OVERLOAD * WORKERS * 1000) / SERVICE_MS;
const first: Outcome[] = [];
const again: Outcome[] = [];
const all: Promise<void>[] = [];
const start = performance.now();
for (let at = 0; at < SECONDS * 1000; at += exponential(arrivals, 1000 / perSecond)) {
  await wait(Math.max(0, start + at - performance.now()));
  all.push(
    (async () => {
      const outcome = await send();
      first.push(outcome);
      if (outcome.retryAfterMs === null) return;
      await wait(outcome.retryAfterMs);
      again.push(await send());
    })(),
  );
}
await Promise.all(all);
await gateway.stop();

const everything = [...first, ...again];
const refused = everything.filter(({ retryAfterMs }) => retryAfterMs !== null);
const admitted = everything.filter(({ retryAfterMs }) => retryAfterMs === null);
const met = admitted.filter(({ code }) => code === null);
const times = refused.map(({ ms }) => ms).sort((a, b) => a - b);
const percentile = (q: number) => (times[Math.min(times.length - 1, Math.floor(q * times.length))] ?? 0).toFixed(1);
const share = (part: number, whole: number) => `${((100 * part) / whole).toFixed(1)} %`;
console.log(`${first.length} first requests at ${perSecond}/s, ${again.length} came back, ${SECONDS} s`);
console.log(`admitted and answered by the deadline: ${share(met.length, admitted.length)} of ${admitted.length}`);
console.log(`refusals: p50 ${percentile(0.5)} ms, p99 ${percentile(0.99)} ms, max ${percentile(1)} ms`);
const letIn = (of: readonly Outcome[]) => share(of.filter((o) => o.retryAfterMs === null).length, of.length);
console.log(`admitted of those who came first: ${letIn(first)}; of those who came back: ${letIn(again)}`);
