// The client of the gateway's GraphQL endpoint: queries, the upload of one photo by the multipart request specification,
// and every way in which an answer can fail to come, as one GatewayFailure. Batches have their own in batch/.

interface Score {
  label: string;
  confidence: number;
}

export interface Receipt {
  requestId: string;
  worker: 'RESERVED' | 'ON_DEMAND';
  workerId: number;
  coldStart: boolean;
  reason: string;
  batchSize: number;
  queueMs: number;
  decodeMs: number;
  inferMs: number;
  totalMs: number;
  predictedWaitMs: number;
}

export interface Classification {
  label: string;
  confidence: number;
  scores: Score[];
  model: string;
  receipt: Receipt;
}

export interface Model {
  name: string;
  version: string;
  aliases: string[];
  labels: string[];
  default: boolean;
}

export interface PoolSummary {
  reserved: number;
  reservedBusy: number;
  onDemand: number;
  onDemandBusy: number;
  queued: number;
}

/** Why there is no answer. `retryAfterMs` is there only if asking again makes sense. */
export class GatewayFailure extends Error {
  readonly code: string;
  readonly retryAfterMs: number | undefined;

  constructor(code: string, message: string, retryAfterMs?: number) {
    super(message);
    this.name = 'GatewayFailure';
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Relative to the page, so that a path prefix in front of the gateway does no harm. */
export const ENDPOINT = 'graphql';

/** Longer than any healthy answer to a query that touches no worker. */
const QUERY_TIMEOUT_MS = 5000;

/** Makes an upload a request that no foreign page can send without asking. */
export const UPLOAD_HEADERS = { 'apollo-require-preflight': 'true' };

const POOL = '{ pool { reserved reservedBusy onDemand onDemandBusy queued } }';

const MODELS = '{ models { name version aliases labels default } }';

const CLASSIFY = `mutation Classify($image: Upload!, $options: ClassifyOptions) {
  classify(image: $image, options: $options) {
    label
    confidence
    scores { label confidence }
    model
    receipt {
      requestId worker workerId coldStart reason batchSize
      queueMs decodeMs inferMs totalMs predictedWaitMs
    }
  }
}`;

export async function fetchPool(): Promise<PoolSummary> {
  return (await query<{ pool: PoolSummary }>(POOL)).pool;
}

export async function fetchModels(): Promise<Model[]> {
  return (await query<{ models: Model[] }>(MODELS)).models;
}

/** Without a model, the gateway takes its default. */
export async function classify(photo: File, model: string | undefined, signal: AbortSignal): Promise<Classification> {
  const body = classifyBody(photo, model);
  const answer = await post<{ classify: Classification }>({ body, headers: UPLOAD_HEADERS, signal });
  return answer.classify;
}

/** The three parts must stand in this order: the gateway reads them as a stream. */
export function classifyBody(photo: File, model: string | undefined): FormData {
  const options = model === undefined ? undefined : { model };
  const form = new FormData();
  form.append('operations', JSON.stringify({ query: CLASSIFY, variables: { image: null, options } }));
  form.append('map', JSON.stringify({ 0: ['variables.image'] }));
  form.append('0', photo, photo.name);
  return form;
}

export function query<T>(text: string, variables: Record<string, unknown> = {}): Promise<T> {
  return post<T>({
    body: JSON.stringify({ query: text, variables }),
    headers: { 'content-type': 'application/json' },
    signal: AbortSignal.timeout(QUERY_TIMEOUT_MS),
  });
}

async function post<T>(init: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(ENDPOINT, { ...init, method: 'POST' });
  } catch {
    throw noAnswer();
  }
  return answerOf<T>(response.status, await response.text());
}

/** The browser does not say which of the two it was. */
export function noAnswer(): GatewayFailure {
  return new GatewayFailure('NO_ANSWER', 'The gateway did not answer, or a photo could not be read.', 0);
}

export function asFailure(error: unknown): GatewayFailure {
  return error instanceof GatewayFailure ? error : new GatewayFailure('ERROR', String(error));
}

/** A failed GraphQL request has a JSON body whatever its status; what a proxy says in between often has not. */
export function answerOf<T>(status: number, body: string): T {
  let answer: { data?: T | null; errors?: GraphQLErrorShape[] };
  try {
    answer = JSON.parse(body);
  } catch {
    throw new GatewayFailure(`HTTP_${status}`, `The gateway answered with status ${status}.`);
  }
  const error = answer.errors?.[0];
  if (error) throw failureOf(error);
  if (!answer.data) throw new GatewayFailure(`HTTP_${status}`, `The gateway answered with status ${status}.`);
  return answer.data;
}

export function failureOf({ message, extensions }: GraphQLErrorShape): GatewayFailure {
  return new GatewayFailure(extensions?.code ?? 'ERROR', message, extensions?.retryAfterMs);
}

interface GraphQLErrorShape {
  message: string;
  extensions?: { code?: string; retryAfterMs?: number };
}
