/** One of two gateways is killed in the middle of a batch: when the other has run what it was running, and what is left of it. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createClient } from 'graphql-sse';
import type { PictureFile } from '../../src/cli/batch/pictures.ts';
import { ADMIN_TOKEN } from '../support/gateway-process.ts';
import { type GraphQLAnswer, query } from '../support/graphql-client.ts';
import { BatchRun } from './batch-run.ts';
import type { Cluster } from './cluster-setup.ts';
import type { ServerProcess } from './server-process.ts';

export interface Takeover {
  /** Items that the dead gateway was running. */
  readonly left: number;
  /** Of these seconds all count from the kill, but for `wholeSeconds`. Undefined if it left none. */
  readonly againSeconds: number | undefined;
  /** Until the cluster no longer lists the dead gateway. */
  readonly goneSeconds: number;
  /** Until no picture is left on the disk. */
  readonly spoolEmptySeconds: number;
  readonly doneAtKill: number;
  readonly wholeSeconds: number;
  /** Different items that are done. */
  readonly results: number;
  /** Events of items, and how many of them are second ones of an item. */
  readonly events: number;
  readonly twice: number;
  /** Whether the numbers of all events are 1, 2, 3 … */
  readonly withoutGaps: boolean;
}

interface Item {
  readonly index: number;
}

interface ItemsData {
  readonly batch: {
    readonly items: { readonly nodes: readonly Item[]; readonly next: string | null };
  };
}

const LOOK_MS = 20;
/** By then the other gateway has done what it had begun itself: a few pictures. */
const OWN_ITEMS_MS = 400;
const LIMIT_MS = 120_000;
const NEVER = new AbortController().signal;
const ITEMS = `query ($id: ID!, $after: String, $status: ItemStatus) {
  batch(id: $id) { items(first: 1000, after: $after, status: $status) { nodes { index } next } }
}`;
const PROGRESS = 'subscription ($id: ID!) { batchProgress(id: $id, after: 0) { seq item { index } } }';

/** The upload goes to the one that stays. */
export async function measureTakeover(
  { gateways, dataDir }: Cluster,
  photos: readonly PictureFile[],
): Promise<Takeover> {
  const [survivor, doomed] = gateways as [ServerProcess, ServerProcess];
  const run = new BatchRun(survivor, NEVER);
  const upload = run.upload(photos);
  const watched = run.watch(upload);
  const doneAtKill = await halfDone(run, photos.length);
  await doomed.kill();
  const killedAt = performance.now();
  const since = () => (performance.now() - killedAt) / 1000;
  const when = async (holds: () => Promise<boolean>) => {
    await until(holds);
    return since();
  };
  const [again, goneSeconds, { seconds: wholeSeconds }, spoolEmptySeconds] = await Promise.all([
    rerun(survivor, run.id, when),
    when(async () => (await nodeCount(survivor)) === 1),
    watched,
    watched.then(() => when(async () => (await readdir(join(dataDir, 'spool'))).length === 0)),
  ]);
  const times = { goneSeconds, wholeSeconds, spoolEmptySeconds };
  return { ...again, ...times, doneAtKill, ...(await accountOf(survivor, run.id)) };
}

async function halfDone(run: BatchRun, total: number): Promise<number> {
  for (;;) {
    const done = (await run.look())?.done ?? 0;
    if (done >= total / 2) return done;
    await wait(LOOK_MS);
  }
}

/** An item that its gateway left stays RUNNING until the other one is through with it. */
async function rerun({ url }: ServerProcess, id: string, when: (holds: () => Promise<boolean>) => Promise<number>) {
  const running = async () => (await itemsOf(url, id, 'RUNNING')).map(({ index }) => index);
  const before = new Set(await running());
  await wait(OWN_ITEMS_MS);
  const left = new Set((await running()).filter((index) => before.has(index)));
  if (left.size === 0) return { left: 0, againSeconds: undefined };
  const againSeconds = await when(async () => !(await running()).some((index) => left.has(index)));
  return { left: left.size, againSeconds };
}

async function nodeCount({ url }: ServerProcess): Promise<number | undefined> {
  const text = '{ poolStats { cluster { nodes { id } } } }';
  const { data } = await query<{ poolStats: { cluster: { nodes: unknown[] } } }>(url, text, {}, ADMIN_TOKEN);
  return data?.poolStats.cluster.nodes.length;
}

async function accountOf({ url }: ServerProcess, id: string) {
  const done = new Set((await itemsOf(url, id, 'DONE')).map(({ index }) => index));
  const client = createClient({ url: `${url}/graphql/stream` });
  const seqs: number[] = [];
  const told: number[] = [];
  for await (const { data } of client.iterate<{ batchProgress: { seq: number; item: Item | null } }>({
    query: PROGRESS,
    variables: { id },
  })) {
    if (!data) throw new Error('The events of the batch did not come.');
    const { seq, item } = data.batchProgress;
    seqs.push(seq);
    if (item !== null) told.push(item.index);
  }
  client.dispose();
  const withoutGaps = seqs.every((seq, i) => seq === i + 1);
  return { results: done.size, events: told.length, twice: told.length - new Set(told).size, withoutGaps };
}

async function itemsOf(url: string, id: string, status: 'RUNNING' | 'DONE'): Promise<readonly Item[]> {
  const items: Item[] = [];
  let after: string | null = null;
  do {
    const answer: GraphQLAnswer<ItemsData> = await query<ItemsData>(url, ITEMS, { id, after, status });
    if (!answer.data) throw new Error(`The items did not come: ${answer.errors?.[0]?.message}`);
    const { nodes, next } = answer.data.batch.items;
    items.push(...nodes);
    after = next;
  } while (after !== null);
  return items;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const limit = performance.now() + LIMIT_MS;
  while (!(await holds())) {
    if (performance.now() > limit) throw new Error(`It did not happen within ${LIMIT_MS} ms: ${holds}`);
    await wait(LOOK_MS);
  }
}
