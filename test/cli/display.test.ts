import { Writable } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Display } from '../../src/cli/display.ts';

const ERASE = '\r\x1b[2K';
const step = (done: number) => ({ name: 'Uploading', done, total: 200, text: `${done} of 200 photos` });

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'setInterval', 'clearInterval'] }));
afterEach(() => void vi.useRealTimers());

it('is a bar on a terminal', () => {
  const { terminal, written } = terminalOf({ isTTY: true });
  new Display(terminal, false).show(step(101));
  expect(written).toEqual([`${ERASE}Uploading  ${'█'.repeat(15)}${'░'.repeat(15)}  50 %  101 of 200 photos`]);
});

it('is drawn anew ten times a second at most, but always at the end', () => {
  const { terminal, written } = terminalOf({ isTTY: true });
  const display = new Display(terminal, false);
  for (let done = 0; done <= 200; done++) {
    display.show(step(done));
    vi.advanceTimersByTime(5);
  }
  expect(written).toHaveLength(11);
  expect(written.at(-1)).toMatch(/█{30} 100 % {2}200 of 200 photos$/);
});

it('has a narrower bar on a narrow terminal, and is never longer than a line', () => {
  const { terminal, written } = terminalOf({ isTTY: true, columns: 50 });
  new Display(terminal, false).show(step(100));
  expect(written).toEqual([`${ERASE}Uploading  ${'█'.repeat(7)}${'░'.repeat(6)}  50 %  100 of 200 photos`]);
  const narrow = terminalOf({ isTTY: true, columns: 30 });
  new Display(narrow.terminal, false).show(step(100));
  expect(narrow.written).toEqual([`${ERASE}Uploading  ███░░  50 %  100 o`]);
});

it('makes room for a line that stays, and for what others write', () => {
  const { terminal, written } = terminalOf({ isTTY: true });
  const display = new Display(terminal, false);
  display.show(step(100));
  display.say('something');
  display.clear();
  expect(written.slice(1)).toEqual([ERASE, 'something\n']);
  display.show(step(101));
  display.clear();
  expect(written.slice(3)).toEqual([expect.stringContaining('101 of'), ERASE]);
});

it('is a line for each tenth where there is no terminal', () => {
  const { terminal, written } = terminalOf({ isTTY: false });
  const display = new Display(terminal, false);
  for (let done = 1; done <= 200; done++) display.show(step(done));
  display.show({ ...step(1), name: 'Classifying' });
  expect(written).toHaveLength(12);
  expect(written[0]).toBe('Uploading: 0 %, 1 of 200 photos\n');
  expect(written[10]).toBe('Uploading: 100 %, 200 of 200 photos\n');
  expect(written[11]).toMatch(/^Classifying: 0 %/);
});

it('is renewed for what does not tell by itself, until it is stopped, and leaves nothing behind', () => {
  const { terminal, written } = terminalOf({ isTTY: true });
  const stop = new Display(terminal, false).watch(() => step(101));
  vi.advanceTimersByTime(1000);
  stop();
  vi.advanceTimersByTime(1000);
  expect(written.filter((text) => text.includes('101 of'))).toHaveLength(5);
  expect(written.at(-1)).toBe(ERASE);
});

it('is at its end if there is nothing to do', () => {
  const { terminal, written } = terminalOf({ isTTY: false });
  new Display(terminal, false).show({ ...step(0), total: 0 });
  expect(written).toEqual(['Uploading: 100 %, 0 of 200 photos\n']);
});

it.each([true, false])('is nothing if it is to be quiet (terminal: %s)', (isTTY) => {
  const { terminal, written } = terminalOf({ isTTY });
  const display = new Display(terminal, true);
  display.show(step(1));
  display.say('something');
  display.clear();
  display.watch(() => step(1))();
  expect(written).toEqual([]);
});

function terminalOf({ isTTY, columns = 80 }: { isTTY: boolean; columns?: number }) {
  const written: string[] = [];
  const write = (chunk: Buffer, _encoding: string, done: () => void) => {
    written.push(`${chunk}`);
    done();
  };
  return { terminal: Object.assign(new Writable({ write }), { isTTY, columns }) as unknown as WriteStream, written };
}
