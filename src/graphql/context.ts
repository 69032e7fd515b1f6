/** What a resolver knows of its request and of the gateway. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { ExecutionArgs } from 'graphql';
import { GatewayError } from '../core/contracts/errors.ts';
import type { ServedGateway } from './gateway.ts';
import type { UploadReader } from './uploads/upload-reader.ts';

export interface Context {
  readonly gateway: ServedGateway;
  readonly uploads: UploadReader;
  /** Aborted when the client goes away before its answer. */
  readonly gone: AbortSignal;
  /** Absent with a plain HTTP request, which takes one result. */
  readonly streamed?: Streamed;
  /** Throws UNAUTHENTICATED or FORBIDDEN unless the request carries the admin's token. */
  requireAdmin(): void;
}

/** What is found out about an operation whose transport takes more than one result. */
export interface Streamed {
  readonly mayMutate: boolean;
  /** Null until it is known that the operation can be executed. */
  args: ExecutionArgs | null;
  isSubscription: boolean;
}

/** What a transport knows of a request. */
export interface RequestParts extends Pick<Context, 'gone'> {
  readonly authorization: string | undefined;
}

export function requireToken(authorization: string | undefined, expected: string): void {
  const [scheme, token] = authorization?.split(' ') ?? [];
  if (scheme?.toLowerCase() !== 'bearer' || !token) {
    throw new GatewayError('UNAUTHENTICATED', 'This operation needs the header `Authorization: Bearer <admin token>`.');
  }
  // Digests have one length, which timingSafeEqual wants, and hide how much of the token was right.
  if (!timingSafeEqual(digest(token), digest(expected))) {
    throw new GatewayError('FORBIDDEN', 'The token is not the admin token of this gateway.');
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
