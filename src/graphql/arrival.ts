/**
 * The body of a multipart request on its way to the parser: counted, timed, and file by file. What it may be is known once
 * its `map` has come: one picture, which must arrive in time, or the list of a batch, which may take long, but not without a
 * sign of life.
 */
import type { IncomingMessage } from 'node:http';
import { type Readable, Writable } from 'node:stream';
import { GatewayError } from '../core/errors.ts';
import { type ArrivalLimits, batchOf, FRAME_BYTES, onePicture, pictureOrBatch, type Terms } from './arrival-terms.ts';
import { fieldTooLarge, misplacedFile, tooManyFiles } from './errors.ts';
import { readFileMap } from './map-guard.ts';

type OnField = (name: string, value: string, info: unknown) => void;

export class Arrival extends Writable {
  readonly #request: IncomingMessage;
  readonly #limits: ArrivalLimits;
  readonly #refused = new AbortController();
  readonly #unread = new Set<Readable>();
  #terms: Terms;
  #parser: NodeJS.WritableStream | null = null;
  #longestField = 0;
  #files = 0;
  #received = 0;
  #whole: NodeJS.Timeout;
  /** Of a batch only. */
  #idle: NodeJS.Timeout | null = null;
  /** Asks for the next chunk; null while it need not wait. */
  #next: (() => void) | null = null;
  #isParsing = false;
  #isDropped = false;

  constructor(request: IncomingMessage, limits: ArrivalLimits) {
    super();
    this.#request = request;
    this.#limits = limits;
    this.#terms = pictureOrBatch(limits);
    this.#whole = this.#limit(limits.timeoutMs, 'The request did not arrive completely');
    // A connection that ends between the answer and the end of its request ends no request: no timer must wait for that.
    request.once('close', () => {
      clearTimeout(this.#whole);
      clearTimeout(this.#idle ?? undefined);
    });
  }

  /** Aborted, with the error to report, if the request is too much or too slow. */
  get signal(): AbortSignal {
    return this.#refused.signal;
  }

  get isBatch(): boolean {
    return this.#idle !== null;
  }

  /** To be called once, when the parser has its listeners. */
  feed(parser: NodeJS.WritableStream): void {
    this.#parser = parser;
    const listeners = parser.listeners('field') as OnField[];
    parser.removeAllListeners('field').on('field', (name: string, value: string, info: unknown) => {
      this.#longestField = Math.max(this.#longestField, value.length);
      const seen = name === 'map' ? this.#announce(value) : value;
      if (!this.signal.aborted) for (const onField of listeners) onField(name, seen, info);
    });
    parser.on('file', (name: string | undefined, file: Readable) => this.#onFile(name ?? '', file));
    parser.once('close', () => this.drop());
    // It may complain more than once about one chunk; only the first time somebody else listens.
    parser.on('error', () => {});
    this.#request.pipe(this);
  }

  /** From now on nobody looks at what arrives. */
  drop(): void {
    this.#isDropped = true;
    this.#goOn();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, next: () => void): void {
    this.#idle?.refresh();
    if (this.#received > this.#terms.bytes) this.#refuse(this.#terms.tooLarge());
    this.#received += chunk.length;
    this.#next = next;
    this.#isParsing = !this.#isDropped;
    if (this.#isParsing) {
      this.#parser?.write(chunk, () => {
        this.#isParsing = false;
        this.#goOn();
      });
    }
    this.#goOn();
  }

  override _final(done: () => void): void {
    if (!this.#isDropped) this.#parser?.end();
    done();
  }

  /** The parser waits for the readers of large files only: small ones would pile up in memory while the first is read. */
  #goOn(): void {
    const mustWait = this.#isParsing || this.#unread.size > 1;
    if (mustWait && !this.#isDropped) return;
    const next = this.#next;
    this.#next = null;
    next?.();
  }

  /** Now that the map is there. Returns it as the parser may see it. */
  #announce(map: string): string {
    const { safe, files, list } = readFileMap(map);
    const { batch, timeoutMs } = this.#limits;
    this.#terms = list ? batchOf(list, this.#limits) : onePicture(this.#limits);
    const { bytes, tooLarge } = this.#terms;
    const maxFiles = list ? batch.maxFiles : 1;
    if (files > maxFiles) this.#refuse(tooManyFiles(maxFiles));
    else if (!list && this.#longestField > FRAME_BYTES) this.#refuse(fieldTooLarge(FRAME_BYTES));
    else if (Number(this.#request.headers['content-length'] ?? 0) > bytes) this.#refuse(tooLarge());
    else if (list) {
      clearTimeout(this.#whole);
      this.#whole = this.#limit(batch.timeoutMs, 'The request did not arrive completely');
      this.#idle = this.#limit(timeoutMs, 'Nothing of the request arrived');
    }
    return safe;
  }

  #onFile(name: string, file: Readable): void {
    const place = this.#files++;
    const { files } = this.#terms;
    // Whoever reads them waits for one after the other.
    if (files && files[place] !== name) this.#refuse(misplacedFile(name, place, files));
    if (!files && place > 0) this.#refuse(tooManyFiles(1));
    this.#unread.add(file);
    file.once('close', () => {
      this.#unread.delete(file);
      this.#idle?.refresh();
      this.#goOn();
    });
  }

  #limit(ms: number, what: string): NodeJS.Timeout {
    const late = () => this.#refuse(new GatewayError('DEADLINE_EXCEEDED', `${what} within ${ms} ms.`));
    return setTimeout(late, ms).unref();
  }

  /** The first reason is the one that is reported. */
  #refuse(reason: GatewayError): void {
    this.#refused.abort(reason);
    this.drop();
  }
}
