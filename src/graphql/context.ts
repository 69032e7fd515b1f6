/** What a resolver knows of its request and of the gateway. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { ExecutionArgs, FormattedExecutionResult } from 'graphql';
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

/** A transport that takes more than one result puts it into the context of an operation, to be filled. */
export interface Streamed {
  readonly mayMutate: boolean;
  /** Null if the operation cannot be executed, which its result says. */
  args: ExecutionArgs | null;
  /** Of a subscription. */
  results: Results | null;
}

export type Results = AsyncGenerator<FormattedExecutionResult>;

export interface ContextParts {
  readonly gateway: ServedGateway;
  readonly uploads: UploadReader;
  readonly adminToken: string;
}

/** What a transport knows of a request. */
export interface RequestParts extends Pick<Context, 'gone'> {
  readonly authorization: string | undefined;
}

export function createContext(
  { gateway, uploads, adminToken }: ContextParts,
  { authorization, gone }: RequestParts,
): Context {
  return { gateway, uploads, gone, requireAdmin: () => requireToken(authorization, adminToken) };
}

function requireToken(authorization: string | undefined, expected: string): void {
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
