/** An upload that is sent picture by picture, for as long as the test wants. */
import { batchHead } from '../graphql/batch-request.ts';
import { begin, END, fileHead, type OpenRequest, type RawAnswer } from '../http/raw-http.ts';
import { findBatch, pictureAt, until } from './batch-client.ts';

const CRLF = Buffer.from('\r\n');

export class StepwiseUpload {
  readonly #request: OpenRequest;
  readonly #pictures: number;
  #sent = 0;

  private constructor(request: OpenRequest, pictures: number) {
    this.#request = request;
    this.#pictures = pictures;
  }

  /** Resolves when the gateway knows the batch, of so many pictures in the end. */
  static async begin(url: string, pictures: number, clientBatchId: string): Promise<StepwiseUpload> {
    const request = begin(url);
    request.write(Buffer.concat([batchHead(pictures, { clientBatchId }), pictureHead(0)]));
    await until(async () => (await findBatch(url, clientBatchId)) !== null);
    return new StepwiseUpload(request, pictures);
  }

  /** And what follows it: before that nobody can know that it is complete. */
  send(): void {
    const picture = pictureAt(this.#sent);
    this.#sent++;
    const next = this.#sent < this.#pictures ? pictureHead(this.#sent) : END;
    this.#request.write(Buffer.concat([picture, CRLF, next]));
  }

  /** To be called when all are sent. */
  end(): Promise<RawAnswer> {
    return this.#request.end();
  }
}

function pictureHead(index: number): Buffer {
  return fileHead(`${index}`, `${index}.jpg`);
}
