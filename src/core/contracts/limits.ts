/** What is said to whoever sends more than is accepted: the same words wherever the limit is noticed. */
import { GatewayError } from './errors.ts';

export function fileTooLarge(maxBytes: number, name?: string): GatewayError {
  const file = name === undefined ? 'The file' : `The file ${JSON.stringify(name)}`;
  return new GatewayError('IMAGE_TOO_LARGE', `${file} is larger than ${maxBytes} bytes, the most that is accepted.`);
}

/** `maxBytes`: of all files together. */
export function batchTooLarge(maxBytes: number): GatewayError {
  return new GatewayError(
    'BATCH_TOO_LARGE',
    `The files are larger than ${maxBytes} bytes together, the most that is accepted in one batch.`,
  );
}

/** `maxFiles`: of one request. */
export function tooManyFiles(maxFiles: number): GatewayError {
  const limit =
    maxFiles === 1 ? 'One file a request, or one list of files, is' : `At most ${maxFiles} files a request are`;
  return new GatewayError('TOO_MANY_FILES', `${limit} accepted.`);
}
