/** What became of each file: as a line of CSV or of JSON, and all of them together as a summary. */
import { csvLine, inertPath } from '../../client/csv.ts';
import type { BatchItem } from '../../client/gateway-client.ts';
import { formatNumber } from '../../lab/report/format.ts';
import type { PictureFile, Unsendable } from './pictures.ts';

export interface FileResult extends Omit<BatchItem, 'index' | 'name'> {
  /** Its path. */
  readonly file: string;
}

export type Format = 'csv' | 'jsonl';

const NOTHING = { label: null, confidence: null, scores: null, error: null };
const HEADER = 'file,status,label,confidence,scores,code,message\n';

export function resultOf({ path }: PictureFile, { index: _index, name: _name, ...outcome }: BatchItem): FileResult {
  return { file: path, ...outcome };
}

export function unsentResult({ path, code, message }: Unsendable): FileResult {
  return { ...NOTHING, file: path, status: 'FAILED', error: { code, message } };
}

/** Of a picture that was still to be sent when its batch was cancelled. */
export function cancelledResult({ path }: PictureFile): FileResult {
  return { ...NOTHING, file: path, status: 'CANCELLED' };
}

export function headerOf(format: Format): string {
  return format === 'csv' ? HEADER : '';
}

export function formatFor(path: string | null): Format {
  return path !== null && /\.(jsonl|ndjson)$/i.test(path) ? 'jsonl' : 'csv';
}

/** All scores are in one field of CSV, as a JSON object: it depends on the model which labels there are. */
export function lineOf({ file, status, label, confidence, scores, error }: FileResult, format: Format): string {
  if (format === 'jsonl') {
    const outcome = status === 'DONE' ? { label, confidence, scores } : { ...(error && { error }) };
    return `${JSON.stringify({ file, status, ...outcome })}\n`;
  }
  const shares = scores && JSON.stringify(Object.fromEntries(scores.map((score) => [score.label, score.confidence])));
  return `${csvLine([inertPath(file), status, label, confidence, shares, error?.code, error?.message])}\n`;
}

/** Most failed files that are listed. */
const MAX_LISTED = 20;

export class Summary {
  readonly #counts = { DONE: 0, FAILED: 0, CANCELLED: 0, QUEUED: 0, RUNNING: 0 };
  readonly #listed: string[] = [];
  #total = 0;

  add({ file, status, error }: FileResult): void {
    this.#total++;
    this.#counts[status]++;
    if (error && this.#listed.length < MAX_LISTED) this.#listed.push(`  ${file}  ${error.code}: ${error.message}`);
  }

  get isComplete(): boolean {
    return this.#counts.DONE === this.#total;
  }

  /** How many of each kind, and those that failed. */
  lines(): string[] {
    const { DONE, FAILED, CANCELLED } = this.#counts;
    const parts = [`${formatNumber(DONE, 0)} of ${formatNumber(this.#total, 0)} photos classified`];
    if (FAILED > 0) parts.push(`${formatNumber(FAILED, 0)} failed`);
    if (CANCELLED > 0) parts.push(`${formatNumber(CANCELLED, 0)} cancelled`);
    const unlisted = FAILED - this.#listed.length;
    const more = unlisted > 0 ? [`  and ${formatNumber(unlisted, 0)} more, see the results`] : [];
    return [parts.join(', '), ...this.#listed, ...more];
  }
}
