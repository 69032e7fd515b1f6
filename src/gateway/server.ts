/** What a gateway answers over HTTP, within the limits of its settings. */
import type { FastifyInstance } from 'fastify';
import type { EventSink } from '../core/contracts/ports.ts';
import { startGraphQL } from '../graphql/apollo.ts';
import type { ServedGateway } from '../graphql/gateway.ts';
import { createServer } from '../http/server.ts';
import type { Config } from '../settings/gateway.ts';

export async function openServer(
  gateway: ServedGateway,
  config: Config,
  adminToken: string,
  events: EventSink,
): Promise<FastifyInstance> {
  const { maxUploadBytes, uploadMemory, uploadTimeout, maxSubscriptions } = config;
  const uploads = { maxBytes: maxUploadBytes, memoryBytes: uploadMemory };
  const graphql = await startGraphQL({ gateway, events, adminToken, uploads, maxSubscriptions });
  const batch = { maxFiles: config.batchFiles, maxBytes: config.batchBytes, timeoutMs: config.batchTimeout };
  const limits = { maxUploadBytes, uploadTimeout, batch, maxWebSockets: maxSubscriptions };
  return createServer({ graphql, events, trouble: () => troubleOf(gateway), ...limits });
}

/** Why this gateway should have no traffic; null if it may have some. */
function troubleOf({ pool, batches }: ServedGateway): string | null {
  return pool.isReady() ? batches.trouble() : 'the reserved workers are not all warm';
}
