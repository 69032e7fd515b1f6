// Small copies of photos, made a few at a time for those that can be seen, and kept as long as there is room.
import pLimit from 'p-limit';

export interface ThumbnailPorts<Bitmap> {
  /** Never rejects. Null if the file is no picture, or none that this browser can show. */
  shrink(file: File): Promise<Bitmap | null>;
  release(bitmap: Bitmap): void;
}

/** More at once would take memory for full-sized photos, and time from what the visitor does. */
const AT_A_TIME = 2;
/** Some screens full. */
export const MOST_KEPT = 400;

export class Thumbnails<Bitmap> {
  readonly #ports: ThumbnailPorts<Bitmap>;
  readonly #limit = pLimit(AT_A_TIME);
  /** The longest unused first. Null: it cannot be shown. */
  readonly #kept = new Map<File, Bitmap | null>();

  constructor(ports: ThumbnailPorts<Bitmap>) {
    this.#ports = ports;
  }

  /** Calls `show` at once or later, with null if there is none. Returns how to call it off. */
  request(file: File, show: (bitmap: Bitmap | null) => void): () => void {
    const kept = this.#kept.get(file);
    if (kept !== undefined) {
      this.#keep(file, kept);
      show(kept);
      return () => {};
    }
    let isWanted = true;
    void this.#limit(async () => {
      if (!isWanted) return;
      const bitmap = await this.#ports.shrink(file);
      this.#keep(file, bitmap);
      if (isWanted) show(bitmap);
    });
    return () => {
      isWanted = false;
    };
  }

  clear(): void {
    this.#limit.clearQueue();
    for (const file of this.#kept.keys()) this.#drop(file);
  }

  #keep(file: File, bitmap: Bitmap | null): void {
    if (this.#kept.get(file) !== bitmap) this.#drop(file);
    this.#kept.delete(file);
    this.#kept.set(file, bitmap);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MOST_KEPT) break;
      this.#drop(oldest);
    }
  }

  #drop(file: File): void {
    const bitmap = this.#kept.get(file);
    this.#kept.delete(file);
    if (bitmap) this.#ports.release(bitmap);
  }
}
