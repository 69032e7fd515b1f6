// How figures and receipts read on the page.
import type { Classification, Model, Receipt } from './gateway.ts';
import type { Photo } from './photo-board.ts';

export function verdict({ label, confidence }: Pick<Classification, 'label' | 'confidence'>): string {
  return `${label} ${confidence.toFixed(2)}`;
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(1)}%`;
}

/** One decimal while it tells something: 0.4 ms, 9 ms, 38 ms, 32.3 s. */
export function duration(ms: number): string {
  if (ms >= 999.5) return `${tenths(ms / 1000)} s`;
  return ms < 9.95 ? `${tenths(ms)} ms` : `${Math.round(ms)} ms`;
}

export function workerKind({ worker }: Pick<Receipt, 'worker'>): string {
  return worker === 'RESERVED' ? 'reserved' : 'on-demand';
}

/** The receipt in one line, such as "reserved worker · 9 ms". */
export function receiptLine(receipt: Pick<Receipt, 'worker' | 'totalMs' | 'coldStart'>): string {
  const line = `${workerKind(receipt)} worker · ${duration(receipt.totalMs)}`;
  return receipt.coldStart ? `${line} · cold start` : line;
}

/** What `classify` calls this version. */
export function modelReference({ name, version }: Pick<Model, 'name' | 'version'>): string {
  return `${name}@${version}`;
}

export function modelOption(model: Pick<Model, 'name' | 'version' | 'aliases' | 'labels'>): string {
  const aliases = model.aliases.length > 0 ? ` (${model.aliases.join(', ')})` : '';
  return `${modelReference(model)}${aliases}: ${model.labels.join(', ')}`;
}

/** How far the photos on the page are, such as "3 of 5 done, 1 failed". */
export function boardProgress(photos: readonly Pick<Photo, 'progress'>[]): string {
  const done = photos.filter(({ progress }) => progress.stage === 'done').length;
  const failed = photos.filter(({ progress }) => progress.stage === 'failed').length;
  return `${done} of ${photos.length} done${failed > 0 ? `, ${failed} failed` : ''}`;
}

function tenths(value: number): string {
  return String(Math.round(value * 10) / 10);
}
