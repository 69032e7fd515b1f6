// The results of a batch as a table that every spreadsheet reads (RFC 4180).
import type { BatchItem } from './batch-gateway.ts';

const HEADER = ['index', 'name', 'status', 'label', 'confidence', 'code', 'message'];
/** Without it, some programs take the text for another encoding than UTF-8. */
const BYTE_ORDER_MARK = '\uFEFF';

export function toCsv(items: Iterable<BatchItem>): string {
  const rows: (string | number | null | undefined)[][] = [HEADER];
  for (const { index, name, status, label, confidence, error } of items) {
    rows.push([index, inert(name), status, label, confidence, error?.code, error?.message]);
  }
  return BYTE_ORDER_MARK + rows.map((row) => `${row.map(field).join(',')}\r\n`).join('');
}

/** The same path, but in a form that no spreadsheet takes for a formula: whoever made the file may have chosen its name with care. */
function inert(path: string): string {
  return /^[=+\-@\t\r]/.test(path) ? `./${path}` : path;
}

function field(value: string | number | null | undefined): string {
  const text = String(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
