// Facts about how figures and receipts read.
import { describe, expect, it } from 'vitest';
import { RequestFailure } from '../../src/client/answer.ts';
import type { BatchItem } from '../../src/client/gateway-client.ts';
import { BatchItems } from '../../src/web/batch/batch-items.ts';
import type { Progress } from '../../src/web/photo-board.ts';
import {
  baseName,
  batchFigures,
  batchPace,
  boardProgress,
  duration,
  failureText,
  folderNotice,
  groupName,
  itemVerdict,
  modelOption,
  nameInFolder,
  percent,
  receiptLine,
  timeLeft,
  verdict,
} from '../../src/web/wording.ts';

describe('wording', () => {
  it('gives a verdict two decimals', () => {
    expect(verdict({ label: 'cat', confidence: 0.9812 })).toBe('cat 0.98');
  });

  it('gives a score one decimal of a percent', () => {
    expect([percent(1), percent(0.0164), percent(0)]).toEqual(['100.0%', '1.6%', '0.0%']);
  });

  it.each([
    [0, '0 ms'],
    [0.04, '0 ms'],
    [0.44, '0.4 ms'],
    [9.04, '9 ms'],
    [9.94, '9.9 ms'],
    [9.96, '10 ms'],
    [38.4, '38 ms'],
    [999.4, '999 ms'],
    [999.5, '1 s'],
    [32_319, '32.3 s'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });

  it('puts worker kind and total time on the receipt line', () => {
    expect(receiptLine({ worker: 'RESERVED', totalMs: 9.02, coldStart: false })).toBe('reserved worker · 9 ms');
  });

  it('says on the receipt line that the request waited for a cold start', () => {
    const line = receiptLine({ worker: 'ON_DEMAND', totalMs: 412, coldStart: true });
    expect(line).toBe('on-demand worker · 412 ms · cold start');
  });

  it('lists the aliases of a model version only if it has any', () => {
    const model = { name: 'cat-dog', version: '2', labels: ['cat', 'dog'] };
    expect(modelOption({ ...model, aliases: ['prod', 'canary'] })).toBe('cat-dog@2 (prod, canary): cat, dog');
    expect(modelOption({ ...model, aliases: [] })).toBe('cat-dog@2: cat, dog');
  });

  it('counts failures apart from what is done, and only if there are any', () => {
    const waiting: Progress = { stage: 'waiting' };
    const failed: Progress = { stage: 'failed', failure: new RequestFailure('OVERLOADED', 'full') };
    expect(boardProgress([{ progress: waiting }])).toBe('0 of 1 done');
    expect(boardProgress([{ progress: waiting }, { progress: failed }])).toBe('0 of 2 done, 1 failed');
  });

  it.each([
    ['OVERLOADED', 'The queue is full.', 'The queue is full.'],
    ['NO_ANSWER', 'no answer (Failed to fetch)', 'The gateway did not answer, or a photo could not be read.'],
    ['HTTP_502', 'no GraphQL answer (HTTP status 502)', 'The gateway answered with status 502.'],
  ])('says why there is no answer: %s', (code, message, text) => {
    expect(failureText({ code, message })).toBe(text);
  });

  it('says of a photo of a batch what it shows, or why not, in a word', () => {
    const item: BatchItem = { index: 0, name: '', status: 'DONE', label: 'cat', confidence: 0.98, error: null };
    const error = { code: 'BAD_IMAGE', message: 'no' };
    expect(itemVerdict(item)).toBe('cat 0.98');
    expect(itemVerdict({ ...item, status: 'FAILED', error })).toBe('BAD_IMAGE');
    expect(itemVerdict({ ...item, status: 'RUNNING' })).toBe('Queued');
    expect(itemVerdict({ ...item, status: 'CANCELLED' })).toBe('Cancelled');
  });

  it('names groups of photos, labels as they are', () => {
    expect([groupName('all'), groupName('failed'), groupName('label:dog')]).toEqual(['All', 'Failed', 'dog']);
  });

  it('leaves the folders out of a name', () => {
    expect([baseName('a/b/c.jpg'), baseName('c.jpg')]).toEqual(['c.jpg', 'c.jpg']);
    expect([nameInFolder('a/b/c.jpg'), nameInFolder('c.jpg')]).toEqual(['b/c.jpg', 'c.jpg']);
  });

  it('says how far a batch is', () => {
    const items = new BatchItems(Array.from({ length: 1200 }, () => ''));
    items.set({ index: 0, name: '', status: 'DONE', label: 'cat', confidence: 1, error: null });
    expect(batchFigures({ phase: 'running', items })).toBe('1 of 1,200 done');
    items.set({ index: 1, name: '', status: 'FAILED', label: null, confidence: null, error: null });
    expect(batchFigures({ phase: 'uploading', items })).toBe('1 of 1,200 done, 1 failed');
    expect(batchFigures({ phase: 'cancelled', items })).toBe('Cancelled. 1 of 1,200 done, 1 failed');
  });

  it('says how fast a batch is and how long it will take, once that is known', () => {
    const running = { phase: 'running', sent: 1, items: new BatchItems(['', '', '', '']) } as const;
    expect(batchPace({ ...running, rate: null, answered: 0 })).toBe('');
    expect(batchPace({ ...running, rate: 0, answered: 0 })).toBe('');
    expect(batchPace({ ...running, rate: 1.26, answered: 2 })).toBe('1.3 photos/s, 2 s left');
    expect(batchPace({ ...running, rate: 41.7, answered: 4 })).toBe('42 photos/s, 1 s left');
    const uploading = { ...running, phase: 'uploading', sent: 0.439 } as const;
    expect(batchPace({ ...uploading, rate: null, answered: 0 })).toBe('uploading 43%');
    expect(batchPace({ ...uploading, rate: 2, answered: 0 })).toBe('uploading 43%, 2 photos/s, 2 s left');
  });

  it.each([
    [0.2, '1 s'],
    [59.4, '60 s'],
    [59.6, '1 min'],
    [150, '3 min'],
    [3569, '59 min'],
    [3600, '1 h 0 min'],
    [5400, '1 h 30 min'],
  ])('rounds %d s to %s', (seconds, text) => {
    expect(timeLeft(seconds)).toBe(text);
  });

  it('speaks of a folder only if there is something to say', () => {
    expect(folderNotice(3, 0)).toBe('');
    expect(folderNotice(3, 1)).toBe('One file that is no picture was left out.');
    expect(folderNotice(3, 1200)).toBe('1,200 files that are no pictures were left out.');
    expect(folderNotice(0, 2)).toBe('There are no pictures in this folder.');
  });
});
