/**
 * Everything that can go wrong for a client, by stable code. The message quotes the numbers; the code is the contract.
 * Only `graphql/errors.ts` turns one into a GraphQL error.
 */
export type ErrorCode =
  | 'BAD_IMAGE'
  | 'UNSUPPORTED_FORMAT'
  | 'IMAGE_TOO_LARGE'
  | 'TOO_MANY_FILES'
  | 'BATCH_TOO_LARGE'
  | 'MODEL_NOT_FOUND'
  | 'OVERLOADED'
  | 'DEADLINE_EXCEEDED'
  | 'CANCELLED'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'WORKER_FAILED'
  | 'BATCH_NOT_FOUND'
  | 'SPOOL_FULL'
  | 'BAD_USER_INPUT';

export class GatewayError extends Error {
  readonly code: ErrorCode;
  /** When coming back is worth it, in ms from now. Absent when it never is. */
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, retryAfterMs?: number) {
    super(message);
    this.name = 'GatewayError';
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}
