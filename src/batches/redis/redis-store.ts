/**
 * Batches in Redis, shared by any number of gateways: each takes uploads, runs items and tells what happens in every batch.
 *
 * What is at least once: running an item. Its gateway may die, lose Redis for longer than its lock lasts, or give it back; then
 * it is run again, by whichever gateway, perhaps while the first run still lasts.
 * Why its result is exactly once all the same: the outcome is recorded by one script (steps.ts) that does nothing if the item
 * has ended, and else changes status, outcome and counters and appends the one event, numbered, in one atomic step. The
 * job in BullMQ's queue ends only after that. So every item has a job until it has an outcome, and no item gets two.
 *
 * The steps are ordered so that a Redis that comes back without its last moments (appendfsync everysec, a failover) holds a
 * state that once was: items run again, and what was answered in those moments, a complete upload for one, is as though it had
 * not been. The one exception is made good at each reconnect: an item whose job is missing gets it again. Pictures that are
 * gone already do not come back with it. Redis must not evict (maxmemory-policy noeviction) and should keep an append-only
 * file.
 *
 * The parts: `records` and `item-records` read batches and change them by the scripts in `steps`, `keys` and
 * `rows` say how they lie in Redis; `queue` fills BullMQ's queue and `runner` empties it; `gateways` and `upload-ledger`
 * know who is there and whose upload lasts; `connection` says what it means that Redis is away.
 */
import type { ClusterView } from '../cluster-view.ts';
import { Rounds } from '../rounds.ts';
import { hasEnded } from '../state.ts';
import type { BatchStore, NewBatch, RunItem } from '../store.ts';
import type { Batch, NewItem } from '../types.ts';
import { isRefusal, RedisConnection } from './connection.ts';
import { Gateways } from './gateways.ts';
import type { RedisStoreOptions } from './options.ts';
import { RedisQueue } from './queue.ts';
import { BatchRecords } from './records.ts';
import { RedisRunner } from './runner.ts';
import { UploadLedger } from './upload-ledger.ts';

/** Opens also if Redis is away: `trouble()` says so until it is there. */
export async function openRedisStore(options: RedisStoreOptions): Promise<BatchStore & ClusterView> {
  const store = new RedisStore(options);
  await store.start();
  return store;
}

class RedisStore implements BatchStore, ClusterView {
  readonly find: BatchStore['find'] = (id) => this.#records.find(id);
  readonly list: BatchStore['list'] = (page) => this.#records.batches(page);
  readonly items: BatchStore['items'] = (batchId, page) => this.#records.items(batchId, page);
  readonly events: BatchStore['events'] = (batchId, after, limit) => this.#records.events(batchId, after, limit);
  readonly nodes: ClusterView['nodes'] = () => this.#gateways.nodes();
  readonly trouble: BatchStore['trouble'] = () => this.#connection.trouble() ?? this.#failure;
  readonly #options: Required<RedisStoreOptions>;
  readonly #connection: RedisConnection;
  readonly #records: BatchRecords;
  readonly #queue: RedisQueue;
  readonly #gateways: Gateways;
  readonly #rounds: Rounds;
  readonly #ledger: UploadLedger;
  readonly #listeners = new Set<(batchId: string | null) => void>();
  #runner: RedisRunner | undefined;
  /** How often Redis has come, and how often it had when the store last caught up with it. */
  #arrivals = 0;
  #caughtUp = 0;
  /** Why the last round failed. */
  #failure: string | null = null;
  #closed: Promise<void> | undefined;

  constructor(options: RedisStoreOptions) {
    // Redis takes whole milliseconds only.
    const heartbeatMs = options.heartbeatMs ?? Math.floor(options.stallIntervalMs / 3);
    this.#options = { retryDelayMs: 1_000, answerTimeoutMs: 5_000, ...options, heartbeatMs };
    const connection = new RedisConnection(this.#options);
    this.#connection = connection;
    this.#records = new BatchRecords(connection);
    this.#queue = new RedisQueue(connection, (error) => this.#report(error));
    this.#gateways = new Gateways(connection, this.#options);
    this.#ledger = new UploadLedger(connection, this.#gateways);
    this.#rounds = new Rounds(options.clock, heartbeatMs, () => this.#round());
    connection.quick.on('message', (_channel, batchId) => this.#tell(batchId));
  }

  async start(): Promise<void> {
    await this.#connection.attempted();
    this.#arrivals = Number(this.#connection.connected);
    this.#connection.quick.on('ready', () => {
      this.#arrivals++;
      void this.#rounds.start();
    });
    await this.#rounds.start();
  }

  async create(batch: NewBatch): Promise<{ readonly batch: Batch; readonly created: boolean }> {
    const answer = await this.#records.create(batch, this.#gateways.id);
    if (answer.created) this.#ledger.added.set(batch.id, 0);
    return answer;
  }

  async add(batchId: string, items: readonly NewItem[]): Promise<number> {
    const first = await this.#records.add(batchId, items);
    const indexes = items.map((_, at) => first + at);
    await this.#queue.add(batchId, indexes);
    const before = this.#ledger.added.get(batchId);
    if (before !== undefined) this.#ledger.added.set(batchId, before + items.length);
    return first;
  }

  async seal(batchId: string): Promise<Batch> {
    // Unknown if the upload is not to this gateway.
    const batch = await this.#records.seal(batchId, this.#ledger.added.get(batchId) ?? null);
    this.#ledger.added.delete(batchId);
    return batch;
  }

  async discard(batchId: string): Promise<void> {
    // If Redis is away now, the batch stays there as an orphan, which a later round removes.
    this.#ledger.added.delete(batchId);
    await this.#remove(batchId, 'any');
  }

  async cancel(batchId: string): Promise<Batch> {
    await this.#dropJobs(batchId, await this.#records.cancel(batchId));
    return this.#records.get(batchId);
  }

  onChange(listener: (batchId: string | null) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  process(run: RunItem, concurrency: number): void {
    if (this.#runner !== undefined) throw new Error('items are being run already');
    const onError = (error: Error) => this.#report(error);
    const options = { ...this.#options, run, concurrency, onError };
    this.#runner = new RedisRunner(this.#connection, options);
  }

  async prune(before: number, keep: number): Promise<readonly string[]> {
    const removed: string[] = [];
    let kept = 0;
    for await (const batch of this.#records.all()) {
      if (!hasEnded(batch)) continue;
      if (batch.createdAt >= before && kept < keep) kept += 1;
      else if (await this.#remove(batch.id, 'any')) removed.push(batch.id);
    }
    return removed;
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await this.#runner?.stop();
    await this.#rounds.close();
    await this.#gateways.leave().catch((error) => this.#report(error));
    await this.#queue.close();
    await this.#connection.close();
    await this.#runner?.closed;
  }

  async #round(): Promise<void> {
    if (!this.#connection.connected) return;
    try {
      await this.#gateways.beat();
      for (const batchId of await this.#ledger.orphans()) await this.#remove(batchId, 'accepting');
      await this.#catchUp();
      this.#failure = null;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (error.message !== this.#failure) this.#options.onError(error);
      this.#failure = error.message;
    }
  }

  /**
   * While Redis was away other gateways may have changed any batch; and if it was restarted, it may have lost its last
   * moments.
   */
  async #catchUp(): Promise<void> {
    const arrivals = this.#arrivals;
    if (this.#caughtUp === arrivals) return;
    await this.#connection.call((redis) => redis.subscribe(this.#connection.keys.changes));
    this.#tell(null);
    for await (const batch of this.#records.all()) {
      if (hasEnded(batch)) continue;
      const lost = await this.#records.withoutJob(batch.id, this.#queue.jobKeys(batch.id));
      await this.#queue.add(batch.id, lost);
    }
    this.#caughtUp = arrivals;
  }

  /** Removes the batch's records in one step, then its jobs. Answers whether it was there. */
  async #remove(batchId: string, only: 'any' | 'accepting'): Promise<boolean> {
    const unfinished = await this.#records.remove(batchId, only);
    if (unfinished === null) return false;
    await this.#dropJobs(batchId, unfinished);
    return true;
  }

  /** For items that will not be run any more. A job that cannot be removed now ends as soon as a gateway takes it. */
  async #dropJobs(batchId: string, indexes: readonly number[]): Promise<void> {
    await this.#queue.remove(batchId, indexes).catch((error) => this.#report(error));
  }

  /** While Redis is away or refuses, everything fails for that one reason, which `trouble()` tells. */
  #report(error: Error): void {
    if (this.#connection.connected && !isRefusal(error)) this.#options.onError(error);
  }

  #tell(batchId: string | null): void {
    for (const listener of this.#listeners) listener(batchId);
  }
}
