// Facts about the memory that pictures are received in: what the settings allow is enough for any one of them.
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ArrivingFile } from '../../../src/graphql/uploads/upload.ts';
import { UploadMemory } from '../../../src/graphql/uploads/upload-memory.ts';
import { UploadReader } from '../../../src/graphql/uploads/upload-reader.ts';

const KiB = 1024;
const MiB = KiB * KiB;

async function* chunksOf(size: number) {
  for (let at = 0; at < size; at += 64 * KiB)
    yield Buffer.alloc(Math.min(64 * KiB, size - at), (at / (64 * KiB)) % 256);
}

async function uploadOf(size: number, announced = 0): Promise<ArrivingFile> {
  return new ArrivingFile('cat.jpg', chunksOf(size), announced);
}

/** The sizes of the blocks that are lent from now on. */
function watchBlocks(): () => readonly number[] {
  const lend = vi.spyOn(UploadMemory.prototype, 'lend');
  onTestFinished(() => lend.mockRestore());
  return () => lend.mock.results.map(({ value }) => value.byteLength);
}

describe('twice the largest file', () => {
  it.each([50 * KiB, 128 * KiB, 5 * MiB, 9 * MiB, 10 * MiB])('is memory for one of %i bytes', async (maxBytes) => {
    const reader = new UploadReader({ maxBytes, memoryBytes: 2 * maxBytes });
    for (let round = 0; round < 3; round++) {
      const { bytes, release } = await reader.read(uploadOf(maxBytes));
      expect(bytes.length).toBe(maxBytes);
      release();
    }
  });

  it('is memory for two of them, and not for a third', async () => {
    const reader = new UploadReader({ maxBytes: MiB, memoryBytes: 2 * MiB + 512 * KiB });
    const held = [await reader.read(uploadOf(MiB)), await reader.read(uploadOf(MiB))];
    await expect(reader.read(uploadOf(MiB))).rejects.toMatchObject({ code: 'OVERLOADED' });
    for (const { release } of held) release();
    expect((await reader.read(uploadOf(MiB))).bytes.length).toBe(MiB);
  });
});

it('a file of one byte more than the largest is refused, and its memory is free', async () => {
  const reader = new UploadReader({ maxBytes: MiB, memoryBytes: 2 * MiB });
  await expect(reader.read(uploadOf(MiB + 1))).rejects.toMatchObject({ code: 'IMAGE_TOO_LARGE' });
  expect((await reader.read(uploadOf(MiB))).bytes.length).toBe(MiB);
});

it('a file is taken once', async () => {
  const reader = new UploadReader({ maxBytes: MiB, memoryBytes: 2 * MiB });
  const upload = uploadOf(1);
  await reader.read(upload);
  await expect(reader.read(upload)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
});

describe('a file of an announced size', () => {
  const limits = { maxBytes: 10 * MiB, memoryBytes: 20 * MiB };

  it.each([
    [100 * KiB, [128 * KiB]],
    [500 * KiB, [128 * KiB, 512 * KiB]],
    [2 * MiB, [128 * KiB, 2 * MiB]],
    [3 * MiB, [128 * KiB, 2 * MiB, 4 * MiB]],
    [10 * MiB, [128 * KiB, 2 * MiB, 10 * MiB]],
  ])('of %i bytes moves once or never up to 2 MiB, and once more above', async (size, expected) => {
    const blocks = watchBlocks();
    const { bytes } = await new UploadReader(limits).read(uploadOf(size, size));
    for (let at = 0; at < size; at += 64 * KiB) expect(bytes[at]).toBe((at / (64 * KiB)) % 256);
    expect(blocks()).toEqual(expected);
  });

  it('holds the smallest block until there is more than that, whatever was announced', async () => {
    const blocks = watchBlocks();
    await new UploadReader(limits).read(uploadOf(128 * KiB, 2 ** 40));
    expect(blocks()).toEqual([128 * KiB]);
  });

  it('holds 16 times what came at the most, whatever was announced', async () => {
    const blocks = watchBlocks();
    await new UploadReader(limits).read(uploadOf(129 * KiB, 2 ** 40));
    expect(blocks()).toEqual([128 * KiB, 2 * MiB]);
  });

  it.each([0, 1, 300 * KiB])('may be longer than that: 1 MiB, of which %i bytes were announced', async (announced) => {
    const { bytes } = await new UploadReader(limits).read(uploadOf(MiB, announced));
    expect(bytes.length).toBe(MiB);
  });
});
