import { describe, expect, it } from 'vitest';
import { applyActivation } from '../../../src/worker/engine/activation.ts';

const applied = (activation: 'none' | 'softmax' | 'sigmoid', values: number[], labels: number) => {
  const array = Float32Array.from(values);
  applyActivation(activation, array, values.length / labels, labels);
  return [...array];
};

describe('applyActivation', () => {
  it('leaves the values alone for none', () => {
    expect(applied('none', [0.25, 0.75], 2)).toEqual([0.25, 0.75]);
  });

  it('gives every picture its own softmax', () => {
    const [a = 0, b = 0, ...second] = applied('softmax', [0, Math.log(3), 5, 5], 2);
    expect(a).toBeCloseTo(0.25);
    expect(b).toBeCloseTo(0.75);
    expect(second).toEqual([0.5, 0.5]);
  });

  it('does not overflow in softmax', () => {
    expect(applied('softmax', [1e30, 0, -1e30], 3)).toEqual([1, 0, 0]);
    expect(applied('softmax', [-1e30, -1e30], 2)).toEqual([0.5, 0.5]);
  });

  it('takes the sigmoid of each value, from -∞ to ∞', () => {
    expect(applied('sigmoid', [0, 1000, -1000], 3)).toEqual([0.5, 1, 0]);
  });

  it('leaves what is behind the n pictures alone', () => {
    const values = Float32Array.of(0, 0, 7);
    applyActivation('sigmoid', values, 1, 2);
    expect([...values]).toEqual([0.5, 0.5, 7]);
  });
});
