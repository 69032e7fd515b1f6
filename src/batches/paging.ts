/** How what a store has found becomes a page, and where the next one begins. */
import { noCursor } from './refusals.ts';
import type { Page } from './types.ts';

/** `rows` go one beyond the page if another one follows; `toCursor` says what that will be asked for with. */
export function pageOf<Row, Node>(
  rows: readonly Row[],
  first: number,
  toNode: (row: Row) => Node,
  toCursor: (row: Row) => string | number,
): Page<Node> {
  const shown = rows.slice(0, first);
  const last = shown.at(-1);
  return {
    nodes: shown.map((row) => toNode(row)),
    next: rows.length > first && last !== undefined ? String(toCursor(last)) : null,
  };
}

/** The number that a page gave as its `next`; null for the first page. */
export function numberAfter(after: string | null): number | null {
  if (after === null) return null;
  if (/^\d{1,15}$/.test(after)) return Number(after);
  throw noCursor(after);
}
