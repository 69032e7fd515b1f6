/** The load test as a whole: against a gateway that runs, or against one of its own for each policy, one after the other. */
import { NO_ANSWER, RequestFailure, reasonOf } from '../../client/answer.ts';
import { endpointOf, GatewayClient } from '../../client/gateway-client.ts';
import { ConfigError } from '../../settings/setting.ts';
import type { Run } from '../report/run.ts';
import { LoadRun, type LoadRunOptions } from './load-run.ts';
import { lookAsAdmin, lookAsAnybody, PoolWatch } from './pool-watch.ts';
import { Sender } from './sender.ts';
import { type GatewayAddress, ServeProcess } from './serve-process.ts';
import type { RequestOptions } from './uploads.ts';

export interface LoadTest extends Pick<LoadRunOptions, 'workload' | 'uploads' | 'maxOutstanding' | 'signal'> {
  readonly request: RequestOptions;
  /** Longest time to an answer, in ms. */
  readonly timeLimitMs: number;
  /** Is given each run as it begins; what it returns is called as the run ends. */
  readonly onRun: (run: LoadRun) => () => void;
}

/** Longest time to the answer to a query beside the load, in ms: a gateway under more load than it can bear answers late. */
const PATIENCE_MS = 10_000;

/** Throws a ConfigError if there is no such gateway, it refuses the token, or it does not serve the model. */
export async function testGateway(test: LoadTest, { url, adminToken }: GatewayAddress, name: string): Promise<Run> {
  const { request, timeLimitMs, onRun } = test;
  const endpoint = endpointOf(url);
  const client = new GatewayClient({ endpoint, token: adminToken, timeoutMs: PATIENCE_MS });
  const look = () => (adminToken === null ? lookAsAnybody(client) : lookAsAdmin(client));
  const pool = await explained(endpoint, async () => {
    if (request.model !== null) await requireModel(client, request.model, url);
    return PoolWatch.open(look);
  });
  const run = new LoadRun({ ...test, name, pool, sender: new Sender({ endpoint, timeLimitMs }) });
  const onEnd = onRun(run);
  try {
    return await run.run();
  } finally {
    onEnd();
  }
}

/** Throws a ConfigError if the gateway cannot be started, or ends by itself. It has ended afterwards in any case. */
export async function testPolicy(test: LoadTest, policy: string, serveFlags: readonly string[]): Promise<Run> {
  const server = new ServeProcess([...serveFlags, '--policy', policy]);
  try {
    const gateway = await server.ready(test.signal);
    const signal = AbortSignal.any([test.signal, server.ended]);
    const run = await testGateway({ ...test, signal }, gateway, policy);
    server.ended.throwIfAborted();
    return run;
  } finally {
    await server.stop();
  }
}

/** Throws a ConfigError unless the gateway serves `reference`, without which every request would fail. */
async function requireModel(client: GatewayClient, reference: string, url: URL): Promise<void> {
  const known = (await client.models()).flatMap(({ name, version, aliases }) => [
    name,
    ...[version, ...aliases].map((of) => `${name}@${of}`),
  ]);
  if (known.includes(reference)) return;
  const names = [...new Set(known)].join(', ');
  throw new ConfigError(`--model is ${JSON.stringify(reference)}: ${url.href} serves ${names}`);
}

/** What goes wrong with the first questions is the user's to mend. */
async function explained<Answer>({ href }: URL, ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof RequestFailure)) throw error;
    const { code, message, cause } = error;
    if (code === NO_ANSWER) {
      const why = reasonOf(cause);
      throw new ConfigError(`${href} cannot be reached (${why}); start a gateway with: warmpool serve`, { cause });
    }
    if (code === 'UNAUTHENTICATED' || code === 'FORBIDDEN') {
      throw new ConfigError(`${href} refuses the admin token (${code}); it is the one that serve printed or was given`);
    }
    throw new ConfigError(`${href} is not a Warmpool gateway of this version: ${message}`);
  }
}
