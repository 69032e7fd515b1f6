/**
 * A multipart request on its way in: counted, timed, and no faster than it is read. What it may be is known once its `map`
 * has come: one picture, which must arrive in time, or the list of a batch, which may take long, but not without a sign of
 * life.
 */
import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../../core/contracts/errors.ts';
import { tooManyFiles } from '../../core/contracts/limits.ts';
import { fieldTooLarge } from '../../graphql/errors.ts';
import { type ArrivalLimits, batchOf, FRAME_BYTES, mostFieldBytes, onePicture, type Terms } from './arrival-terms.ts';
import type { FileMap } from './file-map.ts';
import { Form } from './form.ts';

export class Arrival {
  /** Rejects if there is none, with the reason. */
  readonly operation: Form['operation'];
  readonly #request: IncomingMessage;
  readonly #limits: ArrivalLimits;
  readonly #form: Form;
  #terms: Terms;
  #received = 0;
  #whole: NodeJS.Timeout;
  /** Until the next sign of life; null unless it is a batch. */
  #idle: NodeJS.Timeout | null = null;
  #isDropped = false;
  /** Whether it was too much or too slow, or cannot be read. */
  isRefused = false;

  /** Throws BAD_USER_INPUT if the headers are those of no form. */
  constructor(request: IncomingMessage, limits: ArrivalLimits) {
    this.#request = request;
    this.#limits = limits;
    // Not known yet; but no field may go on without an end.
    this.#terms = { bytes: 2 * mostFieldBytes(limits), tooLarge: () => this.#form.fieldTooLarge() };
    this.#form = new Form(request.headers, {
      fieldBytes: mostFieldBytes(limits),
      maxFiles: limits.batch.maxFiles,
      onMap: (map) => this.#announce(map),
      onError: (reason) => this.#refuse(reason),
      onReady: () => this.#goOn(),
    });
    this.operation = this.#form.operation;
    this.#whole = this.#limitWhole(limits.timeoutMs);
    request
      .on('data', (chunk: Buffer) => this.#onData(chunk))
      .once('end', () => this.#form.end())
      .once('close', () => this.#onClose());
  }

  get isBatch(): boolean {
    return this.#idle !== null;
  }

  /** From now on nobody looks at what arrives. */
  drop(): void {
    this.#isDropped = true;
    if (!this.#form.hasEnded) this.#form.fail(new GatewayError('CANCELLED', 'The request has its answer.'));
    this.#request.resume();
  }

  #onData(chunk: Buffer): void {
    this.#idle?.refresh();
    this.#received += chunk.length;
    this.#form.write(chunk);
    if (!this.isRefused && this.#received > this.#terms.bytes) this.#refuse(this.#terms.tooLarge());
    if (this.#form.isBusy) this.#request.pause();
  }

  #goOn(): void {
    if (this.#request.closed) {
      this.#stopTimers();
    } else if (!this.#form.isBusy && this.#request.isPaused()) {
      this.#idle?.refresh();
      this.#request.resume();
    }
  }

  #onClose(): void {
    if (!this.#request.readableEnded) this.#refuse(new GatewayError('CANCELLED', 'The client went away.'));
    this.#stopTimers();
  }

  /** Those who wait for what has arrived may wait for ever if the parser does not give it out. */
  #stopTimers(): void {
    clearTimeout(this.#idle ?? undefined);
    if (this.#form.hasEnded) clearTimeout(this.#whole);
  }

  /** Called once the map has come. Throws if the request may not be what it says there. */
  #announce(map: FileMap): void {
    const { batch, timeoutMs } = this.#limits;
    const isBatch = map.list !== null;
    const maxFiles = isBatch ? batch.maxFiles : 1;
    if (map.files > maxFiles) throw tooManyFiles(maxFiles);
    if (!isBatch && this.#form.longestField > FRAME_BYTES) throw fieldTooLarge(FRAME_BYTES);
    this.#terms = isBatch ? batchOf(map.files, this.#limits) : onePicture(this.#limits);
    const { bytes, tooLarge } = this.#terms;
    if (Number(this.#request.headers['content-length'] ?? 0) > bytes) throw tooLarge();
    if (!isBatch) return;
    clearTimeout(this.#whole);
    this.#whole = this.#limitWhole(batch.timeoutMs);
    this.#idle = this.#limitSilence(timeoutMs);
  }

  #limitWhole(ms: number): NodeJS.Timeout {
    return setTimeout(() => this.#refuse(late('The request did not arrive completely', ms)), ms).unref();
  }

  /** A request that we have paused is silent through us: then the time starts anew. */
  #limitSilence(ms: number): NodeJS.Timeout {
    const timer = setTimeout(() => {
      if (this.#request.isPaused()) timer.refresh();
      else this.#refuse(late('Nothing of the request arrived', ms));
    }, ms).unref();
    return timer;
  }

  /** The first reason is the one that is reported. Once a batch has its answer there is nobody to report it to. */
  #refuse(reason: unknown): void {
    if (this.isRefused) return;
    this.isRefused = true;
    if (this.#isDropped && this.isBatch) this.#request.destroy();
    this.#form.fail(reason);
    this.drop();
  }
}

function late(what: string, ms: number): GatewayError {
  return new GatewayError('DEADLINE_EXCEEDED', `${what} within ${ms} ms.`);
}
