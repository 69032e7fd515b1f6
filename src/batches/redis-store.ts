/**
 * Batches in Redis, shared by any number of gateways: each takes uploads, runs items and tells what happens in every batch.
 *
 * What is at least once: running an item. Its gateway may die, lose Redis for longer than its lock lasts, or give it back; then
 * it is run again, by whichever gateway, perhaps while the first run still lasts.
 * Why its result is exactly once all the same: the outcome is recorded by one script (redis-steps.ts) that does nothing if the
 * item has ended, and else changes status, outcome and counters and appends the one event, numbered, in one atomic step. The
 * job in BullMQ's queue ends only after that. So every item has a job until it has an outcome, and no item gets two.
 *
 * The steps are ordered so that a Redis that comes back without its last moments (appendfsync everysec, a failover) holds a
 * state that once was: at worst items run again. The one exception is made good at each reconnect: an item whose job is missing
 * gets it again. Redis must not evict (maxmemory-policy noeviction) and should keep an append-only file.
 */
import { randomUUID } from 'node:crypto';
import type { ClusterNode, ClusterView } from './cluster-view.ts';
import { BatchPages } from './redis-batch-pages.ts';
import { BatchRecords } from './redis-batch-records.ts';
import { BatchRemoval } from './redis-batch-removal.ts';
import { isRefusal, RedisConnection } from './redis-connection.ts';
import { Gateways } from './redis-gateways.ts';
import { ItemQueue } from './redis-item-queue.ts';
import { ItemRunner } from './redis-item-runner.ts';
import { RedisKeys } from './redis-keys.ts';
import { type RedisStoreOptions, withDefaults } from './redis-store-options.ts';
import { Upkeep } from './redis-upkeep.ts';
import { Uploads } from './redis-uploads.ts';
import { hasEnded } from './state.ts';
import type { BatchStore, NewBatch, PageRequest, RunItem } from './store.ts';
import type { Batch, BatchEvent, BatchItem, ItemStatus, NewItem, Page } from './types.ts';

/** A Redis that is away is no reason to fail: `trouble()` says so until it is there. */
export async function openRedisStore(options: RedisStoreOptions): Promise<BatchStore & ClusterView> {
  const store = new RedisStore(options);
  await store.start();
  return store;
}

class RedisStore implements BatchStore, ClusterView {
  readonly #options: Required<RedisStoreOptions>;
  readonly #keys: RedisKeys;
  readonly #connection: RedisConnection;
  readonly #records: BatchRecords;
  readonly #pages: BatchPages;
  readonly #queue: ItemQueue;
  readonly #removal: BatchRemoval;
  readonly #gateways: Gateways;
  readonly #upkeep: Upkeep;
  readonly #uploads: Uploads;
  readonly #listeners = new Set<(batchId: string | null) => void>();
  #runner: ItemRunner | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: RedisStoreOptions) {
    this.#options = withDefaults(options);
    const { url, prefix, answerTimeoutMs, heartbeatMs, describe } = this.#options;
    const onError = (error: Error) => this.#report(error);
    const keys = new RedisKeys(prefix);
    const connection = new RedisConnection(url, answerTimeoutMs);
    this.#keys = keys;
    this.#connection = connection;
    this.#records = new BatchRecords(connection, keys);
    this.#pages = new BatchPages(connection, keys);
    this.#queue = new ItemQueue(connection, keys, onError);
    this.#removal = new BatchRemoval(this.#records, this.#pages, this.#queue, onError);
    this.#gateways = new Gateways({ connection, keys, heartbeatMs, id: randomUUID(), describe });
    this.#uploads = new Uploads(connection, keys, this.#gateways);
    this.#upkeep = new Upkeep({
      connection,
      everyMs: heartbeatMs,
      onConnect: () => this.#catchUp(),
      onRound: () => this.#round(),
      onError: this.#options.onError,
    });
    connection.quick.on('message', (_channel, batchId) => this.#tell(batchId));
  }

  async start(): Promise<void> {
    await this.#connection.attempted();
    await this.#upkeep.start();
  }

  async create(batch: NewBatch): Promise<{ readonly batch: Batch; readonly created: boolean }> {
    const answer = await this.#records.create(batch, this.#gateways.id);
    if (answer.created) this.#uploads.begin(batch.id);
    return answer;
  }

  async add(batchId: string, items: readonly NewItem[]): Promise<number> {
    const first = await this.#records.add(batchId, items);
    const indexes = items.map((_, at) => first + at);
    await this.#queue.add(batchId, indexes);
    this.#uploads.added(batchId, items.length);
    return first;
  }

  async seal(batchId: string): Promise<Batch> {
    const batch = await this.#records.seal(batchId, this.#uploads.count(batchId));
    this.#uploads.end(batchId);
    return batch;
  }

  async discard(batchId: string): Promise<void> {
    // If Redis is away now, it is an orphan from here on.
    this.#uploads.end(batchId);
    await this.#removal.remove(batchId, 'any');
  }

  async cancel(batchId: string): Promise<Batch> {
    await this.#removal.dropJobs(batchId, await this.#records.cancel(batchId));
    return this.#records.get(batchId);
  }

  find(id: string): Promise<Batch | null> {
    return this.#records.find(id);
  }

  list(page: PageRequest): Promise<Page<Batch>> {
    return this.#pages.batches(page);
  }

  items(batchId: string, page: PageRequest & { readonly status: ItemStatus | null }): Promise<Page<BatchItem>> {
    return this.#pages.items(batchId, page);
  }

  events(batchId: string, after: number, limit: number): Promise<readonly BatchEvent[]> {
    return this.#pages.events(batchId, after, limit);
  }

  onChange(listener: (batchId: string | null) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  process(run: RunItem, concurrency: number): void {
    if (this.#runner !== undefined) throw new Error('items are being run already');
    this.#runner = new ItemRunner({
      ...this.#options,
      connection: this.#connection,
      keys: this.#keys,
      run,
      concurrency,
      onError: (error) => this.#report(error),
    });
  }

  prune(before: number, keep: number): Promise<readonly string[]> {
    return this.#removal.prune(before, keep);
  }

  unknown(batchIds: readonly string[]): Promise<readonly string[]> {
    return this.#records.unknown(batchIds);
  }

  nodes(): Promise<readonly ClusterNode[]> {
    return this.#gateways.nodes();
  }

  trouble(): string | null {
    return this.#connection.trouble() ?? this.#upkeep.trouble();
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await this.#runner?.stop();
    await this.#upkeep.close();
    await this.#gateways.leave().catch((error) => this.#report(error));
    await this.#queue.close();
    await this.#connection.close();
    await this.#runner?.closed;
  }

  /** Redis is there (again). Everything may have happened meanwhile, and it may have lost its last moments. */
  async #catchUp(): Promise<void> {
    await this.#connection.call((redis) => redis.subscribe(this.#keys.changes));
    this.#tell(null);
    for await (const batch of this.#pages.all()) {
      if (hasEnded(batch)) continue;
      const lost = await this.#records.withoutJob(batch.id, this.#queue.jobKeys(batch.id));
      await this.#queue.add(batch.id, lost);
    }
  }

  async #round(): Promise<void> {
    await this.#gateways.beat();
    for (const batchId of await this.#uploads.orphans()) {
      await this.#removal.remove(batchId, 'accepting');
    }
  }

  /** While Redis is away or takes nothing everything fails for that reason, which `trouble()` tells. */
  #report(error: Error): void {
    if (this.#connection.connected && !isRefusal(error)) this.#options.onError(error);
  }

  #tell(batchId: string | null): void {
    for (const listener of this.#listeners) listener(batchId);
  }
}
