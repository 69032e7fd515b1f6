/**
 * How far a command is, on stderr: a line of a terminal that is written anew; elsewhere a line for every tenth of the way.
 * It leaves the keyboard alone, so that Ctrl-C stays a signal.
 */
import type { Io } from './io.ts';

export interface Step {
  /** Such as `Uploading`. */
  readonly name: string;
  /** Of `total`, in whatever it is counted. */
  readonly done: number;
  readonly total: number;
  /** Such as `12 of 40 photos`. */
  readonly text: string;
}

/** Columns of the bar, if the terminal has room for them. */
const WIDEST = 30;
const NARROWEST = 5;
/** Taken for a terminal that does not say how many it has. */
const DEFAULT_COLUMNS = 80;
/** Shortest time between two drawings. */
const REFRESH_MS = 100;
/** Time between two looks at what does not tell by itself. */
const LOOK_MS = 250;
const START_OF_LINE = '\r';
const ERASE_LINE = '\x1b[2K';
const TENTHS = 10;

export class Display {
  readonly #out: Io['stderr'];
  readonly #isQuiet: boolean;
  #isDrawn = false;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #told = '';

  constructor(out: Io['stderr'], isQuiet: boolean) {
    this.#out = out;
    this.#isQuiet = isQuiet;
  }

  show(step: Step): void {
    if (this.#isQuiet) return;
    if (this.#out.isTTY) this.#draw(step);
    else this.#tell(step);
  }

  /** Shows what `read` returns, again and again, until what this returns is called. */
  watch(read: () => Step): () => void {
    this.show(read());
    const timer = setInterval(() => this.show(read()), LOOK_MS);
    return () => {
      clearInterval(timer);
      this.clear();
    };
  }

  /** A line that stays. */
  say(line: string): void {
    if (this.#isQuiet) return;
    this.clear();
    this.#out.write(`${line}\n`);
  }

  /** Makes room for what others write to the terminal. */
  clear(): void {
    if (!this.#isDrawn) return;
    this.#isDrawn = false;
    this.#drawnAt = Number.NEGATIVE_INFINITY;
    this.#out.write(`${START_OF_LINE}${ERASE_LINE}`);
  }

  #draw(step: Step): void {
    const now = performance.now();
    if (now - this.#drawnAt < REFRESH_MS && step.done < step.total) return;
    this.#drawnAt = now;
    this.#isDrawn = true;
    this.#out.write(`${START_OF_LINE}${ERASE_LINE}${barLine(step, (this.#out.columns || DEFAULT_COLUMNS) - 1)}`);
  }

  #tell(step: Step): void {
    const told = `${step.name} ${Math.floor(shareOf(step) * TENTHS)}`;
    if (told === this.#told) return;
    this.#told = told;
    this.#out.write(`${step.name}: ${percent(step)} %, ${step.text}\n`);
  }
}

/** A line that is too long for its terminal could not be erased. */
function barLine(step: Step, columns: number): string {
  const [left, right] = [`${step.name}  `, ` ${percent(step).padStart(3)} %  ${step.text}`];
  const width = Math.max(NARROWEST, Math.min(WIDEST, columns - left.length - right.length));
  const filled = Math.round(shareOf(step) * width);
  return `${left}${'█'.repeat(filled)}${'░'.repeat(width - filled)}${right}`.slice(0, columns);
}

function percent(step: Step): string {
  return `${Math.floor(shareOf(step) * 100)}`;
}

function shareOf({ done, total }: Step): number {
  return total === 0 ? 1 : Math.min(done / total, 1);
}
