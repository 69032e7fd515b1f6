import { expect, it } from 'vitest';
import {
  cancelledResult,
  type FileResult,
  formatFor,
  headerOf,
  lineOf,
  resultOf,
  Summary,
  unsentResult,
} from '../../../src/cli/batch/results.ts';

const SCORES = [
  { label: 'cat', confidence: 0.75 },
  { label: 'a "dog"', confidence: 0.25 },
];
const DONE: FileResult = { file: 'a.jpg', status: 'DONE', label: 'cat', confidence: 0.75, scores: SCORES, error: null };
const FAILED = unsentResult({ path: 'b, c.jpg', code: 'BAD_IMAGE', message: 'Line "1"\nand 2' });

it('a line of CSV has all scores in one field, as JSON', () => {
  expect(lineOf(DONE, 'csv')).toBe('a.jpg,DONE,cat,0.75,"{""cat"":0.75,""a \\""dog\\"""":0.25}",,\n');
});

it('what would break a line of CSV is quoted', () => {
  expect(lineOf(FAILED, 'csv')).toBe('"b, c.jpg",FAILED,,,,BAD_IMAGE,"Line ""1""\nand 2"\n');
});

it.each(['=1+1.jpg', '+1.jpg', '-1.jpg', '@home/1.jpg'])(
  'a line of CSV gives %s as a path, not as a formula',
  (file) => {
    expect(lineOf({ ...DONE, scores: null, file }, 'csv')).toBe(`./${file},DONE,cat,0.75,,,\n`);
    expect(JSON.parse(lineOf({ ...DONE, file }, 'jsonl')).file).toBe(file);
  },
);

it('a line of CSV has as many fields as its header', () => {
  expect(headerOf('csv').split(',')).toHaveLength(lineOf({ ...DONE, scores: null }, 'csv').split(',').length);
});

it('a line of JSON has what there is, and no more', () => {
  expect(JSON.parse(lineOf(DONE, 'jsonl'))).toEqual({
    file: 'a.jpg',
    status: 'DONE',
    label: 'cat',
    confidence: 0.75,
    scores: SCORES,
  });
  expect(JSON.parse(lineOf(FAILED, 'jsonl'))).toEqual({
    file: 'b, c.jpg',
    status: 'FAILED',
    error: { code: 'BAD_IMAGE', message: 'Line "1"\nand 2' },
  });
  expect(headerOf('jsonl')).toBe('');
});

it('an item becomes the result of its file, by the path of the file', () => {
  const { file: _, ...item } = DONE;
  const picture = { path: 'photos/a.jpg', size: 1, mtimeMs: 1 };
  expect(resultOf(picture, { ...item, index: 0, name: 'a.jpg' })).toEqual({ ...DONE, file: 'photos/a.jpg' });
});

it.each([
  ['r.jsonl', 'jsonl'],
  ['R.NDJSON', 'jsonl'],
  ['r.json', 'csv'],
  ['jsonl', 'csv'],
  [null, 'csv'],
] as const)('to %s goes %s', (path, format) => {
  expect(formatFor(path)).toBe(format);
});

const failed = (path: string) => unsentResult({ path, code: 'BAD_IMAGE', message: 'It is bad.' });

function summaryOf(results: readonly FileResult[]): Summary {
  const summary = new Summary();
  for (const result of results) summary.add(result);
  return summary;
}

it('is complete if all are done', () => {
  const summary = summaryOf(Array(1234).fill(DONE));
  expect(summary.isComplete).toBe(true);
  expect(summary.lines()).toEqual(['1,234 of 1,234 photos classified']);
});

it('lists those that failed', () => {
  const summary = summaryOf([DONE, failed('b.jpg'), cancelledResult({ path: 'c.jpg', size: 1, mtimeMs: 1 })]);
  expect(summary.isComplete).toBe(false);
  expect(summary.lines()).toEqual([
    '1 of 3 photos classified, 1 failed, 1 cancelled',
    '  b.jpg  BAD_IMAGE: It is bad.',
  ]);
});

it('lists 20 of them at most', () => {
  const paths = Array.from({ length: 25 }, (_, i) => `${i}.jpg`);
  const lines = summaryOf(paths.map(failed)).lines();
  expect(lines).toHaveLength(22);
  expect(lines.at(-1)).toBe('  and 5 more, see the results');
  expect(summaryOf(paths.slice(0, 20).map(failed)).lines()).toHaveLength(21);
});
