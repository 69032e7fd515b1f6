/** GraphQL queries to the gateway under test, beside its load. */
import { LoadTestError } from './load-test-error.ts';

export interface GatewayAddress {
  /** Without the path of the GraphQL endpoint. */
  readonly url: URL;
  readonly adminToken: string | null;
}

/** Longest time to an answer, in ms: a gateway under more load than it can bear answers late. */
const PATIENCE_MS = 10_000;

const REFUSALS = ['UNAUTHENTICATED', 'FORBIDDEN'];

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly { readonly message?: string; readonly extensions?: { readonly code?: string } }[];
}

export function endpointOf(url: URL): URL {
  return new URL('graphql', url.href.endsWith('/') ? url : `${url.href}/`);
}

/** Throws a LoadTestError if there is no such gateway, or if it refuses the token. */
export async function queryGateway<Data>({ url, adminToken }: GatewayAddress, query: string): Promise<Data> {
  const endpoint = endpointOf(url);
  const { data, errors } = await post(endpoint, adminToken, query);
  const code = errors?.[0]?.extensions?.code;
  if (code !== undefined && REFUSALS.includes(code)) {
    throw new LoadTestError(
      `${url.href} refuses the admin token (${code}); it is the one that serve printed or was given`,
    );
  }
  if (!data || errors) {
    const why = errors?.[0]?.message ?? 'no GraphQL answer';
    throw new LoadTestError(`${endpoint.href} is not a Warmpool gateway of this version: ${why}`);
  }
  return data as Data;
}

async function post(endpoint: URL, adminToken: string | null, query: string): Promise<Answer> {
  const headers = { 'content-type': 'application/json', ...(adminToken && { authorization: `Bearer ${adminToken}` }) };
  const body = JSON.stringify({ query });
  const signal = AbortSignal.timeout(PATIENCE_MS);
  try {
    const response = await fetch(endpoint, { method: 'POST', headers, body, signal });
    return objectOf(await response.text());
  } catch (error) {
    const { message, cause } = error as Error;
    const why = (cause as NodeJS.ErrnoException | undefined)?.code ?? message;
    throw new LoadTestError(`${endpoint.href} cannot be reached (${why}); start a gateway with: warmpool serve`, {
      cause: error,
    });
  }
}

/** Without fields if it is not an object as GraphQL answers. */
function objectOf(text: string): Answer {
  try {
    return Object(JSON.parse(text)) as Answer;
  } catch {
    return {};
  }
}
