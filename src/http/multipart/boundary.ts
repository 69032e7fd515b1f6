/**
 * What separates the parts of a form. The parser takes what stands behind the last boundary in the same chunk for parts, but for
 * files without an end; and tells nobody that it has seen the last boundary. So whoever gets a part looks for it here.
 */
import { unreadable } from '../../graphql/errors.ts';

const PARAMETER = /;\s*boundary=("?)([!#-:<-[\]-~]+)\1\s*(?:;|$)/i;

const NOTHING = Buffer.alloc(0);

export class Boundary {
  readonly text: string;
  readonly #next: Buffer;
  readonly #last: Buffer;
  #chunk: Buffer = NOTHING;
  /** The end of what came before the chunk: a boundary may begin there. A form may begin with one, as though behind a line. */
  #before: Buffer = Buffer.from('\r\n');
  /** Undefined until somebody asks. */
  #isPassed: boolean | undefined;

  /** Throws BAD_USER_INPUT if the content type names none. */
  constructor(contentType = '') {
    const [, , text] = PARAMETER.exec(contentType) ?? [];
    if (text === undefined) throw unreadable('its content type has no boundary.');
    this.text = text;
    this.#next = Buffer.from(`\r\n--${text}`);
    this.#last = Buffer.from(`\r\n--${text}--`);
  }

  /** To be called with each chunk before it is parsed. */
  push(chunk: Buffer): void {
    this.#chunk = chunk;
    this.#isPassed = undefined;
  }

  /** To be called once it is parsed. Nothing of it is held: what outlives its request costs the garbage collector dearly. */
  pop(): void {
    const { length } = this.#last;
    this.#before = Buffer.concat([this.#before, this.#chunk.subarray(-length)]).subarray(-length);
    this.#chunk = NOTHING;
  }

  /** Whether parts follow the last boundary within this chunk. */
  get isPassed(): boolean {
    this.#isPassed ??= this.#lookForMore();
    return this.#isPassed;
  }

  #lookForMore(): boolean {
    const { length } = this.#last;
    const seam = Buffer.concat([this.#before, this.#chunk.subarray(0, length)]);
    const atSeam = seam.indexOf(this.#last);
    const at = atSeam >= 0 ? atSeam - this.#before.length : this.#chunk.indexOf(this.#last);
    const isThere = atSeam >= 0 || at >= 0;
    return isThere && this.#chunk.includes(this.#next, Math.max(0, at + length));
  }
}
