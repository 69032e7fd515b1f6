/** Why there is no answer to a request, or why the gateway's answer is no. */

/** No answer: out of reach, cut off, or silent. */
export const NO_ANSWER = 'NO_ANSWER';
/** An answer, but not one that a gateway gives. */
export const FOREIGN_ANSWER = 'FOREIGN_ANSWER';

export class Refusal extends Error {
  /** One of the gateway's, or of those above. */
  readonly code: string;
  /** When coming back is worth it, in ms from now; null if the gateway does not say. */
  readonly retryAfterMs: number | null;

  constructor(code: string, message: string, retryAfterMs: number | null = null) {
    super(message);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }

  /** Whether the same request may have a better answer soon. An upload is cancelled when its gateway shuts down. */
  get mayPass(): boolean {
    return this.code === NO_ANSWER || this.code === 'CANCELLED' || this.retryAfterMs !== null;
  }
}

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly {
    readonly message?: string;
    readonly extensions?: { readonly code?: string; readonly retryAfterMs?: number };
  }[];
}

/** Of a GraphQL answer over HTTP. Throws a Refusal if there is none, or if it is an error. */
export function dataOf<Data>(status: number, text: string): Data {
  const { data, errors } = objectOf(text);
  if (errors?.[0]) throw refusalOf(errors[0]);
  if (data) return data as Data;
  const code = status >= 500 ? NO_ANSWER : FOREIGN_ANSWER;
  throw new Refusal(code, `no GraphQL answer (HTTP status ${status})`);
}

export function unanswered(error: unknown): Refusal {
  const { cause } = error as Error;
  // What fetch throws says nothing by itself.
  const { code, message } = (cause instanceof Error ? cause : error) as NodeJS.ErrnoException;
  return new Refusal(NO_ANSWER, `no answer (${code ?? message})`);
}

function refusalOf({ message = 'no reason given', extensions }: NonNullable<Answer['errors']>[number]): Refusal {
  return new Refusal(extensions?.code ?? FOREIGN_ANSWER, message, extensions?.retryAfterMs ?? null);
}

/** Without fields if it is not an object as GraphQL answers. */
function objectOf(text: string): Answer {
  try {
    return Object(JSON.parse(text)) as Answer;
  } catch {
    return {};
  }
}
