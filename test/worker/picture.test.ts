import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bytesOf } from '../../src/worker/picture.ts';
import { temporaryFolder } from '../batches/temporary-folder.ts';

const folder = await temporaryFolder();
const file = join(folder, 'pictures');
await writeFile(file, 'cat.dog.');

function failure(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

describe('the bytes of a picture', () => {
  it('are what was given, or what is at their place in a file', () => {
    const given = new Uint8Array([1, 2, 3]);
    expect(bytesOf(given)).toBe(given);
    expect(Buffer.from(bytesOf({ file, offset: 4, length: 3 })).toString()).toBe('dog');
    expect(bytesOf({ file, offset: 8, length: 0 })).toHaveLength(0);
  });

  it('that the file does not have yet are worth another try', () => {
    expect(failure(() => bytesOf({ file, offset: 4, length: 5 }))).toMatchObject({
      code: 'WORKER_FAILED',
      message: 'The picture could not be read: only 4 of its 5 bytes are in the file.',
      retryAfterMs: 1000,
    });
  });

  it('of a file that is gone are not, and its path is told to nobody', () => {
    expect(failure(() => bytesOf({ file: join(folder, 'gone'), offset: 0, length: 1 }))).toMatchObject({
      code: 'WORKER_FAILED',
      message: 'The picture could not be read: ENOENT.',
      retryAfterMs: undefined,
    });
  });

  it('that the disk does not give are worth another try', () => {
    expect(failure(() => bytesOf({ file: folder, offset: 0, length: 1 }))).toMatchObject({
      message: 'The picture could not be read: EISDIR.',
      retryAfterMs: 1000,
    });
  });
});
