import { describe, expect, it } from 'vitest';
import { breakEvenShare } from '../../../src/lab/cost/monthly.ts';
import { REFERENCE_PRICES, referenceTable } from '../../../src/lab/cost/reference.ts';

describe('the preset reference', () => {
  it("reproduces the article's table to the hundredth", () => {
    const rows = referenceTable().map(({ label, bill }) => {
      const items = bill.items.map(({ cost }) => cost.toFixed(2)).join(' + ');
      return `${label}: ${items} = ${bill.total.toFixed(2)}`;
    });
    expect(rows).toEqual([
      'mixed: 738.00 + 267.84 = 1005.84',
      'reserved for the peak: 2190.00 + 526.52 = 2716.52',
      'elastic, latency-sensitive: 1314.00 + 526.52 = 1840.52',
      'elastic, cost-sensitive: 938.57 + 526.52 = 1465.09',
    ]);
  });

  it('has a reserved unit pay from 27.55 % of a month on', () => {
    expect(breakEvenShare(REFERENCE_PRICES)).toBeCloseTo(0.2755, 4);
  });
});
