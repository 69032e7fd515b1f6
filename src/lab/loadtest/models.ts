/** The models of the gateway under test: a name that it does not serve would make every request fail. */
import { type GatewayAddress, queryGateway } from './gateway-query.ts';
import { LoadTestError } from './load-test-error.ts';

interface Model {
  readonly name: string;
  readonly version: string;
  readonly aliases: readonly string[];
}

/** Throws a LoadTestError unless the gateway serves `reference`: `name`, `name@alias` or `name@version`. */
export async function requireModel(gateway: GatewayAddress, reference: string): Promise<void> {
  const { models } = await queryGateway<{ models: readonly Model[] }>(gateway, '{ models { name version aliases } }');
  const known = models.flatMap(({ name, version, aliases }) => [
    name,
    ...[version, ...aliases].map((of) => `${name}@${of}`),
  ]);
  if (known.includes(reference)) return;
  const names = [...new Set(known)].join(', ');
  throw new LoadTestError(`--model is ${JSON.stringify(reference)}: ${gateway.url.href} serves ${names}`);
}
