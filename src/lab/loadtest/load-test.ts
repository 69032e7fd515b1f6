/** The load test as a whole: against a gateway that runs, or against one of its own for each policy, one after the other. */
import type { Run } from '../report/run.ts';
import type { Workload } from '../workload/workload.ts';
import { Client } from './client.ts';
import { endpointOf, type GatewayAddress } from './gateway-query.ts';
import { LoadRun } from './load-run.ts';
import { requireModel } from './models.ts';
import { PoolWatch } from './pool-watch.ts';
import { ServeProcess } from './serve-process.ts';
import type { RequestOptions, Upload } from './uploads.ts';

export interface LoadTest {
  readonly workload: Workload;
  readonly uploads: readonly Upload[];
  readonly request: RequestOptions;
  /** Longest time to an answer, in ms. */
  readonly timeLimitMs: number;
  readonly maxOutstanding: number;
  /** Ends the load test early. */
  readonly signal: AbortSignal;
  /** Is given each run as it begins; what it returns is called as the run ends. */
  readonly onRun: (run: LoadRun) => () => void;
}

/** Throws a LoadTestError if there is no such gateway, it refuses the token, or it does not serve the model. */
export async function testGateway(test: LoadTest, gateway: GatewayAddress, name: string): Promise<Run> {
  const { workload, uploads, timeLimitMs, maxOutstanding, signal, onRun, request } = test;
  if (request.model !== null) await requireModel(gateway, request.model);
  const pool = await PoolWatch.open(gateway);
  const client = new Client({ endpoint: endpointOf(gateway.url), timeLimitMs });
  const run = new LoadRun({ name, workload, client, uploads, pool, maxOutstanding, signal });
  const onEnd = onRun(run);
  try {
    return await run.run();
  } finally {
    onEnd();
  }
}

/** Throws a LoadTestError if the gateway cannot be started, or ends by itself. It has ended afterwards in any case. */
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
