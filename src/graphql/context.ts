/** What a resolver knows of its request and of the gateway. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GatewayError } from '../core/errors.ts';
import type { Gateway } from '../gateway.ts';
import type { UploadReader } from './upload-reader.ts';

export interface Context {
  readonly gateway: Gateway;
  readonly uploads: UploadReader;
  /** Aborted when the client goes away before its answer. */
  readonly gone: AbortSignal;
  /** Aborted, with the error to report, if the upload takes too long or too much; null if the request carries none. */
  readonly arrival: AbortSignal | null;
  /** Throws UNAUTHENTICATED or FORBIDDEN unless the request carries the admin's token. */
  requireAdmin(): void;
}

export interface ContextParts {
  readonly gateway: Gateway;
  readonly uploads: UploadReader;
  readonly adminToken: string;
}

export function createContext(request: FastifyRequest, reply: FastifyReply, parts: ContextParts): Context {
  const gone = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort();
  });
  return {
    gateway: parts.gateway,
    uploads: parts.uploads,
    gone: gone.signal,
    arrival: request.arrival,
    requireAdmin: () => requireToken(request.headers.authorization, parts.adminToken),
  };
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
