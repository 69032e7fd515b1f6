// How figures and receipts read on the page.
import { NO_ANSWER, type RequestFailure } from '../client/answer.ts';
import type { BatchItem, Classification, Model, Receipt } from '../client/gateway-client.ts';
import type { Filter } from './batch/batch-items.ts';
import type { BatchSession } from './batch/batch-session.ts';
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

/** Why there is no answer: in the gateway's own words, if it gave any. */
export function failureText({ code, message }: Pick<RequestFailure, 'code' | 'message'>): string {
  // The browser does not say which of the two it was.
  if (code === NO_ANSWER) return 'The gateway did not answer, or a photo could not be read.';
  return code.startsWith('HTTP_') ? `The gateway answered with status ${code.slice('HTTP_'.length)}.` : message;
}

const COUNT = new Intl.NumberFormat('en');

/** Such as 10,000. */
export function count(number: number): string {
  return COUNT.format(number);
}

export function groupName(group: Filter): string {
  if (group === 'all') return 'All';
  if (group.startsWith('label:')) return group.slice('label:'.length);
  return group[0]?.toUpperCase() + group.slice(1);
}

/** What a photo of a batch shows, or what else there is to say of it in a word. */
export function itemVerdict({ status, label, confidence, error }: BatchItem): string {
  if (status === 'DONE') return verdict({ label: label ?? '', confidence: confidence ?? 0 });
  if (status === 'FAILED') return error?.code ?? 'ERROR';
  return status === 'CANCELLED' ? 'Cancelled' : 'Queued';
}

/** Without the folders, for which there is no room in a small cell. */
export function baseName(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/** With the folder that it is in, where the photo itself cannot be shown. */
export function nameInFolder(name: string): string {
  return name.split('/').slice(-2).join('/');
}

/** How far a batch is, such as "1,198 of 10,000 done, 12 failed". */
export function batchFigures({ phase, items }: Pick<BatchSession, 'phase' | 'items'>): string {
  const failed = items.count('failed');
  const done = items.size - failed - items.count('waiting') - items.count('cancelled');
  const figures = `${count(done)} of ${count(items.size)} done${failed > 0 ? `, ${count(failed)} failed` : ''}`;
  switch (phase) {
    case 'loading':
      return 'Loading the batch';
    case 'cancelled':
      return `Cancelled. ${figures}`;
    case 'refused':
      return 'The upload failed';
    case 'gone':
      return 'This batch is no longer there: its upload was not complete, or it was removed because of its age. To classify its photos, choose them again.';
    default:
      return figures;
  }
}

/** How fast it goes, such as "uploading 43%, 52 photos/s, 2 min left"; empty if there is nothing to say. */
export function batchPace(batch: Pick<BatchSession, 'phase' | 'sent' | 'rate' | 'answered' | 'items'>): string {
  const { phase, sent, rate, answered, items } = batch;
  const parts: string[] = [];
  if (phase === 'uploading') parts.push(`uploading ${Math.floor(sent * 100)}%`);
  if (rate && (phase === 'uploading' || phase === 'running')) {
    parts.push(`${rate < 9.95 ? tenths(rate) : count(Math.round(rate))} photos/s`);
    parts.push(`${timeLeft((items.size - answered) / rate)} left`);
  }
  return parts.join(', ');
}

/** Rougher the longer it is: 8 s, 2 min, 1 h 5 min. */
export function timeLeft(seconds: number): string {
  if (seconds < 59.5) return `${Math.max(Math.ceil(seconds), 1)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** What is to be said of a folder besides its pictures; empty for nothing. */
export function folderNotice(pictures: number, leftOut: number): string {
  if (pictures === 0) return 'There are no pictures in this folder.';
  if (leftOut === 0) return '';
  return leftOut === 1
    ? 'One file that is no picture was left out.'
    : `${count(leftOut)} files that are no pictures were left out.`;
}

function tenths(value: number): string {
  return String(Math.round(value * 10) / 10);
}
