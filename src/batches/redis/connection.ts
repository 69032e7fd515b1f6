/**
 * The gateway's connections to Redis, and what it means for callers that Redis is away.
 *
 * - `quick` fails at once while Redis is away: for requests, which can come back later. Notifications arrive on it too
 *   (RESP3 allows both on one connection).
 * - `patient` waits for Redis to return: for the outcomes of items, which exist nowhere else, and for BullMQ's worker.
 *
 * Both reconnect for as long as they are open.
 */
import { Redis } from 'ioredis';
import { GatewayError } from '../../core/contracts/errors.ts';
import { type RedisKeys, redisKeys } from './keys.ts';
import type { RedisStoreOptions } from './options.ts';
import { scripts } from './steps.ts';

const LONGEST_RECONNECT_MS = 1_000;
/** When clients are told to come back, in ms: by then there has been another attempt to reconnect. */
export const RETRY_AFTER_MS = 2_000;
/** How long the patient connection may be silent, in ms: longer than BullMQ lets Redis wait for a job. */
const PATIENT_SILENCE_MS = 15_000;
/**
 * Errors of a Redis that is there but refuses: its memory or disk is full, it is a replica, it is loading, the password is
 * wrong. Redis 6 puts more before them if that happens in a script.
 */
const REFUSALS =
  /^(ERR Error running script .* -)?(OOM|MISCONF|READONLY|LOADING|MASTERDOWN|CLUSTERDOWN|BUSY|NOREPLICAS|NOAUTH|NOPERM|WRONGPASS)\b/;
const CONNECTION_LOST = /^Connection is closed|^Stream isn't writeable|^Command aborted due to connection close/;

type Options = Pick<Required<RedisStoreOptions>, 'url' | 'prefix' | 'answerTimeoutMs' | 'onAvailability'>;

export class RedisConnection {
  readonly keys: RedisKeys;
  readonly quick: Redis;
  readonly patient: Redis;
  #lastError: Error | undefined;
  #closing = false;
  #isAway = false;
  /** The server has become a replica since the last attempt to reconnect. */
  #demoted = false;

  /** A Redis that has not answered for `answerTimeoutMs` is away; `onAvailability` is told why, and null when it is back. */
  constructor({ url, prefix, answerTimeoutMs, onAvailability }: Options) {
    this.keys = redisKeys(prefix);
    const shared = {
      scripts,
      retryStrategy: (attempt: number) => (this.#closing ? null : this.#reconnectDelay(attempt)),
      // After a failover the same address leads to the server that is the master now.
      reconnectOnError: (error: Error) => {
        if (!isRefusal(error) || !error.message.includes('READONLY')) return false;
        this.#demoted = true;
        this.#lastError = error;
        return true;
      },
      connectTimeout: answerTimeoutMs,
      autoResubscribe: false,
    };
    this.quick = new Redis(url, {
      ...shared,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      socketTimeout: answerTimeoutMs,
    });
    this.patient = new Redis(url, { ...shared, maxRetriesPerRequest: null, socketTimeout: PATIENT_SILENCE_MS });
    this.quick.on('error', (error) => {
      this.#lastError = error;
    });
    this.quick.on('ready', () => {
      this.#lastError = undefined;
      if (this.#isAway) onAvailability(null);
      this.#isAway = false;
    });
    // This event comes after each attempt to reconnect as well; only the first one is news.
    this.quick.on('close', () => {
      if (this.#isAway || this.#closing) return;
      this.#isAway = true;
      onAvailability(this.#away);
    });
    // `quick` reports the same errors; without a listener they would end the process.
    this.patient.on('error', () => {});
  }

  /** Whether Redis was there when it was last heard of. */
  get connected(): boolean {
    return this.quick.status === 'ready';
  }

  /** Resolves once Redis is there or the first attempt to reach it has failed. */
  attempted(): Promise<void> {
    return new Promise((resolve) => {
      this.quick.once('ready', resolve);
      this.quick.once('close', resolve);
    });
  }

  /** Resolves when a connection is lost from now on, or if one is lost now. */
  lost(): Promise<void> {
    return new Promise((resolve) => {
      for (const redis of [this.quick, this.patient]) {
        if (redis.status === 'ready') redis.once('close', resolve);
        else resolve();
      }
    });
  }

  /** Rejects with OVERLOADED, and soon, while Redis is away. */
  async call<T>(request: (redis: Redis) => Promise<T>): Promise<T> {
    if (!this.connected) throw overloaded(this.#away);
    try {
      return await request(this.quick);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (isRefusal(error)) throw overloaded(`Redis at ${this.#address} refuses: ${error.message}`);
      const isLost = error.name === 'MaxRetriesPerRequestError' || CONNECTION_LOST.test(error.message);
      throw !this.connected || isLost ? overloaded(this.#away) : error;
    }
  }

  /** Null, or why Redis cannot be used. */
  trouble(): string | null {
    return this.connected ? null : this.#away;
  }

  /** What still waits for Redis is rejected. */
  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all([end(this.quick), end(this.patient)]);
  }

  /** A replica accepts the connection at once, each time: without the longest delay it would be asked again all the time. */
  #reconnectDelay(attempt: number): number {
    const delay = this.#demoted ? LONGEST_RECONNECT_MS : 50 * attempt;
    this.#demoted = false;
    return Math.min(delay, LONGEST_RECONNECT_MS);
  }

  get #away(): string {
    const away = `Redis at ${this.#address} cannot be reached`;
    if (this.#lastError === undefined) return away;
    // If a host has several addresses, the message of Node's error is empty and only its code says why.
    return `${away}: ${this.#lastError.message || (this.#lastError as NodeJS.ErrnoException).code}`;
  }

  get #address(): string {
    const { host, port, path } = this.quick.options;
    return path ?? `${host}:${port}`;
  }
}

/** Whether Redis is there but does not do what it is asked to, for now. */
export function isRefusal(error: unknown): boolean {
  return error instanceof Error && REFUSALS.test(error.message);
}

function overloaded(reason: string): GatewayError {
  return new GatewayError('OVERLOADED', `${reason.replace(/\.+$/, '')}.`, RETRY_AFTER_MS);
}

/**
 * Ends a connection. One that waits for its next attempt to reconnect must make that attempt first: `disconnect` would leave
 * its commands pending for ever.
 */
function end(redis: Redis): Promise<void> {
  if (redis.status === 'end') return Promise.resolve();
  return new Promise((resolve) => {
    redis.once('end', resolve);
    if (redis.status === 'reconnecting') redis.once('ready', () => redis.disconnect());
    else redis.disconnect();
  });
}
