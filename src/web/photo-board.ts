// The photos on the page and what became of each: newest first, bounded, with everything released that leaves.
import pLimit from 'p-limit';
import type { RequestFailure } from '../client/answer.ts';
import type { Classification } from '../client/gateway-client.ts';
import { asFailure } from './gateway.ts';

export type Progress =
  | { stage: 'waiting' | 'uploading' }
  | { stage: 'done'; answer: Classification }
  | { stage: 'failed'; failure: RequestFailure };

export interface Photo {
  id: number;
  file: File;
  /** An object URL for the thumbnail. */
  url: string;
  model: string | undefined;
  progress: Progress;
}

interface BoardPorts {
  classify(photo: File, model: string | undefined, signal: AbortSignal): Promise<Classification>;
  createUrl(photo: File): string;
  revokeUrl(url: string): void;
  changed(photos: readonly Photo[]): void;
}

export const BOARD_LIMIT = 200;
export const UPLOADS_AT_A_TIME = 4;

export class PhotoBoard {
  readonly #ports: BoardPorts;
  readonly #limit = pLimit(UPLOADS_AT_A_TIME);
  readonly #aborts = new Map<number, AbortController>();
  #photos: readonly Photo[] = [];
  #lastId = 0;

  constructor(ports: BoardPorts) {
    this.#ports = ports;
  }

  /** Puts the files, no more than the limit, before all others, in their own order. */
  add(files: readonly File[], model: string | undefined): void {
    const fresh = files.map((file) => this.#photo(file, model));
    const all = [...fresh, ...this.#photos];
    this.#release(all.slice(BOARD_LIMIT));
    this.#show(all.slice(0, BOARD_LIMIT));
    for (const photo of fresh) void this.#upload(photo);
  }

  retry(photo: Photo): void {
    this.#update(photo.id, { stage: 'waiting' });
    void this.#upload(photo);
  }

  clear(): void {
    this.#release(this.#photos);
    this.#show([]);
  }

  #photo(file: File, model: string | undefined): Photo {
    return { id: ++this.#lastId, file, url: this.#ports.createUrl(file), model, progress: { stage: 'waiting' } };
  }

  async #upload({ id, file, model }: Photo): Promise<void> {
    const abort = new AbortController();
    this.#aborts.set(id, abort);
    try {
      const answer = await this.#limit(() => {
        abort.signal.throwIfAborted();
        this.#update(id, { stage: 'uploading' });
        return this.#ports.classify(file, model, abort.signal);
      });
      this.#update(id, { stage: 'done', answer });
    } catch (error) {
      this.#update(id, { stage: 'failed', failure: asFailure(error) });
    } finally {
      this.#aborts.delete(id);
    }
  }

  #release(photos: readonly Photo[]): void {
    for (const photo of photos) {
      this.#ports.revokeUrl(photo.url);
      this.#aborts.get(photo.id)?.abort();
    }
  }

  /** Does nothing if the photo has left meanwhile. */
  #update(id: number, progress: Progress): void {
    if (!this.#photos.some((photo) => photo.id === id)) return;
    this.#show(this.#photos.map((photo) => (photo.id === id ? { ...photo, progress } : photo)));
  }

  #show(photos: readonly Photo[]): void {
    this.#photos = photos;
    this.#ports.changed(photos);
  }
}
