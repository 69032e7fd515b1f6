/** A gateway of the load test's own: a child process on a free port, which never outlives its parent. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { ConfigError } from '../../settings/setting.ts';

export interface GatewayAddress {
  /** Without the path of the GraphQL endpoint. */
  readonly url: URL;
  readonly adminToken: string | null;
}

const PROGRAM = createRequire(import.meta.url).resolve('#dist/lab/loadtest/serve-child.cjs');

/** Longest time until all reserved workers are warm, in ms. */
const READY_TIMEOUT_MS = 120_000;
const READY_POLL_MS = 50;
/** Longest time from SIGTERM to the exit, in ms; no request waits by then. */
const STOP_TIMEOUT_MS = 60_000;
/** Of what it says on stderr, characters. */
const LOG_TAIL = 2_000;

export class ServeProcess {
  readonly #command: string;
  readonly #adminToken = randomBytes(24).toString('base64url');
  readonly #child: ChildProcess;
  readonly #stdout: Readable;
  readonly #exited: Promise<unknown>;
  readonly #ended = new AbortController();
  #stopping = false;
  #log = '';

  /** Starts `warmpool serve` with these flags, on data of its own. */
  constructor(flags: readonly string[]) {
    const dataDir = mkdtempSync(join(tmpdir(), 'warmpool-'));
    const args = ['serve', ...flags, '--port', '0'];
    this.#command = args.join(' ');
    this.#child = spawn(process.execPath, [PROGRAM, ...args], {
      env: { ...process.env, WARMPOOL_DATA_DIR: dataDir, WARMPOOL_ADMIN_TOKEN: this.#adminToken },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // Ctrl-C is for the load test, which then stops its servers.
      detached: true,
    });
    this.#exited = once(this.#child, 'close').then(
      () => this.#ended.abort(this.#failure(this.#end())),
      (error: Error) => this.#ended.abort(this.#failure(`cannot be started (${error.message})`)),
    );
    void this.#exited.then(() => rmSync(dataDir, { recursive: true, force: true }));
    this.#stdout = this.#child.stdout as Readable;
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#log = `${this.#log}${text}`.slice(-LOG_TAIL);
    });
  }

  /** Aborted when it ends, with a ConfigError that says how. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /** Resolves when /readyz says 200. Throws a ConfigError if that does not come, or the reason of the signal. */
  async ready(signal: AbortSignal): Promise<GatewayAddress> {
    signal.throwIfAborted();
    const terminate = () => this.#terminate();
    signal.addEventListener('abort', terminate);
    const url = await this.#address();
    signal.removeEventListener('abort', terminate);
    const deadline = performance.now() + READY_TIMEOUT_MS;
    while (!(await isReady(url, signal))) {
      signal.throwIfAborted();
      this.ended.throwIfAborted();
      if (performance.now() > deadline) throw this.#failure(`was not ready within ${READY_TIMEOUT_MS / 1000} s`);
      await pause(READY_POLL_MS);
    }
    return { url, adminToken: this.#adminToken };
  }

  /** Sends SIGTERM, and resolves when it has ended. */
  async stop(): Promise<void> {
    this.#terminate();
    const overdue = setTimeout(() => this.#child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await this.#exited;
    clearTimeout(overdue);
  }

  /** Once: a second signal would cut off its orderly end. */
  #terminate(): void {
    if (!this.#stopping) this.#child.kill('SIGTERM');
    this.#stopping = true;
  }

  async #address(): Promise<URL> {
    for await (const line of createInterface({ input: this.#stdout })) {
      const address = /listens on (https?:\S+)/.exec(line)?.[1];
      if (!address) continue;
      // What else it prints is of no use, but unread it would keep the pipe from closing.
      this.#stdout.resume();
      return new URL(address);
    }
    await this.#exited;
    throw this.ended.reason;
  }

  #end(): string {
    if (this.#stopping) return 'was stopped';
    const { exitCode, signalCode } = this.#child;
    return exitCode === null ? `was ended by ${signalCode}` : `ended with exit code ${exitCode}`;
  }

  #failure(what: string): ConfigError {
    const lastLine = this.#log.trimEnd().split('\n').at(-1);
    return new ConfigError(`${this.#command} ${what}${lastLine ? `: ${lastLine}` : ''}`);
  }
}

async function isReady(url: URL, signal: AbortSignal): Promise<boolean> {
  try {
    const { ok, body } = await fetch(new URL('readyz', url), { signal });
    await body?.cancel();
    return ok;
  } catch {
    // It may end at any moment, and the caller sees that.
    return false;
  }
}
