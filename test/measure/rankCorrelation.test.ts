import { measure } from 'dark-matter';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const { rankCorrelation } = measure;

describe('rankCorrelation', () => {
  it('without ties is 1 - 6 sum d² / (n (n² - 1)), Spearman’s formula', () => {
    const permutations = fc
      .uniqueArray(fc.integer({ min: -1000, max: 1000 }), { minLength: 3, maxLength: 12 })
      .chain((a) =>
        fc.tuple(
          fc.constant(a),
          fc.shuffledSubarray(
            a.map((_, i) => i),
            { minLength: a.length },
          ),
        ),
      );
    fc.assert(
      fc.property(permutations, ([a, b]) => {
        const rank = (values: readonly number[]) =>
          values.map((value) => values.filter((other) => other < value).length);
        const [x, y] = [rank(a), rank(b)];
        const squares = x.reduce((sum, r, i) => sum + (r - y[i]!) ** 2, 0);
        const n = a.length;
        expect(rankCorrelation(a, b)).toBeCloseTo(1 - (6 * squares) / (n * (n * n - 1)), 10);
      }),
      { seed: 17 },
    );
  });

  it('shares the ranks of ties, as SciPy’s spearmanr', () => {
    // scipy.stats.spearmanr([1, 2, 2, 3, 5], [5, 6, 7, 8, 7]).statistic
    expect(rankCorrelation([1, 2, 2, 3, 5], [5, 6, 7, 8, 7])).toBeCloseTo(0.763157894736842, 12);
  });

  it('does not change where a list is stretched, as long as its order stays', () => {
    const [a, b] = [
      [3, 1, 4, 1, 5],
      [2, 7, 1, 8, 2],
    ];
    expect(
      rankCorrelation(
        a!.map((x) => x ** 3),
        b!.map(Math.exp),
      ),
    ).toBe(rankCorrelation(a!, b!));
    expect(
      rankCorrelation(
        a!,
        b!.map((x) => -x),
      ),
    ).toBe(-rankCorrelation(a!, b!));
  });

  it.each([
    [[1], [2], '1 and 1 values given'],
    [[1, 2], [1, 2, 3], '2 and 3 values given'],
    [[1, NaN], [1, 2], 'a: NaN given'],
    [[1, 2], [4, 4], 'b: 2 times 4 given'],
  ])('of %j and %j there is none', (a, b, message) => {
    expect(() => rankCorrelation(a, b)).toThrow(message);
  });
});
