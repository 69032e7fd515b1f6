// Facts about how figures and receipts read.
import { describe, expect, it } from 'vitest';
import { GatewayFailure } from '../../src/web/gateway.ts';
import type { Progress } from '../../src/web/photo-board.ts';
import { boardProgress, duration, modelOption, percent, receiptLine, verdict } from '../../src/web/wording.ts';

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
    const failed: Progress = { stage: 'failed', failure: new GatewayFailure('OVERLOADED', 'full') };
    expect(boardProgress([{ progress: waiting }])).toBe('0 of 1 done');
    expect(boardProgress([{ progress: waiting }, { progress: failed }])).toBe('0 of 2 done, 1 failed');
  });
});
