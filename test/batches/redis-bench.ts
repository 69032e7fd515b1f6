/** Gateways that share batches in one Redis, as far as their stores are concerned, each on a wire of its own. */
import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import type { ClusterView } from '../../src/batches/cluster-view.ts';
import type { RedisStoreOptions } from '../../src/batches/redis/options.ts';
import { openRedisStore } from '../../src/batches/redis/redis-store.ts';
import type { BatchStore, RunItem } from '../../src/batches/store.ts';
import type { Batch, BatchItem, BatchWork, ItemOutcome } from '../../src/batches/types.ts';
import { GatewayError } from '../../src/core/contracts/errors.ts';
import { systemClock } from '../../src/pool/system-clock.ts';
import { newItems } from '../conformance/new-items.ts';
import type { RedisServer } from '../support/redis-server.ts';
import { TcpLink } from '../support/tcp-link.ts';

/** Long enough for a busy machine to renew its locks, short enough for a test to wait for it. */
const STALL_INTERVAL_MS = 900;
export const HEARTBEAT_MS = 100;

export interface Gateway {
  readonly store: BatchStore & ClusterView;
  /** What went wrong in the background. */
  readonly errors: readonly Error[];
  readonly link: TcpLink;
  /** To the others it is dead; it does not know that itself. */
  die(): void;
}

export class RedisBench {
  readonly prefix = `test-${randomUUID()}`;
  readonly #server: RedisServer;
  readonly #gateways: Gateway[] = [];

  constructor(server: RedisServer) {
    this.#server = server;
  }

  async gateway(wishes: Partial<RedisStoreOptions> = {}): Promise<Gateway> {
    const link = await TcpLink.open(this.#server.port);
    const errors: Error[] = [];
    const store = await openRedisStore({
      url: `redis://127.0.0.1:${link.port}`,
      prefix: this.prefix,
      stallIntervalMs: STALL_INTERVAL_MS,
      heartbeatMs: HEARTBEAT_MS,
      retryDelayMs: 20,
      clock: systemClock,
      describe: () => ({ address: 'localhost', workers: 1 }),
      onError: (error) => errors.push(error),
      onAvailability: () => {},
      ...wishes,
    });
    const gateway = { store, errors, link, die: () => link.cut() };
    this.#gateways.push(gateway);
    return gateway;
  }

  async end(): Promise<void> {
    await Promise.all(this.#gateways.map(({ store }) => store.close()));
    await Promise.all(this.#gateways.map(({ link }) => link.close()));
  }
}

/** A batch whose upload is complete; its id. */
export async function upload(store: BatchStore, count: number): Promise<string> {
  const id = await begin(store, count);
  await store.seal(id);
  return id;
}

/** A batch whose upload lasts; its id. */
export async function begin(store: BatchStore, count: number, clientBatchId: string | null = null): Promise<string> {
  const id = randomUUID();
  await store.create({ id, clientBatchId, model: 'cat-dog@1', topK: null, createdAt: Date.now() });
  await store.add(id, newItems(Array.from({ length: count }, (_, index) => `${index}.jpg`)));
  return id;
}

/** Looks whenever the store says that something has happened, through outages. */
export function until(store: BatchStore, id: string, holds: (batch: Batch) => boolean): Promise<Batch> {
  return new Promise((resolve, reject) => {
    const look = async () => {
      const batch = await store.find(id);
      if (batch === null || !holds(batch)) return;
      forget();
      resolve(batch);
    };
    // After an outage it is called with null.
    const fail = (error: unknown) => {
      if (!(error instanceof GatewayError) || error.code !== 'OVERLOADED') reject(error);
    };
    const forget = store.onChange((changed) => {
      if (changed === id || changed === null) look().catch(fail);
    });
    look().catch(fail);
  });
}

export const isCompleted = ({ state }: Batch) => state === 'completed';

interface HeldRun {
  readonly work: BatchWork;
  finish(outcome: ItemOutcome): void;
}

/** Items that run until the test says how they end, or until they are aborted. */
export function heldRuns() {
  const running: HeldRun[] = [];
  const starts = new EventEmitter<{ start: [] }>();
  const run: RunItem = (work, signal) =>
    new Promise((finish, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
      running.push({ work, finish });
      starts.emit('start');
    });
  /** Resolves when so many have begun. */
  const begun = async (count: number): Promise<void> => {
    while (running.length < count) await once(starts, 'start');
  };
  return { run, running, begun };
}

export async function allItems(store: BatchStore, id: string): Promise<readonly BatchItem[]> {
  return (await store.items(id, { first: 1000, after: null, status: null })).nodes;
}
