/** How many requests were in a model's hands, on average over the last seconds: running and waiting ones, over time. */

const BUCKET_MS = 1000;
const BUCKETS = 60;

export class LoadWindow {
  /** Request-milliseconds of each second, the latest overwriting those of a minute before. */
  readonly #buckets = new Array<number>(BUCKETS).fill(0);
  /** The first time that anything was noted. */
  #since: number | null = null;
  #at = 0;
  #level = 0;

  /** From now on so many requests are there. */
  set(now: number, level: number): void {
    if (this.#since === null) {
      this.#since = now;
      this.#at = now;
    }
    this.#advance(now);
    this.#level = level;
  }

  /** Mean number of requests over the last `windowMs` (at most a minute), or since the first one if that is shorter. */
  average(now: number, windowMs: number): number {
    if (this.#since === null) return 0;
    this.#advance(now);
    // The bucket that ends now, or that now lies in.
    const last = Math.ceil(now / BUCKET_MS) - 1;
    const first = last + 1 - Math.min(BUCKETS, Math.ceil(windowMs / BUCKET_MS));
    let sum = 0;
    for (let bucket = first; bucket <= last; bucket++) sum += this.#buckets[slot(bucket)] as number;
    const from = Math.max(this.#since, first * BUCKET_MS);
    return now > from ? sum / (now - from) : this.#level;
  }

  #advance(now: number): void {
    // After a minute of silence each bucket is overwritten once.
    this.#at = Math.max(this.#at, now - BUCKETS * BUCKET_MS);
    while (this.#at < now) {
      const bucket = Math.floor(this.#at / BUCKET_MS);
      const until = Math.min(now, (bucket + 1) * BUCKET_MS);
      if (this.#at === bucket * BUCKET_MS) this.#buckets[slot(bucket)] = 0;
      this.#buckets[slot(bucket)] = (this.#buckets[slot(bucket)] as number) + this.#level * (until - this.#at);
      this.#at = until;
    }
  }
}

function slot(bucket: number): number {
  return ((bucket % BUCKETS) + BUCKETS) % BUCKETS;
}
