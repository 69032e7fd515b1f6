/** `warmpool serve`: config → gateway → listen → signals; and at the end the same in reverse, losing no accepted request. */
import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { openGateway, openServer, startSchedule } from '../gateway/app.ts';
import { openBatches } from '../gateway/open-batches.ts';
import type { ServedGateway } from '../graphql/gateway.ts';
import type { Config } from '../settings/gateway.ts';
import { ConfigError } from '../settings/setting.ts';
import { createLog, LogSink } from '../telemetry/log.ts';
import type { Io } from './io.ts';

export async function serve(config: Config, { stdout }: Io): Promise<void> {
  const log = createLog(config.logLevel);
  const events = new LogSink(log);
  const adminToken = config.adminToken ?? randomBytes(24).toString('base64url');
  const gateway = await openAll(config, events, log);
  const schedule = startSchedule(gateway, config, log);
  const server = await openServer(gateway, config, adminToken, events);
  const end = (drainTimeoutMs: number) => {
    schedule?.close();
    return shutDown(server, gateway, drainTimeoutMs);
  };
  stopOnSignal(() => end(config.drainTimeout));
  const address = await listen(server, config, end);
  stdout.write(`Warmpool listens on ${address}/\n`);
  if (config.adminToken === null) stdout.write(`Admin token, until the next start: ${adminToken}\n`);
}

async function openAll(config: Config, events: LogSink, log: Logger): Promise<ServedGateway> {
  const gateway = await openGateway(config, events, log);
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
  end: (drainTimeoutMs: number) => Promise<void>,
): Promise<string> {
  try {
    return await server.listen({ port, host });
  } catch (error) {
    await end(0);
    throw new ConfigError(
      `Cannot listen on ${host}:${port}: ${(error as Error).message}. Choose with --host and --port.`,
    );
  }
}

/** Answers what was accepted, refuses what comes now, then stops the workers. The process ends by itself after that. */
async function shutDown(server: FastifyInstance, gateway: ServedGateway, drainTimeoutMs: number): Promise<void> {
  const giveUp = setTimeout(() => server.server.closeAllConnections(), drainTimeoutMs);
  await server.close();
  clearTimeout(giveUp);
  await gateway.batches.close();
  await gateway.pool.close();
}

/** The first signal begins an orderly end, the second one ends at once. */
function stopOnSignal(shutDown: () => Promise<void>): void {
  let stopping = false;
  const onSignal = () => {
    if (stopping) process.exit(1);
    stopping = true;
    void shutDown();
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}
