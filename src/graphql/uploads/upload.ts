/**
 * A file that the variables of an operation name, in the resolvers' hands maybe before it has come. graphql-upload-minimal says
 * what an upload is to GraphQL. Its parser of requests is not used: it listens for one error where busboy may have several, which
 * ends the process; and it lets through neither the folders in names nor what limits a batch.
 */
import { Upload } from 'graphql-upload-minimal';
import { GatewayError } from '../../core/contracts/errors.ts';

export { GraphQLUpload } from 'graphql-upload-minimal';

export class ArrivingFile {
  /** As the client sent it, with folders: to be shown, never to be a path. */
  readonly name: string;
  /** It has no more bytes than this, if the client was honest; 0 if it announced nothing. */
  readonly announcedBytes: number;
  readonly #bytes: AsyncIterable<Buffer>;
  #isTaken = false;

  constructor(name: string, bytes: AsyncIterable<Buffer>, announcedBytes = 0) {
    this.name = name;
    this.announcedBytes = announcedBytes;
    this.#bytes = bytes;
  }

  /** To be read before the next file is waited for. Fails with a GatewayError; throws one if it was called before. */
  read(): AsyncIterable<Buffer> {
    if (this.#isTaken) throw new GatewayError('BAD_USER_INPUT', 'One file can be used only once in a request.');
    this.#isTaken = true;
    return this.#bytes;
  }
}

/** The resolvers get its promise. */
export class ExpectedFile extends Upload {
  // They are there, but not in the package's types.
  declare resolve: (file: ArrivingFile) => void;
  declare reject: (reason: unknown) => void;
}
