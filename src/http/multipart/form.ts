/**
 * The parts of a GraphQL multipart request: `operations`, `map`, then the files. The operation is complete once the map has
 * come; each file reaches those who take its upload when its part begins.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import busboy, { type Busboy, type FieldInfo } from 'busboy';
import { GatewayError } from '../../core/contracts/errors.ts';
import { tooManyFiles } from '../../core/contracts/limits.ts';
import { fieldTooLarge, misplacedFile, unreadable } from '../../graphql/errors.ts';
import { ArrivingFile, ExpectedFile } from '../../graphql/uploads/upload.ts';
import { Boundary } from './boundary.ts';
import { FileMap, isObject, parseObject } from './file-map.ts';

export interface FormOptions {
  /** Of each field, in bytes; the rest of a longer one is dropped. */
  readonly fieldBytes: number;
  readonly maxFiles: number;
  /** May throw, which is then the error. */
  onMap(map: FileMap): void;
  /** Called with whatever is wrong. The form goes on until `fail` is called. */
  onError(reason: unknown): void;
  /** Called when the form has ended, or may no longer be busy. */
  onReady(): void;
}

type JsonObject = Record<string, unknown>;

export class Form {
  readonly operation: Promise<JsonObject>;
  /** Length of the longest field so far. */
  longestField = 0;
  readonly #options: FormOptions;
  readonly #boundary: Boundary;
  /** What the client announced for all of the request, in bytes; 0 if it did not. */
  readonly #announced: number;
  readonly #parser: Busboy;
  readonly #unread = new Set<Readable>();
  #complete!: (operation: JsonObject) => void;
  #reject!: (reason: unknown) => void;
  #operations: JsonObject | null = null;
  #map: FileMap | null = null;
  /** Those that have not come, by their names. */
  #uploads = new Map<string, ExpectedFile>();
  #files = 0;
  /** How often `null` stands in the `operations`: once for each file. */
  #nulls = 0;
  #isParsing = false;
  /** Whether nothing more will come of it. */
  hasEnded = false;

  /** Throws BAD_USER_INPUT if the headers are those of no form. */
  constructor(headers: IncomingHttpHeaders, options: FormOptions) {
    this.#options = options;
    this.#boundary = new Boundary(headers['content-type']);
    this.#announced = Number(headers['content-length'] ?? 0);
    this.#parser = this.#createParser();
    this.operation = new Promise((resolve, reject) => {
      this.#complete = resolve;
      this.#reject = reject;
    });
    this.operation.catch(() => {});
  }

  /**
   * Nothing should be written meanwhile. The parser waits for the readers of large files only: small ones would pile up in
   * memory while the first is read.
   */
  get isBusy(): boolean {
    return !this.hasEnded && (this.#isParsing || this.#unread.size > 1);
  }

  write(chunk: Buffer): void {
    if (this.hasEnded) return;
    this.#isParsing = true;
    this.#boundary.push(chunk);
    // Whatever happens in there is due to what somebody sent, and must not reach the connection.
    try {
      this.#parser.write(chunk, () => {
        this.#isParsing = false;
        this.#options.onReady();
      });
    } catch (error) {
      this.#complain(error);
    }
    this.#boundary.pop();
  }

  end(): void {
    if (!this.hasEnded) this.#parser.end();
  }

  /** Ends it early: nobody gets anything more of it but the reason, though the parser goes on to the end of the chunk. */
  fail(reason: unknown): void {
    if (this.hasEnded) return;
    this.#end(reason);
    this.#reject(reason);
    for (const file of this.#unread) file.destroy(reason as Error);
    this.#parser.destroy();
  }

  /** What is said of a field that is longer than any list of files may make it. */
  fieldTooLarge(): GatewayError {
    const { maxFiles, fieldBytes } = this.#options;
    return this.#nulls > maxFiles ? tooManyFiles(maxFiles) : fieldTooLarge(fieldBytes);
  }

  #createParser(): Busboy {
    const headers = { 'content-type': `multipart/form-data; boundary="${this.#boundary.text}"` };
    const limits = { fields: 2, fieldSize: this.#options.fieldBytes };
    return (
      busboy({ headers, limits, defParamCharset: 'utf8', preservePath: true })
        // Contrary to its types, a part may lack its name, and a file its own.
        .on('field', (name: string | undefined, value, info) => this.#onField(name, value, info))
        .on('file', (name, file, { filename }) => this.#onFile(name ?? '', file, filename ?? ''))
        .on('error', (error) => this.#complain(unreadable((error as Error).message)))
        .on('close', () => this.#onClose())
    );
  }

  #onField(name: string | undefined, value: string, { valueTruncated }: FieldInfo): void {
    if (this.hasEnded) return;
    this.#refuseAppendix();
    this.longestField = Math.max(this.longestField, value.length);
    if (name === 'operations') this.#nulls = value.split('null').length - 1;
    if (valueTruncated) throw this.fieldTooLarge();
    if (name === 'operations') this.#operations = parseObject('operations', value);
    if (name === 'map') this.#onMap(value);
  }

  #onMap(text: string): void {
    if (!this.#operations) throw unreadable('`map` stands in front of `operations`.');
    const map = new FileMap(text);
    this.#options.onMap(map);
    const { variables } = this.#operations;
    this.#uploads = map.putInto(isObject(variables) ? variables : {}, () => new ExpectedFile());
    this.#map = map;
    this.#complete(this.#operations);
  }

  #onFile(name: string, file: Readable, filename: string): void {
    // Without a listener an error would end the process; whoever reads the file is told of it anyway.
    file.on('error', () => {});
    if (this.hasEnded) return void file.destroy();
    this.#refuseAppendix();
    if (!this.#map) throw unreadable('a file stands in front of `map`.');
    const { list } = this.#map;
    const index = this.#files++;
    // They are read one after the other, so a file out of order would wait for one that never comes.
    if (list && list[index] !== name) throw misplacedFile(name, index, list);
    if (!list && index > 0) throw tooManyFiles(1);
    this.#unread.add(file);
    file.once('close', () => {
      this.#unread.delete(file);
      this.#options.onReady();
    });
    const upload = this.#uploads.get(name);
    this.#uploads.delete(name);
    if (upload) upload.resolve(new ArrivingFile(filename, bytesOf(file), this.#announced));
    else file.resume();
  }

  #complain(reason: unknown): void {
    if (!this.hasEnded) this.#options.onError(reason);
  }

  #onClose(): void {
    if (!this.#map) this.#complain(unreadable('`operations` or `map` is missing.'));
    else if (!this.hasEnded) this.#end(this.#uploads.size > 0 ? unreadable('a file of the `map` is missing.') : null);
  }

  /** `reason`: why the files do not come that have not come. */
  #end(reason: unknown): void {
    this.hasEnded = true;
    for (const upload of this.#uploads.values()) upload.reject(reason);
    this.#options.onReady();
  }

  #refuseAppendix(): void {
    if (this.#boundary.isPassed) throw unreadable('something follows its last boundary.');
  }
}

async function* bytesOf(file: Readable): AsyncGenerator<Buffer> {
  try {
    yield* file as AsyncIterable<Buffer>;
  } catch (error) {
    // The parser's own word for a form that ends within a file.
    throw error instanceof GatewayError ? error : unreadable((error as Error).message);
  }
}
