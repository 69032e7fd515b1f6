/**
 * The whole gateway, opened in one order: models and pool, schedule, batches, server. It is closed in the reverse order, so that what
 * was accepted is answered.
 *
 *   opened → listening → closed
 *          └→ closed     it could not listen, or was closed before
 */
import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { ServedGateway } from '../graphql/gateway.ts';
import { createServer } from '../http/server.ts';
import type { Config } from '../settings/gateway.ts';
import { ConfigError } from '../settings/setting.ts';
import { createLog, LogSink } from '../telemetry/log.ts';
import { openBatches } from './batches.ts';
import { openPool, startSchedule } from './pool.ts';

export interface RunningGateway {
  /** The one of the settings, or one that was made for this run. */
  readonly adminToken: string;
  /** Resolves to its address. Throws ConfigError, and closes the gateway, if it cannot listen. */
  listen(): Promise<string>;
  /** Answers what was accepted, for so long at the most, refuses what comes now, and stops the workers. */
  close(drainTimeoutMs: number): Promise<void>;
}

/** Throws UserError or GatewayError if it cannot be what the settings say; then nothing of it is left. */
export async function openGateway(config: Config): Promise<RunningGateway> {
  const log = createLog(config.logLevel);
  const events = new LogSink(log);
  const adminToken = config.adminToken ?? randomBytes(24).toString('base64url');
  const gateway = await openServed(config, events, log);
  const schedule = startSchedule(gateway, config, log);
  const server = await createServer({
    ...{ gateway, events, adminToken },
    maxUploadBytes: config.maxUploadBytes,
    uploadMemory: config.uploadMemory,
    uploadTimeout: config.uploadTimeout,
    maxSubscriptions: config.maxSubscriptions,
    batch: { maxFiles: config.batchFiles, maxBytes: config.batchBytes, timeoutMs: config.batchTimeout },
  });
  const close = async (drainTimeoutMs: number) => {
    schedule?.close();
    await drain(server, drainTimeoutMs);
    await gateway.batches.close();
    await gateway.pool.close();
  };
  return { adminToken, close, listen: () => listen(server, config, close) };
}

async function openServed(config: Config, events: LogSink, log: Logger): Promise<ServedGateway> {
  const gateway = await openPool(config, events, log);
  try {
    return { ...gateway, ...(await openBatches(config, { ...gateway, events, log })) };
  } catch (error) {
    await gateway.pool.close();
    throw error;
  }
}

async function listen(
  server: FastifyInstance,
  { port, host }: Config,
  close: RunningGateway['close'],
): Promise<string> {
  try {
    return await server.listen({ port, host });
  } catch (error) {
    await close(0);
    const { message } = error as Error;
    throw new ConfigError(`Cannot listen on ${host}:${port}: ${message}. Choose with --host and --port.`);
  }
}

async function drain(server: FastifyInstance, timeoutMs: number): Promise<void> {
  const giveUp = setTimeout(() => server.server.closeAllConnections(), timeoutMs);
  await server.close();
  clearTimeout(giveUp);
}
