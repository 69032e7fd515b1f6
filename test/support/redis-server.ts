/** A real redis-server for tests, on a free port, which keeps its data nowhere or in an append-only file across restarts. */
import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { freePort } from './free-port.ts';
import type { Part } from './require-part.ts';

const BINARY = 'redis-server';

export const redisPart: Part = {
  name: BINARY,
  available: spawnSync(BINARY, ['--version']).status === 0,
  howToGet: 'apt-get install redis-server',
};

export class RedisServer {
  readonly port: number;
  readonly #folder: string;
  readonly #durable: boolean;
  #process: ChildProcessByStdio<null, Readable, null> | undefined;

  private constructor(port: number, folder: string, durable: boolean) {
    this.port = port;
    this.#folder = folder;
    this.#durable = durable;
  }

  /** `durable`: what it has answered survives `kill`. */
  static async start({ durable = false } = {}): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), await mkdtemp(join(tmpdir(), 'redis-')), durable);
    await server.resume();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** With SIGKILL. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  }

  /** Starts it after `kill`, on the same port, with the data of before if it is durable. */
  async resume(): Promise<void> {
    const keep = this.#durable ? ['--appendonly', 'yes', '--appendfsync', 'always'] : ['--appendonly', 'no'];
    const place = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.#folder];
    const child = spawn(BINARY, [...place, '--save', '', ...keep], { stdio: ['ignore', 'pipe', 'ignore'] });
    this.#process = child;
    let log = '';
    for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
      log += chunk;
      if (log.includes('Ready to accept connections')) {
        child.stdout.resume();
        return;
      }
    }
    throw new Error(`redis-server did not start:\n${log}`);
  }

  /** With SIGSTOP: it is there but does not answer. */
  freeze(): void {
    this.#process?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#process?.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
