/** The server with batches in a real store and a real spool, in this process; what becomes of their pictures is decided by the test. */
import { readdir } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { expect, vi } from 'vitest';
import { Batches, type BatchesOptions } from '../../src/batches/batches.ts';
import { Spool } from '../../src/batches/spool/spool.ts';
import { openSqliteStore } from '../../src/batches/sqlite/sqlite-store.ts';
import type { BatchStore } from '../../src/batches/store.ts';
import type { BatchWork, ItemOutcome } from '../../src/batches/types.ts';
import type { EventSink, GatewayEvent } from '../../src/core/contracts/ports.ts';
import { type GraphQLOptions, startGraphQL } from '../../src/graphql/apollo.ts';
import { createServer, type ServerOptions } from '../../src/http/server.ts';
import { ModelRepository } from '../../src/models/repository.ts';
import { systemClock } from '../../src/pool/system-clock.ts';
import { temporaryFolder } from '../batches/temporary-folder.ts';
import { ADMIN_TOKEN } from '../support/gateway-process.ts';

export interface BatchServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly fastify: FastifyInstance;
  readonly batches: Batches;
  readonly store: BatchStore;
  /** How many listen to the store. */
  readonly listeners: () => number;
  readonly spool: Spool;
  readonly events: readonly GatewayEvent[];
  /** Lets that many pictures end, now or when their turn comes. */
  finish(count: number): void;
  /** Folders of batches in the spool. */
  spooled(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export const OUTCOME: ItemOutcome = {
  ok: true,
  label: 'cat',
  confidence: 1,
  scores: [{ label: 'cat', confidence: 1 }],
};

export async function openBatchServer(
  server: ListenOptions = {},
  wishes: Partial<BatchesOptions> & { outcome?: (work: BatchWork) => ItemOutcome; quotaBytes?: number } = {},
): Promise<BatchServer> {
  const { outcome = () => OUTCOME, quotaBytes = 2 ** 30, ...options } = wishes;
  const folder = await temporaryFolder();
  const events: GatewayEvent[] = [];
  const sink = { emit: (event: GatewayEvent) => void events.push(event) };
  const store = openSqliteStore(join(folder, 'batches.db'));
  const listeners = countListeners(store);
  const spool = new Spool({ folder: join(folder, 'spool'), quotaBytes });
  const turns = new Turns();
  const batches = new Batches({
    store,
    spool,
    run: async (work, signal) => {
      await turns.next(signal);
      return outcome(work);
    },
    clock: systemClock,
    wallClock: Date.now,
    events: sink,
    options: {
      maxFiles: 10_000,
      maxFileBytes: 2 ** 20,
      maxBatchBytes: 2 ** 30,
      maxUploads: 10,
      maxLag: 1000,
      concurrency: 4,
      maxAgeMs: 3_600_000,
      keep: 100,
      intervalMs: 3_600_000,
      ...options,
    },
  });
  await batches.start();
  const { url, fastify } = await listen(batches, sink, server);
  return {
    url,
    fastify,
    batches,
    store,
    listeners,
    spool,
    events,
    finish: (count) => turns.add(count),
    spooled: () => readdir(join(folder, 'spool')),
    async close() {
      await fastify.close();
      await batches.close();
    },
  };
}

/** Neither in the store nor in the spool is there more than before. */
export async function leavesNothing(server: BatchServer, act: () => Promise<unknown>): Promise<void> {
  const count = async () => (await server.batches.list({ first: 1000, after: null })).nodes.length;
  const [before, spooled] = [await count(), await server.spooled()];
  await act();
  await vi.waitFor(async () => {
    expect(await count()).toBe(before);
    expect(await server.spooled()).toEqual(spooled);
  });
}

export type ListenOptions = Partial<
  Pick<GraphQLOptions, 'gateway' | 'maxSubscriptions'> &
    Pick<ServerOptions, 'batch' | 'maxUploadBytes' | 'uploadTimeout'>
>;

/** The server alone. */
export async function listen(batches: Batches, events: EventSink, options: ListenOptions = {}) {
  const repository = await ModelRepository.open('test/fixtures/models');
  const { batch, gateway, maxSubscriptions = 100, maxUploadBytes = 2 ** 20, uploadTimeout = 30_000 } = options;
  const graphql = await startGraphQL({
    gateway: gateway ?? {
      repository,
      defaultModel: repository.resolve('synthetic'),
      engineOf: () => 'synthetic',
      pool: { isReady: () => true } as never,
      batches,
      cluster: null,
      maxWorkers: 1,
    },
    events,
    adminToken: ADMIN_TOKEN,
    uploads: { maxBytes: maxUploadBytes, memoryBytes: 2 ** 23 },
    maxSubscriptions,
  });
  const fastify = await createServer({
    graphql,
    events,
    trouble: () => batches.trouble(),
    maxUploadBytes,
    uploadTimeout,
    batch: batch ?? { maxFiles: 10_000, maxBytes: 2 ** 30, timeoutMs: 60_000 },
    maxWebSockets: maxSubscriptions,
  });
  await fastify.listen({ port: 0, host: '127.0.0.1' });
  return { url: `http://127.0.0.1:${(fastify.server.address() as AddressInfo).port}`, fastify };
}

function countListeners(store: BatchStore): () => number {
  const listeners = new Set<unknown>();
  const onChange = store.onChange.bind(store);
  store.onChange = (listener) => {
    const forget = onChange(listener);
    listeners.add(forget);
    return () => {
      listeners.delete(forget);
      forget();
    };
  };
  return () => listeners.size;
}

/** Turns to be taken, in the order of asking. */
class Turns {
  #free = 0;
  readonly #waiting: (() => void)[] = [];

  add(count: number): void {
    this.#free += count;
    for (; this.#free > 0 && this.#waiting.length > 0; this.#free--) this.#waiting.shift()?.();
  }

  next(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = () => reject(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push(() => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      });
      this.add(0);
    });
  }
}
