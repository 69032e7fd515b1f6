/** The model of the fixtures that never finishes a black picture, and a look at what the pool makes of it. */
import sharp from 'sharp';
import { vi } from 'vitest';
import { ADMIN_TOKEN } from '../support/gateway-process.ts';
import { query } from '../support/graphql-client.ts';

/** A file of that many bytes: what follows a PNG's end does no harm. */
export async function blackPicture(bytes: number): Promise<Buffer> {
  const png = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#000' } })
    .png()
    .toBuffer();
  return Buffer.concat([png, Buffer.alloc(bytes - png.length)]);
}

export interface Stats {
  readonly summary: { readonly queued: number; readonly reservedBusy: number; readonly onDemandBusy: number };
  readonly counters: Record<'submitted' | 'cancelled' | 'expired' | 'rejected' | 'workersDied', number>;
}

export async function poolStats(url: string): Promise<Stats> {
  const text =
    '{ poolStats { summary { queued reservedBusy onDemandBusy } counters { submitted cancelled expired rejected workersDied } } }';
  const { data } = await query<{ poolStats: Stats }>(url, text, {}, ADMIN_TOKEN);
  return (data as { poolStats: Stats }).poolStats;
}

/** Waits until what the pool says of itself fulfils the condition. */
export async function untilStats(url: string, condition: (stats: Stats) => boolean): Promise<void> {
  await vi.waitUntil(async () => condition(await poolStats(url)), { interval: 10, timeout: 10_000 });
}
