import { describe, expect, it } from 'vitest';
import type { SpoolFile } from '../../src/batches/spool/file.ts';
import { SpoolWriter } from '../../src/batches/spool/writer.ts';
import type { NewItem } from '../../src/batches/types.ts';
import { GatewayError } from '../../src/core/contracts/errors.ts';

const KiB = 1024;
const item = (name: string): NewItem => ({ name, extent: { offset: 0, length: 1 } });

/** A disk and a store that answer when they are told to. */
function setup() {
  const log: string[] = [];
  const answers: ((error?: Error) => void)[] = [];
  const held = (what: string) => {
    log.push(what);
    return new Promise<void>((resolve, reject) => answers.push((error) => (error ? reject(error) : resolve())));
  };
  let items = 0;
  const file = {
    append: (chunks: readonly Buffer[]) => held(`write ${chunks.map(({ length }) => length)}`),
    close: async () => void log.push('close'),
  };
  const store = {
    add: async (_batchId: string, added: readonly NewItem[]) => {
      await held(`add ${added.map(({ name }) => name)}`);
      items += added.length;
      return items - added.length;
    },
  };
  const writer = new SpoolWriter('a-batch', file as unknown as SpoolFile, store);
  /** What is under way ends, and the next is begun. */
  const answer = async (error?: Error) => {
    answers.shift()?.(error);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { writer, log, answer };
}

describe('what is on its way to the disk', () => {
  it('goes at once if it comes alone, its item after it', async () => {
    const { writer, log, answer } = setup();
    writer.write(Buffer.alloc(10));
    writer.add(item('a'));
    expect(log).toEqual(['write 10']);
    await answer();
    expect(log).toEqual(['write 10', 'add a']);
    await answer();
    await writer.drained();
  });

  it('gathers while something is being written, and goes as a whole', async () => {
    const { writer, log, answer } = setup();
    writer.write(Buffer.alloc(1));
    writer.write(Buffer.alloc(2));
    writer.add(item('a'));
    writer.write(Buffer.alloc(3));
    writer.add(item('b'));
    await answer();
    await answer();
    expect(log).toEqual(['write 1', 'write 2,3', 'add a,b']);
    await answer();
  });

  it('is bounded: it is full until what is under way has been written', async () => {
    const { writer, answer } = setup();
    writer.write(Buffer.alloc(10));
    writer.write(Buffer.alloc(1000 * KiB));
    expect(writer.isFull).toBe(false);
    writer.write(Buffer.alloc(24 * KiB));
    expect(writer.isFull).toBe(true);
    await answer();
    expect(writer.isFull).toBe(false);
    await answer();
    await writer.drained();
  });

  it('is bounded in its items, too, whose pictures may be empty', async () => {
    const { writer, log, answer } = setup();
    writer.add(item('first'));
    for (let i = 0; i < 199; i++) writer.add(item('x'));
    expect(writer.isFull).toBe(false);
    writer.add(item('x'));
    expect(writer.isFull).toBe(true);
    await answer();
    expect(writer.isFull).toBe(false);
    await answer();
    await writer.drained();
    expect(log.map((line) => line.split(',').length)).toEqual([1, 200]);
  });

  it('tells whoever comes next, or waits, what went wrong; nothing more is written then', async () => {
    const { writer, log, answer } = setup();
    const full = new GatewayError('SPOOL_FULL', 'full');
    writer.write(Buffer.alloc(1));
    writer.write(Buffer.alloc(2));
    writer.add(item('a'));
    await answer(full);
    await expect(writer.drained()).rejects.toBe(full);
    expect(() => writer.write(Buffer.alloc(1))).toThrow(full);
    expect(() => writer.add(item('b'))).toThrow(full);
    await writer.close();
    expect(log).toEqual(['write 1', 'close']);
  });

  it('is dropped at the end, but for what is under way', async () => {
    const { writer, log, answer } = setup();
    writer.write(Buffer.alloc(1));
    writer.write(Buffer.alloc(2));
    const closed = writer.close();
    await answer();
    await closed;
    expect(log).toEqual(['write 1', 'close']);
  });
});
