/** `warmpool serve`: the gateway until a signal ends it, losing no accepted request. */
import { openGateway } from '../gateway/gateway.ts';
import type { Config } from '../settings/gateway.ts';
import type { Io } from './io.ts';

export async function serve(config: Config, { stdout }: Io): Promise<void> {
  const gateway = await openGateway(config);
  stopOnSignal(() => gateway.close(config.drainTimeout));
  const address = await gateway.listen();
  stdout.write(`Warmpool listens on ${address}/\n`);
  if (config.adminToken !== null) return;
  stdout.write(`Admin token, until the next start: ${gateway.adminToken}\n`);
}

/** The first signal begins an orderly end, after which the process ends by itself; the second one ends it at once. */
function stopOnSignal(close: () => Promise<void>): void {
  let stopping = false;
  const onSignal = () => {
    if (stopping) process.exit(1);
    stopping = true;
    void close();
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}
