import { expect, it } from 'vitest';
import { cancelledRow, type Row, unsentRow } from '../../../src/cli/batch/rows.ts';
import { Tally } from '../../../src/cli/batch/tally.ts';

const DONE: Row = { file: 'a.jpg', status: 'DONE', label: 'cat', confidence: 1, scores: [], error: null };
const failed = (path: string) => unsentRow({ path, code: 'BAD_IMAGE', message: 'It is bad.' });

function tallyOf(rows: readonly Row[]): Tally {
  const tally = new Tally();
  for (const row of rows) tally.add(row);
  return tally;
}

it('is complete if all are done', () => {
  const tally = tallyOf(Array(1234).fill(DONE));
  expect(tally.isComplete).toBe(true);
  expect(tally.lines()).toEqual(['1,234 of 1,234 photos classified']);
});

it('lists those that failed', () => {
  const tally = tallyOf([DONE, failed('b.jpg'), cancelledRow({ path: 'c.jpg', size: 1, mtimeMs: 1 })]);
  expect(tally.isComplete).toBe(false);
  expect(tally.lines()).toEqual(['1 of 3 photos classified, 1 failed, 1 cancelled', '  b.jpg  BAD_IMAGE: It is bad.']);
});

it('lists 20 of them at most', () => {
  const paths = Array.from({ length: 25 }, (_, i) => `${i}.jpg`);
  const lines = tallyOf(paths.map(failed)).lines();
  expect(lines).toHaveLength(22);
  expect(lines.at(-1)).toBe('  and 5 more, see the results');
  expect(tallyOf(paths.slice(0, 20).map(failed)).lines()).toHaveLength(21);
});
