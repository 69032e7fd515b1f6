/** A real nginx with the configuration of deploy/, of which a test changes nothing but the addresses. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { ROOT } from './gateway-process.ts';
import type { Part } from './require-part.ts';

/** Its folder may not be in the path of who is not root. */
const NGINX = process.env.NGINX ?? '/usr/sbin/nginx';
const CONFIGURATION = join(ROOT, 'deploy/nginx.conf');

export const nginxPart: Part = {
  name: 'nginx',
  available: spawnSync(NGINX, ['-v']).status === 0,
  howToGet: 'apt-get install nginx, or set NGINX to its path',
};

export class Nginx {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly #folder: string;
  readonly #arguments: readonly string[];
  #process: ChildProcess | undefined;
  #log = '';

  private constructor(url: string, folder: string) {
    this.url = url;
    this.#folder = folder;
    const directives = `daemon off; pid ${folder}/nginx.pid;`;
    this.#arguments = ['-e', 'stderr', '-p', folder, '-c', join(folder, 'nginx.conf'), '-g', directives];
  }

  /** `gateways`: the two of the configuration, as `http://127.0.0.1:PORT`. */
  static async prepare(gateways: readonly [string, string]): Promise<Nginx> {
    const folder = await mkdtemp(join(tmpdir(), 'nginx-'));
    const port = await freePort();
    const configuration = withAddresses(await readFile(CONFIGURATION, 'utf8'), port, gateways);
    await writeFile(join(folder, 'nginx.conf'), configuration);
    return new Nginx(`http://127.0.0.1:${port}`, folder);
  }

  /** What it has complained about so far. */
  get log(): string {
    return this.#log;
  }

  /** What it says of its configuration: complaints, and in the last line whether it is good. */
  check(): string {
    return spawnSync(NGINX, ['-t', ...this.#arguments], { encoding: 'utf8' }).stderr;
  }

  /** Resolves once it listens. */
  async start(): Promise<void> {
    const child = spawn(NGINX, this.#arguments, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#process = child;
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#log += text;
    });
    const isUp = () =>
      fetch(this.url).then(
        ({ body }) => body?.cancel(),
        () => false,
      );
    while ((await isUp()) === false) {
      if (child.exitCode !== null) throw new Error(`nginx did not start:\n${this.#log}`);
    }
  }

  async stop(): Promise<void> {
    const child = this.#process;
    if (child && child.exitCode === null) {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    }
    await rm(this.#folder, { recursive: true });
  }
}

function withAddresses(configuration: string, port: number, gateways: readonly [string, string]): string {
  const addresses = { 'gateway-1:4000': hostOf(gateways[0]), 'gateway-2:4000': hostOf(gateways[1]) };
  const all = { ...addresses, 'listen 8080;': `listen 127.0.0.1:${port};` };
  return Object.entries(all).reduce((text, [written, real]) => {
    if (text.split(written).length !== 2) throw new Error(`${CONFIGURATION} does not have ${written} once`);
    return text.replace(written, real);
  }, configuration);
}

function hostOf(url: string): string {
  return new URL(url).host;
}
