// A thread of its own for thumbnails: to make a photo of 12 megapixels small takes the page longer than a frame.

export interface ShrinkRequest {
  readonly id: number;
  readonly file: File;
}

export interface ShrinkAnswer {
  readonly id: number;
  /** Null if the file is no picture, or none that this browser can show. */
  readonly bitmap: ImageBitmap | null;
}

/** Wide enough for a cell on a screen with two dots for each CSS pixel. */
const WIDTH = 240;

self.onmessage = async ({ data: { id, file } }: MessageEvent<ShrinkRequest>) => {
  const bitmap = await createImageBitmap(file, { resizeWidth: WIDTH, resizeQuality: 'medium' }).catch(() => null);
  const answer: ShrinkAnswer = { id, bitmap };
  self.postMessage(answer, { transfer: bitmap ? [bitmap] : [] });
};
