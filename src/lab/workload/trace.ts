/**
 * Arrivals from a file, one per line, in ms since the first.
 *
 * - Numbers are seconds, with or without a fraction.
 * - Dates and times are UTC unless they carry `Z` or an offset, with up to 9 digits of a second.
 * - Both stand alone or in the first column of a CSV file, with or without a header. Lines of one time are taken if they
 *   differ elsewhere: clocks are coarse. The same line twice is a mistake of whoever made the file.
 * - Access logs (common or combined) know whole seconds: the arrivals of a second are spread evenly over it, and equal
 *   lines are requests of their own. A server writes a line when the request ends, and may date it by its start: lines
 *   are sorted, if none is more than a minute late.
 */
import { createReadStream } from 'node:fs';
import { EXPECTED, FORMS, firstColumn, msBetween, type Timestamp, timestampOf } from './timestamp.ts';
import { type OpenWorkload, WorkloadError } from './workload.ts';

/** How late a line of an access log may be, in ms. */
const LATE_MS = 60_000;

/** Characters. Servers take request heads of 8 to 16 KiB; a file without line ends must not fill the memory. */
const LONGEST_LINE = 65_536;

interface Line {
  readonly number: number;
  readonly text: string;
  readonly time: Timestamp;
  /** Since the first line with a time. */
  readonly ms: number;
}

export async function readTrace(path: string): Promise<OpenWorkload> {
  const trace = new Trace(path);
  let rest = '';
  try {
    for await (const chunk of createReadStream(path, 'utf8')) {
      const lines = `${rest}${chunk}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) trace.add(line);
      if (rest.length > LONGEST_LINE) break;
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const message = `trace ${path} cannot be read (${code}); expected a text file with one arrival per line`;
    throw new WorkloadError(message, { cause: error });
  }
  trace.add(rest);
  const times = trace.times();
  return { kind: 'open', name: `trace:${path}`, durationMs: times.at(-1) ?? 0, arrivals: () => times };
}

/** Takes the lines of a trace, one after the other. */
class Trace {
  readonly #path: string;
  /** In ms since the first line's, in the order of the file. */
  readonly #times: number[] = [];
  #lines = 0;
  #blankLine: number | null = null;
  #header: string | null = null;
  #first: Timestamp | null = null;
  #previous: Line | null = null;
  /** The line with the latest time, which in an access log need not be the previous one. */
  #latest: Line | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  add(raw: string): void {
    const number = ++this.#lines;
    if (raw.length > LONGEST_LINE) this.#fail(number, raw, `is longer than ${LONGEST_LINE} characters; ${EXPECTED}`);
    // Takes the carriage return off, and a byte order mark.
    const text = raw.trim();
    if (text === '') {
      this.#blankLine ??= number;
      return;
    }
    if (this.#blankLine !== null) this.#fail(this.#blankLine, '', 'is blank, but lines follow; remove it');
    const time = timestampOf(text);
    if (time) {
      this.#first ??= time;
      this.#take({ number, text, time, ms: msBetween(this.#first, time) });
    } else if (number === 1 && /^["#]?\s*[a-z_]/i.test(text)) this.#header = text;
    else this.#fail(number, text, `${malformed(text)}; ${EXPECTED}`);
  }

  /** Ascending, in ms since the first. */
  times(): Float64Array {
    if (this.#latest === null)
      throw new WorkloadError(`trace ${this.#path} has no arrivals; on each line, ${EXPECTED}`);
    if (this.#latest.time.form !== 'accessLog') return Float64Array.from(this.#times);
    const times = Float64Array.from(this.#times).sort();
    const [first = 0] = times;
    return spread(times.map((ms) => ms - first));
  }

  #take(line: Line): void {
    this.#checkForm(line);
    if (line.time.form === 'accessLog') this.#checkLateness(line);
    else this.#checkOrder(line);
    this.#times.push(line.ms);
    this.#previous = line;
    if (this.#latest === null || line.ms >= this.#latest.ms) this.#latest = line;
  }

  #checkForm({ number, text, time }: Line): void {
    if (this.#header !== null && time.form === 'accessLog')
      this.#fail(1, this.#header, 'is no line of an access log, as the next one is; mend or remove it');
    const form = this.#previous?.time.form ?? time.form;
    if (form !== time.form)
      this.#fail(number, text, `has ${FORMS[time.form]}, the lines before have ${FORMS[form]}; keep to one of them`);
  }

  #checkOrder({ number, text, time, ms }: Line): void {
    const before = this.#previous;
    if (before === null || ms > before.ms) return;
    if (ms < before.ms)
      this.#fail(number, text, `is at ${quote(time.text)}, before ${told(before)}; sort the lines by time`);
    if (text === before.text || time.alone)
      this.#fail(number, text, `is at ${quote(time.text)}, a duplicate of ${told(before)}; remove one of them`);
  }

  #checkLateness({ number, text, time, ms }: Line): void {
    if (this.#latest === null || this.#latest.ms - ms <= LATE_MS) return;
    const late = `is at ${quote(time.text)}, ${(this.#latest.ms - ms) / 1000} s before ${told(this.#latest)}`;
    this.#fail(number, text, `${late}; up to ${LATE_MS / 1000} s are put in order, for more sort the lines by time`);
  }

  #fail(number: number, text: string, complaint: string): never {
    throw new WorkloadError(`trace ${this.#path}, line ${number}: ${quote(text)} ${complaint}`);
  }
}

/** Puts the i-th of k equal times, in whole seconds, at i/k of its second. */
function spread(times: Float64Array): Float64Array {
  for (let from = 0, to = 0; from < times.length; from = to) {
    const second = times[from] ?? 0;
    while (times[to] === second) to++;
    for (let i = from; i < to; i++) times[i] = second + ((i - from) * 1000) / (to - from);
  }
  return times;
}

function malformed(text: string): string {
  const value = firstColumn(text);
  return value === text ? 'tells no time' : `has ${quote(value)} for a time`;
}

function told({ number, time }: Line): string {
  return `${quote(time.text)} of line ${number}`;
}

function quote(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}
