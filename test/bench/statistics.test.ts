import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requireSame } from './measure.mjs';
import { quantile, ratio, spread } from './statistics.mjs';
import { evenly } from '../helpers/numbers';

describe('the figures of the benchmark', () => {
  it('are medians with percentiles, by straight lines between the ranks', () => {
    expect(spread([5, 1, 4, 2, 3])).toEqual({ median: 3, p10: 1.4, p90: 4.6 });
    expect(quantile([1, 2], 0.5)).toBe(1.5);
    expect(() => quantile([], 0.5)).toThrow('no values given');
  });

  it('lie within the values, in their order', () => {
    fc.assert(
      fc.property(fc.array(evenly(0.01, 1e6), { minLength: 1 }), (values) => {
        const { median, p10, p90 } = spread(values);
        expect(
          Math.min(...values) <= p10 &&
            p10 <= median &&
            median <= p90 &&
            p90 <= Math.max(...values),
        ).toBe(true);
      }),
    );
  });

  it('compare round by round: what slows both alike does not change the ratio', () => {
    expect(ratio([2, 20, 8], [4, 40, 16])).toEqual({ median: 0.5, p10: 0.5, p90: 0.5 });
  });

  it('are for the same arithmetic only: a loss that is 2e-4 away is refused', () => {
    expect(() => requireSame([1, 2, 3], [1, 2, 3.0001])).not.toThrow();
    expect(() => requireSame([1, 2, 3], [1, 2, 3.0006])).toThrow('another loss');
    expect(() => requireSame([1, NaN, 3], [1, 2, 3])).toThrow('another loss');
  });
});
