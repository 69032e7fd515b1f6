/** What a resolver knows of its request and of the gateway. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { GatewayError } from '../core/contracts/errors.ts';
import type { ServedGateway } from './gateway.ts';
import type { UploadReader } from './uploads/upload-reader.ts';

export interface Context {
  readonly gateway: ServedGateway;
  readonly uploads: UploadReader;
  /** Aborted when the client goes away before its answer. */
  readonly gone: AbortSignal;
  /** Throws UNAUTHENTICATED or FORBIDDEN unless the request carries the admin's token. */
  requireAdmin(): void;
}

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

/** Aborted when the client goes away before its answer. */
export function goneBefore(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  return gone.signal;
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
