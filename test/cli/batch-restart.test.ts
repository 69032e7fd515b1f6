// Facts about `warmpool batch` and a real gateway that is killed under it.
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type GatewayProcess, SYNTHETIC, startGateway } from '../support/gateway-process.ts';
import { plainPicture } from '../support/pictures.ts';
import { desk, jsonLines, numbered } from './batch/desk.ts';

it('a gateway that is killed and started again classifies each picture once, and the command never notices', async () => {
  const { photos, start, folder } = desk();
  const serve = (port: string) =>
    startGateway(...SYNTHETIC, '--port', port, '--data-dir', join(folder, 'data'), '--drill', 'service=20ms');
  photos(numbered(100), await plainPicture(200, 0, 0));
  let gateway: GatewayProcess = await serve('0');
  const { url, port } = { url: gateway.url, port: new URL(gateway.url).port };
  const running = start('photos', '--url', url, '--format', 'jsonl');
  await running.tells(/Classifying: [1-8]\d %/);
  gateway.process.kill('SIGKILL');
  await once(gateway.process, 'exit');
  await running.tells(/Trying again/);
  gateway = await serve(port);
  const { status, stdout } = await running.ended;
  expect(jsonLines(stdout)).toMatchObject(numbered(100).map((name) => ({ file: `photos/${name}`, status: 'DONE' })));
  expect(status).toBe(0);
  expect(await gateway.stop()).toBe(0);
}, 60_000);
