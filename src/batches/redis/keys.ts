/** Names of everything that the batches keep in Redis, all under one prefix. BullMQ's own are `<prefix>:items:…`. */
export type RedisKeys = ReturnType<typeof redisKeys>;

export function redisKeys(prefix: string) {
  return {
    prefix,
    /** Sorted set of all batches, each as its `entryOf`. */
    index: `${prefix}:batches`,
    /** Hash: client batch id → batch id. */
    clients: `${prefix}:clients`,
    /** Hash: batch whose upload lasts → gateway that takes it. */
    accepting: `${prefix}:accepting`,
    /** Set of gateway ids, some of them perhaps dead. */
    gateways: `${prefix}:gateways`,
    /** Channel: id of a batch in which something happened. */
    changes: `${prefix}:changes`,
    /** String: what that gateway says of itself; expires when it falls silent. */
    gateway: (id: string) => `${prefix}:gateway:${id}`,
    of: (batchId: string) => batchKeys(prefix, batchId),
  };
}

/** The id, which may be anything that a client asks for, comes last: no id makes one kind of key look like another. */
function batchKeys(prefix: string, batchId: string) {
  return {
    /** Hash: what the batch is and its counters. */
    batch: `${prefix}:batch:${batchId}`,
    /** String: one letter for each item, q(ueued) r(unning) d(one) f(ailed) c(ancelled). */
    status: `${prefix}:batch-status:${batchId}`,
    /** Hash: index → file name and extent. */
    items: `${prefix}:batch-items:${batchId}`,
    /** Hash: index → outcome. */
    outcomes: `${prefix}:batch-outcomes:${batchId}`,
    /** Stream: the events, each with the id `<seq>-0`. */
    events: `${prefix}:batch-events:${batchId}`,
  };
}

/** Digits of the time in an entry of the index. */
const DIGITS = 15;

/**
 * A batch in the index. All members of the sorted set have the same score, so it is sorted by these strings: by age, then by
 * id. An entry says where a page ends even after its batch is gone.
 */
export function entryOf(createdAt: number, batchId: string): string {
  return `${String(createdAt).padStart(DIGITS, '0')}.${batchId}`;
}

export function isEntry(text: string): boolean {
  return /^\d{15}\../.test(text);
}

export function idOf(entry: string): string {
  return entry.slice(DIGITS + 1);
}
