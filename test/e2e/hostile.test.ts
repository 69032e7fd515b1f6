// Facts about hostile files: each gets an answer or a typed error, and none stops or slows the gateway for others.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ErrorCode } from '../../src/core/contracts/errors.ts';
import { type GatewayProcess, startGateway } from '../support/gateway-process.ts';
import { itNeeds } from '../support/require-part.ts';
import { filesOf, nasty } from '../support/shared.ts';
import { photo } from '../worker/image/jpeg-segments.ts';
import { amongOthers, type HostileFile, healthOf, type Outcome, send, sendAll, summary } from './hostile-clients.ts';
import { HOSTILE } from './hostile-files.ts';

const MiB = 2 ** 20;
const LABELS = ['cat', 'dog', 'other'];
const REFUSALS: readonly ErrorCode[] = ['BAD_IMAGE', 'UNSUPPORTED_FORMAT', 'IMAGE_TOO_LARGE'];
const HONEST: HostileFile = { name: 'an honest picture', read: () => readFile(photo('cat-window.jpg')) };

let gateway: GatewayProcess;
let temporary: string;
beforeAll(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'warmpool-hostile-'));
  vi.stubEnv('TMPDIR', temporary);
  gateway = await startGateway('--reserved', '2', '--max-workers', '2');
  vi.unstubAllEnvs();
});
afterAll(async () => {
  await gateway.stop();
  await rm(temporary, { recursive: true });
});

async function survives(what: string, files: readonly HostileFile[]): Promise<readonly Outcome[]> {
  await send(gateway.url, HONEST);
  const before = await healthOf(gateway.url);
  const { outcomes, honest, peakBytes } = await amongOthers(gateway.url, HONEST, () => sendAll(gateway.url, files));
  process.stderr.write(summary(what, outcomes, before.memoryBytes, peakBytes));
  process.stderr.write(summary('meanwhile', honest, before.memoryBytes, peakBytes));

  expect(outcomes.filter(({ answer }) => ![...LABELS, ...REFUSALS].includes(answer))).toEqual([]);
  expect(outcomes.filter(({ message }) => message && /\n|node_modules|undefined|\/\w+\/\w+/.test(message))).toEqual([]);
  expect(new Set(honest.map(({ answer }) => answer))).toEqual(new Set(['cat']));
  expect(Math.max(...honest.map(({ ms }) => ms))).toBeLessThan(5000);
  expect(peakBytes - before.memoryBytes).toBeLessThan(300 * MiB);
  expect((await healthOf(gateway.url)).counters).toEqual({ ...before.counters, workersDied: 0 });
  expect(gateway.process.exitCode).toBeNull();
  expect(gateway.log()).not.toContain('internal error');
  return outcomes;
}

function unexpected(outcomes: readonly Outcome[]): Outcome[] {
  const expected = new Map(HOSTILE.map((file) => [file.name, file.expected]));
  return outcomes.filter(({ name, answer }) => answer !== expected.get(name));
}

describe('files made to break things', () => {
  it('get the answer or the refusal that fits each of them', async () => {
    expect(unexpected(await survives('made here', HOSTILE))).toEqual([]);
  });

  it('get it also when each comes eight times at once', async () => {
    const files = HOSTILE.flatMap((file) => Array.from({ length: 8 }, () => file));
    expect(unexpected(await survives('made here, eight times', files))).toEqual([]);
  });
});

describe('a corpus of pictures that broke other decoders', () => {
  const isAnswered = async () => {
    const files = (await filesOf(nasty)).map(({ name, bytes }) => ({ name, read: async () => bytes }));
    expect(await survives('corpus', files)).toHaveLength(files.length);
  };
  itNeeds(nasty, 'is answered or refused, each file of it', isAnswered, 180_000);
});

describe('after all that', () => {
  it('there is no new file in the folder for temporary files', async () => {
    // The gateway's own data lie there too in this test.
    expect((await readdir(temporary)).filter((name) => !name.startsWith('warmpool-'))).toEqual([]);
  });
});
