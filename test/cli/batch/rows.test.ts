import { expect, it } from 'vitest';
import { formatFor, headerOf, lineOf, type Row, rowOf, unsentRow } from '../../../src/cli/batch/rows.ts';

const SCORES = [
  { label: 'cat', confidence: 0.75 },
  { label: 'a "dog"', confidence: 0.25 },
];
const DONE: Row = { file: 'a.jpg', status: 'DONE', label: 'cat', confidence: 0.75, scores: SCORES, error: null };
const FAILED = unsentRow({ path: 'b, c.jpg', code: 'BAD_IMAGE', message: 'Line "1"\nand 2' });

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

it('an item becomes the row of its file, by the path of the file', () => {
  const { file: _, ...item } = DONE;
  const picture = { path: 'photos/a.jpg', size: 1, mtimeMs: 1 };
  expect(rowOf(picture, { ...item, name: 'a.jpg' })).toEqual({ ...DONE, file: 'photos/a.jpg' });
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
