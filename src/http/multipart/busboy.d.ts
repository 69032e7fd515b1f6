/** What is used of busboy, which comes without types. */
declare module 'busboy' {
  import type { IncomingHttpHeaders } from 'node:http';
  import type { Readable, Writable } from 'node:stream';

  interface Options {
    readonly headers: IncomingHttpHeaders;
    readonly defParamCharset?: string;
    /** Names of files with their folders, as they were sent. */
    readonly preservePath?: boolean;
    readonly limits?: { readonly fields?: number; readonly fieldSize?: number };
  }

  interface Parser extends Writable {
    /** A part may lack its name. */
    on(
      event: 'field',
      listener: (name: string | undefined, value: string, info: { readonly valueTruncated: boolean }) => void,
    ): this;
    /** A part without a file name is a file all the same if it has its media type. */
    on(
      event: 'file',
      listener: (name: string | undefined, file: Readable, info: { readonly filename?: string }) => void,
    ): this;
    on(event: string, listener: (...args: never[]) => void): this;
  }

  export default function busboy(options: Options): Parser;
}
