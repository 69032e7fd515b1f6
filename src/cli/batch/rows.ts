/** What becomes of each file, as it is written: a line of CSV, or of JSON. */
import type { BatchItem } from './gateway-client.ts';
import type { Picture, Unsendable } from './pictures.ts';

export interface Row extends Omit<BatchItem, 'name'> {
  readonly file: string;
}

export type Format = 'csv' | 'jsonl';

const NOTHING = { label: null, confidence: null, scores: null, error: null };
const HEADER = 'file,status,label,confidence,scores,code,message\n';

export function rowOf({ path }: Picture, { status, label, confidence, scores, error }: BatchItem): Row {
  return { file: path, status, label, confidence, scores, error };
}

export function unsentRow({ path, code, message }: Unsendable): Row {
  return { ...NOTHING, file: path, status: 'FAILED', error: { code, message } };
}

/** Of a picture that was still to be sent when its batch was cancelled. */
export function cancelledRow({ path }: Picture): Row {
  return { ...NOTHING, file: path, status: 'CANCELLED' };
}

export function headerOf(format: Format): string {
  return format === 'csv' ? HEADER : '';
}

export function lineOf(row: Row, format: Format): string {
  return format === 'csv' ? csvLine(row) : jsonLine(row);
}

export function formatFor(path: string | null): Format {
  return path !== null && /\.(jsonl|ndjson)$/i.test(path) ? 'jsonl' : 'csv';
}

/** All scores are in one field, as a JSON object: it depends on the model which labels there are. */
function csvLine({ file, status, label, confidence, scores, error }: Row): string {
  const shares = scores && JSON.stringify(Object.fromEntries(scores.map((score) => [score.label, score.confidence])));
  const fields = [inert(file), status, label, confidence, shares, error?.code, error?.message];
  return `${fields.map(csvField).join(',')}\n`;
}

/** The same path, but in a form that no spreadsheet takes for a formula: whoever made the file may have chosen its name with care. */
function inert(path: string): string {
  return /^[=+\-@\t\r]/.test(path) ? `./${path}` : path;
}

function csvField(value: string | number | null | undefined): string {
  const text = String(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function jsonLine({ file, status, label, confidence, scores, error }: Row): string {
  const outcome = status === 'DONE' ? { label, confidence, scores } : { ...(error && { error }) };
  return `${JSON.stringify({ file, status, ...outcome })}\n`;
}
