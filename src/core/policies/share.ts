import type { Priority } from '../contracts/types.ts';

/** Whose turn it is: interactive requests', unless bulk is owed one. `owed` is in requests, and may be below 0. */
export function goesFirst(interactive: number, bulk: number, owed: number): Priority {
  if (bulk === 0) return 'interactive';
  if (interactive === 0) return 'bulk';
  return owed >= 1 ? 'bulk' : 'interactive';
}
