/** On which cores a run is. What this process starts inherits its cores, so it moves between those of the sides. */
import { execFileSync } from 'node:child_process';

export interface Cores {
  /** Such as `0,1` or `0-3`. */
  readonly server: string;
  readonly load: string;
  /** Starts something on the server's cores; its threads are counted by them. */
  onServerCores<T>(start: () => Promise<T>): Promise<T>;
}

/** The server's are those that this process has now: `taskset -c 0,1 npm run …`. `load`: null for the same ones. */
export function splitCores(load: string | null): Cores {
  // Only to move does it take taskset, which is Linux's.
  if (load === null) return { server: 'all', load: 'the same', onServerCores: (start) => start() };
  const server = ownCores();
  moveTo(load);
  return { server, load, onServerCores: (start) => onCores(server, start) };
}

/** Those of this process. */
export function ownCores(): string {
  return taskset().replace(/.*: /s, '').trim();
}

/** All threads of this process. */
export function moveTo(cores: string): void {
  taskset(cores);
}

/** Starts something there, while this process comes along. */
export async function onCores<T>(cores: string, start: () => Promise<T>): Promise<T> {
  const own = ownCores();
  moveTo(cores);
  try {
    return await start();
  } finally {
    moveTo(own);
  }
}

function taskset(cores?: string): string {
  return execFileSync('taskset', ['-a', '-c', '-p', ...(cores ? [cores] : []), `${process.pid}`], { encoding: 'utf8' });
}
