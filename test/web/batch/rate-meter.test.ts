// Facts about the rate.
import { describe, expect, it } from 'vitest';
import { RateMeter } from '../../../src/web/batch/rate-meter.ts';

describe('RateMeter', () => {
  it('knows nothing at first', () => {
    const meter = new RateMeter();
    expect(meter.perSecond).toBeNull();
    meter.sample(0, 0);
    meter.sample(500, 10);
    expect(meter.perSecond).toBeNull();
  });

  it('gives the rate over the last ten seconds', () => {
    const meter = new RateMeter();
    for (let second = 0; second <= 30; second++) meter.sample(second * 1000, second < 20 ? 0 : (second - 20) * 5);
    expect(meter.perSecond).toBe(5);
  });
});
