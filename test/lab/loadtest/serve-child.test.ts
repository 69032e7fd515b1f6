import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { ROOT, SYNTHETIC } from '../../support/gateway-process.ts';

const PARENT = `
import { ServeProcess } from './dist/lab/loadtest/serve-process.js';
const server = new ServeProcess(process.argv.slice(1));
const { url } = await server.ready(new AbortController().signal);
console.log(url.href);
`;

it('a gateway ends with the load test that started it, even if that is killed', async () => {
  const parent = spawn(process.execPath, ['--input-type=module', '-e', PARENT, '--', ...SYNTHETIC], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [url] = await once(createInterface({ input: parent.stdout }), 'line');
  expect(await answers(url)).toBe(true);
  parent.kill('SIGKILL');
  await expect.poll(() => answers(url)).toBe(false);
});

async function answers(url: string): Promise<boolean> {
  return fetch(`${url}healthz`).then(
    () => true,
    () => false,
  );
}
