import { Writable } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { expect, it, vi } from 'vitest';
import { progressLine, showProgress } from '../../../src/lab/loadtest/progress-bar.ts';

const HALF = { name: 'spill', done: 0.505, answers: 12_345, errors: 6 };

it('says how far the run is and what came of it', () => {
  expect(progressLine(HALF)).toBe(`spill  ${'█'.repeat(15)}${'░'.repeat(15)}  50 %  12,345 answers, 6 errors`);
});

it('is renewed on a terminal until it is stopped, and leaves nothing behind', () => {
  vi.useFakeTimers();
  const { terminal, written } = terminalOf(true);
  const stop = showProgress(() => HALF, terminal);
  vi.advanceTimersByTime(1000);
  stop();
  vi.advanceTimersByTime(1000);
  vi.useRealTimers();
  expect(written.filter((text) => text.includes('spill'))).toHaveLength(5);
  expect(written.at(-1)).toBe('\r\x1b[2K');
});

it('writes nothing where there is no terminal', () => {
  const { terminal, written } = terminalOf(false);
  showProgress(() => HALF, terminal)();
  expect(written).toEqual([]);
});

function terminalOf(isTTY: boolean) {
  const written: string[] = [];
  const write = (chunk: Buffer, _encoding: string, done: () => void) => {
    written.push(`${chunk}`);
    done();
  };
  return { terminal: Object.assign(new Writable({ write }), { isTTY }) as unknown as WriteStream, written };
}
