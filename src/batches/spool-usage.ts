/** How many bytes of pictures the spool holds, by batch and in all. */
export class SpoolUsage {
  readonly #byBatch = new Map<string, number>();
  #total = 0;

  get total(): number {
    return this.#total;
  }

  /** Ids of those that have pictures. */
  batches(): readonly string[] {
    return [...this.#byBatch.keys()];
  }

  /** `bytes` is negative for what has been removed. */
  add(batchId: string, bytes: number): void {
    const before = this.#byBatch.get(batchId) ?? 0;
    // A folder can be removed while a picture is being written into it; what is taken back then was forgotten before.
    const after = Math.max(0, before + bytes);
    if (after === 0) this.#byBatch.delete(batchId);
    else this.#byBatch.set(batchId, after);
    this.#total += after - before;
  }

  forget(batchId: string): void {
    this.#total -= this.#byBatch.get(batchId) ?? 0;
    this.#byBatch.delete(batchId);
  }
}
