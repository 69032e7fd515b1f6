// The results of a batch as a table that every spreadsheet reads (RFC 4180).
import type { BatchItem } from './batch-gateway.ts';

const HEADER = ['index', 'name', 'status', 'label', 'confidence', 'error'];

export function toCsv(items: Iterable<BatchItem>): string {
  const rows: (string | number | null)[][] = [HEADER];
  for (const { index, name, status, label, confidence, error } of items) {
    rows.push([index, name, status, label, confidence, error?.code ?? null]);
  }
  return rows.map((row) => `${row.map(field).join(',')}\r\n`).join('');
}

function field(value: string | number | null): string {
  const text = String(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
