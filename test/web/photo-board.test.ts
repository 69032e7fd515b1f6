// Facts about the photo board: order, bound, stages, and what is released.
import { describe, expect, it } from 'vitest';
import { RequestFailure } from '../../src/client/answer.ts';
import type { Classification } from '../../src/client/gateway-client.ts';
import { BOARD_LIMIT, type Photo, PhotoBoard, UPLOADS_AT_A_TIME } from '../../src/web/photo-board.ts';
import { type Deferred, deferred, settled } from './deferred.ts';

const answer = { label: 'cat', confidence: 0.98 } as Classification;

function files(count: number, prefix = 'photo'): File[] {
  return Array.from({ length: count }, (_, index) => new File([], `${prefix}-${index}`));
}

/** A board whose uploads end when the test says so. */
function setUp() {
  let photos: readonly Photo[] = [];
  const urls = new Set<string>();
  const uploads = new Map<string, Deferred<Classification> & { signal: AbortSignal; model: string | undefined }>();
  const board = new PhotoBoard({
    classify: (photo, model, signal) => {
      const upload = { ...deferred<Classification>(), signal, model };
      uploads.set(photo.name, upload);
      return upload.promise;
    },
    createUrl: (photo) => {
      urls.add(photo.name);
      return photo.name;
    },
    revokeUrl: (url) => urls.delete(url),
    changed: (next) => {
      photos = next;
    },
  });
  return {
    board,
    urls,
    uploads,
    names: () => photos.map((photo) => photo.file.name),
    photo: (at: number) => photos[at],
  };
}

describe('PhotoBoard', () => {
  it('shows the newest batch first, and each batch in its own order', () => {
    const { board, names } = setUp();
    board.add(files(2, 'old'), undefined);
    board.add(files(2, 'new'), undefined);
    expect(names()).toEqual(['new-0', 'new-1', 'old-0', 'old-1']);
  });

  it('takes a photo from waiting over uploading to done', async () => {
    const { board, uploads, photo } = setUp();
    board.add(files(UPLOADS_AT_A_TIME + 1), 'cat-dog@2');
    await settled();
    expect(photo(0)?.progress.stage).toBe('uploading');
    expect(photo(UPLOADS_AT_A_TIME)?.progress.stage).toBe('waiting');
    expect(uploads.get('photo-0')?.model).toBe('cat-dog@2');
    uploads.get('photo-0')?.resolve(answer);
    await settled();
    expect(photo(0)?.progress).toEqual({ stage: 'done', answer });
    expect(photo(UPLOADS_AT_A_TIME)?.progress.stage).toBe('uploading');
  });

  it('keeps the failure on its photo, and a retry uploads it again', async () => {
    const { board, uploads, photo } = setUp();
    const failure = new RequestFailure('OVERLOADED', 'full', 10);
    board.add(files(1), undefined);
    await settled();
    uploads.get('photo-0')?.reject(failure);
    await settled();
    expect(photo(0)?.progress).toEqual({ stage: 'failed', failure });
    board.retry(photo(0) as Photo);
    await settled();
    uploads.get('photo-0')?.resolve(answer);
    await settled();
    expect(photo(0)?.progress).toEqual({ stage: 'done', answer });
  });

  it('lets the oldest photos go beyond its limit: their URLs are revoked and their uploads aborted', async () => {
    const { board, urls, uploads, names } = setUp();
    board.add(files(2, 'old'), undefined);
    await settled();
    board.add(files(BOARD_LIMIT - 1, 'new'), undefined);
    expect(names()).toHaveLength(BOARD_LIMIT);
    expect(names().at(-1)).toBe('old-0');
    expect(urls.has('old-1')).toBe(false);
    expect(uploads.get('old-1')?.signal.aborted).toBe(true);
    expect(uploads.get('old-0')?.signal.aborted).toBe(false);
  });

  it('releases everything when cleared, and late answers change nothing', async () => {
    const { board, urls, uploads, names } = setUp();
    board.add(files(UPLOADS_AT_A_TIME + 2), undefined);
    await settled();
    board.clear();
    for (const upload of uploads.values()) upload.resolve(answer);
    await settled();
    expect(names()).toEqual([]);
    expect(urls.size).toBe(0);
    expect(uploads.size).toBe(UPLOADS_AT_A_TIME);
  });
});
