// Makes photos small, in a thread that is started with the first one.
import type { ShrinkAnswer, ShrinkRequest } from './thumbnail-worker.ts';
import { Thumbnails } from './thumbnails.ts';

let worker: Worker | null = null;
let lastId = 0;
const awaited = new Map<number, (bitmap: ImageBitmap | null) => void>();

function shrink(file: File): Promise<ImageBitmap | null> {
  worker ??= startWorker();
  const request: ShrinkRequest = { id: ++lastId, file };
  worker.postMessage(request);
  return new Promise((resolve) => awaited.set(request.id, resolve));
}

function startWorker(): Worker {
  const started = new Worker(new URL('./thumbnail-worker.ts', import.meta.url), { type: 'module' });
  started.onmessage = ({ data: { id, bitmap } }: MessageEvent<ShrinkAnswer>) => {
    awaited.get(id)?.(bitmap);
    awaited.delete(id);
  };
  return started;
}

export const thumbnails = new Thumbnails<ImageBitmap>({ shrink, release: (bitmap) => bitmap.close() });
