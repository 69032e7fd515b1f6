/** How an answer of the gateway is read: as data, or as one kind of error whatever it was that went wrong. */

/** The gateway is out of reach, the connection was cut off, or nothing was heard for too long. */
export const NO_ANSWER = 'NO_ANSWER';
/** An error without a code, as no gateway gives it. */
export const FOREIGN_ANSWER = 'FOREIGN_ANSWER';

/** Why a request came to nothing: the gateway refused it, it had no answer, or it could not be sent as it was. */
export class RequestFailure extends Error {
  /** The gateway's own, one of those above, or `HTTP_` and the status of what is no GraphQL answer. */
  readonly code: string;
  /** When coming back is worth it, in ms from now; null if that is not known. */
  readonly retryAfterMs: number | null;

  constructor(code: string, message: string, retryAfterMs: number | null = null, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RequestFailure';
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }

  /** Nobody refused it: the network, a proxy without a gateway behind it, or a gateway that shut down cut it off. */
  get isBrokenOff(): boolean {
    return this.code === NO_ANSWER || this.code === 'CANCELLED' || this.code.startsWith('HTTP_5');
  }

  /** The same request may have a better answer soon. */
  get mayPass(): boolean {
    return this.isBrokenOff || this.retryAfterMs !== null;
  }
}

export interface GraphQLFailure {
  readonly message?: string;
  readonly extensions?: { readonly code?: string; readonly retryAfterMs?: number };
}

export interface GraphQLAnswer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly GraphQLFailure[];
}

/** Without fields if the text is no JSON object. */
export function readAnswer<Data>(text: string): GraphQLAnswer<Data> {
  try {
    return Object(JSON.parse(text)) as GraphQLAnswer<Data>;
  } catch {
    return {};
  }
}

/** A failed request has a GraphQL answer whatever its status; what a proxy says in between often is none. */
export function dataOf<Data>(status: number, text: string): Data {
  const { data, errors } = readAnswer<Data>(text);
  if (errors?.[0]) throw failureOf(errors[0]);
  if (data) return data;
  throw new RequestFailure(`HTTP_${status}`, `no GraphQL answer (HTTP status ${status})`);
}

export function failureOf({ message = 'no reason given', extensions }: GraphQLFailure): RequestFailure {
  return new RequestFailure(extensions?.code ?? FOREIGN_ANSWER, message, extensions?.retryAfterMs ?? null);
}

/** Of an error that the network gave in place of an answer. */
export function unanswered(error: unknown): RequestFailure {
  return new RequestFailure(NO_ANSWER, `no answer (${reasonOf(error)})`, 0, { cause: error });
}

/** Such as ECONNREFUSED or ENOSPC. What fetch throws says nothing by itself; its cause does. */
export function reasonOf(error: unknown): string {
  const { cause } = error as Error;
  const { code, message } = (cause instanceof Error ? cause : error) as Error & { readonly code?: string };
  return typeof code === 'string' ? code : message;
}
