/**
 * What Redis is told of items whose gateway may have died, in the order in which it is told: on a busy machine everything takes
 * longer, but in the same order.
 */
import { EventEmitter, once } from 'node:events';
import { Redis } from 'ioredis';

type Entry = 'died' | 'check' | 'taken';

export class StallWatch {
  /** Of all checks, the time that BullMQ allows from one to the next, in ms. */
  readonly intervals = new Set<number>();
  readonly #redis: Redis;
  readonly #monitor: Redis;
  /** By prefix. */
  readonly #entries = new Map<string, Entry[]>();
  readonly #news = new EventEmitter<{ entry: [] }>();
  #count = 0;

  private constructor(redis: Redis, monitor: Redis) {
    this.#redis = redis;
    this.#monitor = monitor;
    this.#news.setMaxListeners(0);
    monitor.on('monitor', (_time: string, args: string[], source: string) => this.#hear(args, source === 'lua'));
  }

  static async open(url: string): Promise<StallWatch> {
    const redis = new Redis(url);
    return new StallWatch(redis, await redis.monitor());
  }

  /** Resolves when so many checks have been made for whichever prefix. */
  async madeChecks(count: number): Promise<void> {
    while (this.#count < count) await once(this.#news, 'entry');
  }

  /** To be called right after a gateway has died. */
  async died(prefix: string): Promise<void> {
    await this.#redis.echo(`died ${prefix}`);
  }

  /** Checks that were made from the death on until an item was taken from the dead gateway. */
  async checksUntilTaken(prefix: string): Promise<number> {
    const entries = this.#entriesOf(prefix);
    while (!entries.includes('died') || !entries.includes('taken')) await once(this.#news, 'entry');
    const between = entries.slice(entries.indexOf('died'), entries.indexOf('taken'));
    return between.filter((entry) => entry === 'check').length;
  }

  close(): void {
    this.#monitor.disconnect();
    this.#redis.disconnect();
  }

  #hear(args: readonly string[], byScript: boolean): void {
    const [command = '', key = ''] = args;
    const checked = args.find((arg) => arg.endsWith(':items:stalled-check'));
    if (command.toLowerCase() === 'echo') this.#note(key.replace(/^died /, ''), 'died');
    else if (byScript && args.includes('stalled')) this.#note(key.replace(/:items:events$/, ''), 'taken');
    else if (!byScript && checked) {
      this.intervals.add(Number(args.at(-1)));
      this.#count++;
      this.#note(checked.replace(/:items:stalled-check$/, ''), 'check');
    }
  }

  #note(prefix: string, entry: Entry): void {
    this.#entriesOf(prefix).push(entry);
    this.#news.emit('entry');
  }

  #entriesOf(prefix: string): Entry[] {
    const entries = this.#entries.get(prefix) ?? [];
    this.#entries.set(prefix, entries);
    return entries;
  }
}
