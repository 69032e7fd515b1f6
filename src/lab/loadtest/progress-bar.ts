/**
 * How far a load test is, as one line of a terminal that is written anew. It leaves the keyboard alone, so that Ctrl-C
 * stays a signal: the load test ends in order then.
 */
import type { WriteStream } from 'node:tty';
import { formatNumber } from '../report/format.ts';
import type { Progress } from './load-run.ts';

const WIDTH = 30;
const REFRESH_MS = 250;
const START_OF_LINE = '\r';
const ERASE_LINE = '\x1b[2K';

/** Shows the progress until what it returns is called; nothing if there is no terminal. */
export function showProgress(read: () => Progress, terminal: WriteStream): () => void {
  if (!terminal.isTTY) return () => {};
  const draw = () => terminal.write(`${START_OF_LINE}${ERASE_LINE}${progressLine(read())}`);
  draw();
  const timer = setInterval(draw, REFRESH_MS);
  return () => {
    clearInterval(timer);
    terminal.write(`${START_OF_LINE}${ERASE_LINE}`);
  };
}

export function progressLine({ name, done, answers, errors }: Progress): string {
  const filled = Math.round(done * WIDTH);
  const bar = `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)}`;
  const percent = `${Math.floor(done * 100)}`.padStart(3);
  return `${name}  ${bar} ${percent} %  ${formatNumber(answers, 0)} answers, ${formatNumber(errors, 0)} errors`;
}
