/** Requests as the client sends them, over real HTTP; but the answers are whole, errors and all. */
import type { Classification } from '../../src/client/gateway-client.ts';
import { classifyHead, UPLOAD_HEADERS, uploadForm } from '../../src/client/multipart.ts';
import type { ClassifyOptions } from '../../src/client/schema.generated.ts';

export interface GraphQLAnswer<Data = Record<string, unknown>> {
  readonly data?: Data | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions: { readonly code: string; readonly retryAfterMs?: number };
  }[];
}

export async function classify(
  url: string,
  picture: Uint8Array,
  options: ClassifyOptions | null = null,
  signal: AbortSignal | null = null,
) {
  const file = new Blob([picture as Uint8Array<ArrayBuffer>]);
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: UPLOAD_HEADERS,
    body: uploadForm(classifyHead(options), [{ name: 'picture', file }]),
    signal,
  });
  return (await response.json()) as GraphQLAnswer<{ classify: Classification }>;
}

export async function query<Data = Record<string, unknown>>(
  url: string,
  text: string,
  variables: Record<string, unknown> = {},
  token?: string,
) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query: text, variables }),
  });
  return (await response.json()) as GraphQLAnswer<Data>;
}
