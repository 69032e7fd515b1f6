/** Requests as a client would send them, over real HTTP. */

export interface GraphQLAnswer<Data = Record<string, unknown>> {
  readonly data?: Data | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions: { readonly code: string; readonly retryAfterMs?: number };
  }[];
}

export const CLASSIFY = `mutation Classify($image: Upload!, $options: ClassifyOptions) {
  classify(image: $image, options: $options) {
    label confidence model scores { label confidence }
    receipt { requestId worker workerId coldStart reason batchSize queueMs decodeMs inferMs totalMs predictedWaitMs }
  }
}`;

/** The body of a `classify` upload by the GraphQL multipart request specification. */
function classifyForm(picture: Uint8Array, options: Record<string, unknown> | null = null): FormData {
  const form = new FormData();
  form.set('operations', JSON.stringify({ query: CLASSIFY, variables: { image: null, options } }));
  form.set('map', JSON.stringify({ 0: ['variables.image'] }));
  form.set('0', new Blob([picture as Uint8Array<ArrayBuffer>]), 'picture');
  return form;
}

export async function classify(
  url: string,
  picture: Uint8Array,
  options: Record<string, unknown> | null = null,
  signal: AbortSignal | null = null,
) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'apollo-require-preflight': 'true' },
    body: classifyForm(picture, options),
    signal,
  });
  return (await response.json()) as GraphQLAnswer<{ classify: Classified }>;
}

export interface Classified {
  readonly label: string;
  readonly confidence: number;
  readonly model: string;
  readonly scores: readonly { readonly label: string; readonly confidence: number }[];
  readonly receipt: {
    readonly worker: string;
    readonly coldStart: boolean;
    readonly totalMs: number;
    readonly queueMs: number;
  };
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
