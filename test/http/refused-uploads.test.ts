// Facts about uploads that come to nothing: their memory is used again, however many there are.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN_TOKEN, type GatewayProcess, startGateway } from '../support/gateway-process.ts';
import { classify, query } from '../support/graphql-client.ts';

const MiB = 2 ** 20;
const UPLOADS = 60;
/** What only looks like a JPEG. */
const broken = Buffer.alloc(7 * MiB, 7);
broken.set([0xff, 0xd8, 0xff]);

let gateway: GatewayProcess;
beforeAll(async () => {
  const options = ['--reserved', '1', '--max-workers', '1', '--upload-memory', String(32 * MiB)];
  gateway = await startGateway('--model-dir', 'test/fixtures/models', '--model', 'synthetic', ...options);
});
afterAll(() => gateway.stop());

async function memory(): Promise<number> {
  const text = '{ poolStats { memoryBytes } }';
  const { data } = await query<{ poolStats: { memoryBytes: number } }>(gateway.url, text, {}, ADMIN_TOKEN);
  return data?.poolStats.memoryBytes ?? Number.NaN;
}

async function growthOf(options: Record<string, unknown> | null, code: string): Promise<number> {
  await classify(gateway.url, broken, options);
  const before = await memory();
  for (let i = 0; i < UPLOADS; i++) {
    const { errors } = await classify(gateway.url, broken, options);
    expect(errors?.[0]?.extensions.code).toBe(code);
  }
  return (await memory()) - before;
}

describe('many uploads one after the other need no more memory than one', () => {
  it('if they are no pictures', async () => {
    expect(await growthOf(null, 'BAD_IMAGE')).toBeLessThan(150 * MiB);
  });

  it('if there is no such model', async () => {
    expect(await growthOf({ model: 'tiger' }, 'MODEL_NOT_FOUND')).toBeLessThan(150 * MiB);
  });
});
