/** Names of everything that the batches keep in Redis, all under one prefix. BullMQ's own are `<prefix>:items:…`. */
export class RedisKeys {
  readonly prefix: string;
  /** Sorted set of all batches, each as its `entryOf`. */
  readonly index: string;
  /** Hash: client batch id → batch id. */
  readonly clients: string;
  /** Hash: batch whose upload lasts → gateway that takes it. */
  readonly accepting: string;
  /** Set of gateway ids, some of them perhaps dead. */
  readonly gateways: string;
  /** Channel: id of a batch in which something happened. */
  readonly changes: string;

  constructor(prefix: string) {
    this.prefix = prefix;
    this.index = `${prefix}:batches`;
    this.clients = `${prefix}:clients`;
    this.accepting = `${prefix}:accepting`;
    this.gateways = `${prefix}:gateways`;
    this.changes = `${prefix}:changes`;
  }

  /** String, what it says of itself; expires when it falls silent. */
  gateway(id: string): string {
    return `${this.prefix}:gateway:${id}`;
  }

  of(batchId: string): BatchKeys {
    // The id, which may be anything that a client asks for, comes last: no id makes one kind of key look like another.
    const key = (kind: string) => `${this.prefix}:${kind}:${batchId}`;
    return {
      batch: key('batch'),
      status: key('batch-status'),
      items: key('batch-items'),
      outcomes: key('batch-outcomes'),
      events: key('batch-events'),
    };
  }
}

export interface BatchKeys {
  /** Hash: what the batch is and its counters. */
  readonly batch: string;
  /** String: one letter for each item, q(ueued) r(unning) d(one) f(ailed) c(ancelled). */
  readonly status: string;
  /** Hash: index → file name and extent. */
  readonly items: string;
  /** Hash: index → outcome. */
  readonly outcomes: string;
  /** Stream: the events, each with the id `<seq>-0`. */
  readonly events: string;
}

/**
 * A batch in the index. All members of the sorted set have the same score, so it is sorted by these strings: by age, then by
 * id. An entry says where a page ends even after its batch is gone.
 */
const DIGITS = 15;

export function entryOf(createdAt: number, batchId: string): string {
  return `${String(createdAt).padStart(DIGITS, '0')}.${batchId}`;
}

export function isEntry(text: string): boolean {
  return /^\d{15}\../.test(text);
}

export function idOf(entry: string): string {
  return entry.slice(DIGITS + 1);
}
