/** The model of the fixtures that takes 300 ms, one request at a time: time enough to see what waits and why. */
import { file, map, operations, post } from '../http/raw-http.ts';
import { type GatewayProcess, startGateway } from '../support/gateway-process.ts';
import { plainPicture } from '../support/pictures.ts';

export const SERVICE_MS = 300;

const CLASSIFY = `mutation ($image: Upload!, $options: ClassifyOptions) {
  classify(image: $image, options: $options) { receipt { worker workerId coldStart spilled reason queueMs } }
}`;

export interface Answer {
  readonly receipt: {
    readonly worker: string;
    readonly workerId: number;
    readonly coldStart: boolean;
    readonly spilled: boolean;
    readonly reason: string;
    readonly queueMs: number;
  } | null;
  /** Of the error; null if there is none. */
  readonly code: string | null;
  readonly message: string | null;
  readonly retryAfterMs: number | undefined;
  readonly retryAfterHeader: string | undefined;
}

/** One reserved worker. */
export function startSlow(...flags: readonly string[]): Promise<GatewayProcess> {
  const model = ['--model-dir', 'test/fixtures/models', '--model', 'slow'];
  return startGateway(...model, '--reserved', '1', '--max-batch', '1', ...flags);
}

export async function ask({ url }: GatewayProcess, options: Record<string, unknown> = {}): Promise<Answer> {
  const picture = await plainPicture(200, 0, 0);
  const answer = await post(url, [operations(CLASSIFY, { image: null, options }), map(), file(picture)]);
  const { data } = JSON.parse(answer.body);
  const { code, message, retryAfterMs, headers } = answer;
  return {
    receipt: data?.classify.receipt ?? null,
    code,
    message,
    retryAfterMs,
    retryAfterHeader: headers['retry-after'],
  };
}
