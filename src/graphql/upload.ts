/** A file that the variables of an operation name, in the resolvers' hands maybe before it has come. */
import { GraphQLError, GraphQLScalarType } from 'graphql';
import { GatewayError } from '../core/errors.ts';

export interface ArrivingFile {
  /** As the client sent it, with folders: to be shown, never to be a path. */
  readonly name: string;
  /** To be read before the next file is taken. Fails with a GatewayError. */
  readonly bytes: AsyncIterable<Buffer>;
}

export class Upload {
  arrive!: (file: ArrivingFile) => void;
  fail!: (reason: unknown) => void;
  readonly #file: Promise<ArrivingFile>;
  #isTaken = false;

  constructor() {
    this.#file = new Promise((resolve, reject) => {
      this.arrive = resolve;
      this.fail = reject;
    });
    // Whether anybody takes it is for the operation to say.
    this.#file.catch(() => {});
  }

  /** Waits for the file. Rejects with a GatewayError if it does not come, or if it was taken before. */
  async take(): Promise<ArrivingFile> {
    if (this.#isTaken) throw new GatewayError('BAD_USER_INPUT', 'One file can be used only once in a request.');
    this.#isTaken = true;
    return this.#file;
  }
}

export const UploadScalar = new GraphQLScalarType<Upload, never>({
  name: 'Upload',
  parseValue(value) {
    if (value instanceof Upload) return value;
    throw new GraphQLError('A file must be uploaded in a multipart request.');
  },
  parseLiteral(node) {
    throw new GraphQLError('A file must be a variable.', { nodes: node });
  },
});
