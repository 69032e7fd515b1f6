/** A client of batches whose pictures can be told apart, and who knows what must have become of them in the end. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, vi } from 'vitest';
import { type BatchAnswer, CLASSIFY_BATCH } from '../graphql/batch-request.ts';
import { overWebSocket, type Subscribe, type Subscriber } from '../http/subscribers.ts';
import { ADMIN_TOKEN } from '../support/gateway-process.ts';
import { type GraphQLAnswer, query } from '../support/graphql-client.ts';

/** The label that the synthetic model gives to a picture of that colour. */
const COLOURS = { red: '#f00', green: '#0f0', blue: '#00f' };
const LABELS = Object.keys(COLOURS);
const PICTURES = await Promise.all(Object.values(COLOURS).map(jpeg));

export interface BatchState extends BatchAnswer {
  readonly failed: number;
  readonly cancelled: number;
}

interface Item {
  readonly index: number;
  readonly name: string;
  readonly status: string;
  readonly label: string | null;
}

export interface ProgressEvent {
  readonly seq: number;
  readonly state: string;
  readonly total: number;
  readonly done: number;
  readonly item: { readonly index: number; readonly status: string; readonly label: string } | null;
}

export type Progress = Subscriber<{ readonly batchProgress: ProgressEvent }>;

const FIELDS = 'id clientBatchId state model createdAt total done failed cancelled seq';
const PROGRESS = `subscription ($id: ID!, $after: Int) {
  batchProgress(id: $id, after: $after) { seq state total done item { index status label } }
}`;
const ITEMS = `query ($id: ID!, $status: ItemStatus) {
  batch(id: $id) { items(first: 1000, status: $status) { nodes { index name status label } } }
}`;

/** The picture at that place of every batch. */
export function pictureAt(index: number): Buffer {
  return PICTURES[index % PICTURES.length] as Buffer;
}

export function labelAt(index: number): string {
  return LABELS[index % LABELS.length] as string;
}

/** Rejects if the connection ends without an answer. */
export async function sendBatch(
  url: string,
  count: number,
  clientBatchId: string | null = null,
  picture: (index: number) => Uint8Array = pictureAt,
): Promise<GraphQLAnswer<{ classifyBatch: BatchState }>> {
  const form = new FormData();
  const images: null[] = Array(count).fill(null);
  form.set('operations', JSON.stringify({ query: CLASSIFY_BATCH, variables: { images, clientBatchId } }));
  form.set('map', JSON.stringify(Object.fromEntries(images.map((_, i) => [i, [`variables.images.${i}`]]))));
  for (let i = 0; i < count; i++) form.set(`${i}`, new Blob([picture(i) as Uint8Array<ArrayBuffer>]), `${i}.jpg`);
  const headers = { 'apollo-require-preflight': 'true' };
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: form });
  return (await response.json()) as GraphQLAnswer<{ classifyBatch: BatchState }>;
}

/** The same, of which the batch is known to be good. */
export async function uploadBatch(url: string, count: number, clientBatchId: string | null = null) {
  const { data, errors } = await sendBatch(url, count, clientBatchId);
  if (!data) throw new Error(`no batch: ${errors?.[0]?.message}`);
  return data.classifyBatch;
}

/** Null if there is none. */
export async function findBatch(url: string, id: string): Promise<BatchState | null> {
  const { data } = await query<{ batch: BatchState | null }>(url, `query ($id: ID!) { batch(id: $id) { ${FIELDS} } }`, {
    id,
  });
  return data?.batch ?? null;
}

/** All that the gateway keeps. */
export async function allBatches(url: string): Promise<readonly BatchState[]> {
  const text = `{ batches(first: 1000) { nodes { ${FIELDS} } } }`;
  const { data } = await query<{ batches: { nodes: readonly BatchState[] } }>(url, text, {}, ADMIN_TOKEN);
  return data?.batches.nodes ?? [];
}

/** The first thousand. */
async function itemsOf(url: string, id: string, status: string | null = null) {
  const { data } = await query<{ batch: { items: { nodes: readonly Item[] } } }>(url, ITEMS, { id, status });
  return data?.batch.items.nodes ?? [];
}

export function follow(url: string, id: string, after: number | null = null, subscribe = overWebSocket as Subscribe) {
  return subscribe<{ batchProgress: ProgressEvent }>(url, PROGRESS, { id, after });
}

/** Those before it was told to come back later, if it was. */
export function eventsIn({ results }: Progress): readonly ProgressEvent[] {
  return results.flatMap(({ data, errors }) => {
    if (data) return data.batchProgress;
    expect(errors).toMatchObject([{ extensions: { code: 'OVERLOADED' } }]);
    return [];
  });
}

/** Every event from the first one to the end of the batch. */
async function wholeLog(url: string, id: string): Promise<readonly ProgressEvent[]> {
  const progress = follow(url, id, 0);
  await progress.ended;
  return eventsIn(progress);
}

/** Each picture has the one result that is its own, and each of them was told once, in order and without a gap. */
export async function expectEachOnce(url: string, id: string, count: number): Promise<void> {
  expectWholeLog(await wholeLog(url, id), count);
  const batch = { state: 'COMPLETED', total: count, done: count, failed: 0, cancelled: 0, seq: count + 1 };
  expect(await findBatch(url, id)).toMatchObject(batch);
  const expected = Array.from({ length: count }, (_, index) => {
    return { index, name: `${index}.jpg`, status: 'DONE', label: labelAt(index) };
  });
  expect(await itemsOf(url, id)).toEqual(expected);
}

export function expectWholeLog(events: readonly ProgressEvent[], count: number): void {
  expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: count + 1 }, (_, i) => i + 1));
  const told = events.flatMap(({ item }) => item ?? []).sort((a, b) => a.index - b.index);
  expect(told).toEqual(Array.from({ length: count }, (_, index) => ({ index, status: 'DONE', label: labelAt(index) })));
  expect(events.at(-1)).toMatchObject({ state: 'COMPLETED', total: count, done: count });
}

/** Resolves when no picture is left there. */
export async function spoolIsEmpty(dataDir: string): Promise<void> {
  await until(async () => (await readdir(join(dataDir, 'spool'))).length === 0);
}

/** Looks again and again: only for what no event tells. */
/** A look at what is here may be repeated at once; questions to a gateway keep it from its work. */
export async function until(holds: () => Promise<boolean>, interval = 2): Promise<void> {
  await vi.waitUntil(holds, { interval, timeout: 15_000 });
}

function jpeg(background: string): Promise<Buffer> {
  const size = { width: 16, height: 16, channels: 3 } as const;
  return sharp({ create: { ...size, background } })
    .jpeg()
    .toBuffer();
}
