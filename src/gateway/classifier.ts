/** Models and workers without a server, for those who classify in their own process. */
import { randomUUID } from 'node:crypto';
import { type Classification, classify } from '../pool/classifier.ts';
import type { Config } from '../settings/gateway.ts';
import { createLog, LogSink } from '../telemetry/log.ts';
import { openPool } from './pool.ts';

export interface Classifier {
  /** By the default model, as soon as there is nothing urgent. Throws GatewayError. */
  classify(picture: Uint8Array): Promise<Classification>;
  /** Stops the workers. */
  close(): Promise<void>;
}

/** Throws UserError or GatewayError if it cannot be what the settings say. */
export async function openClassifier(config: Config): Promise<Classifier> {
  const log = createLog(config.logLevel);
  const { pool, defaultModel: model } = await openPool(config, new LogSink(log), log);
  const request = { model, priority: 'bulk', topK: null, deadlineMs: null } as const;
  return {
    classify: (picture) =>
      classify(pool, { ...request, id: randomUUID(), picture, signal: new AbortController().signal }),
    close: () => pool.close(),
  };
}
