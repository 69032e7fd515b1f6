// The gateway that serves this page.
import { RequestFailure } from '../client/answer.ts';
import { GatewayClient } from '../client/gateway-client.ts';

/** Relative to the page, so that a path prefix in front of the gateway does no harm. */
export const ENDPOINT = 'graphql';

/** Longer than any healthy answer to a query that touches no worker. */
const QUERY_TIMEOUT_MS = 5000;

export const gateway = new GatewayClient({ endpoint: ENDPOINT, timeoutMs: QUERY_TIMEOUT_MS });

export function asFailure(error: unknown): RequestFailure {
  return error instanceof RequestFailure ? error : new RequestFailure('ERROR', String(error));
}
