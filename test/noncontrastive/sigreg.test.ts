import { noncontrastive, random, tf } from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { expectGradientMatchesFiniteDifferences } from '../helpers/gradients';
import { expectNoLeak } from '../helpers/memory';
import { randomDirections } from '../../lib/noncontrastive/prototypes';

const { eppsPulley, sigregLoss } = noncontrastive;
type Matrix = ReturnType<typeof tf.tensor2d>;
const normal = (seed: number, shape: [number, number]) =>
  random.normal(random.key(seed), shape) as Matrix;
const value = (t: { dataSync(): ArrayLike<number> }) => t.dataSync()[0]!;
const column = (values: number[]) => tf.tensor2d(values, [values.length, 1]);

/**
 * The k-th of n quantiles of the standard normal, by bisection of its distribution function
 * (Simpson's rule).
 */
const quantiles = (n: number): number[] => {
  const cdf = (x: number) => {
    const steps = 200;
    const h = x / steps;
    const density = (t: number) => Math.exp((-t * t) / 2) / Math.sqrt(2 * Math.PI);
    let sum = density(0) + density(x);
    for (let i = 1; i < steps; i++) sum += (i % 2 ? 4 : 2) * density(i * h);
    return 0.5 + (h / 3) * sum;
  };
  return Array.from({ length: n }, (_, k) => {
    let [low, high] = [-6, 6];
    for (let i = 0; i < 50; i++) {
      const middle = (low + high) / 2;
      if (cdf(middle) < (k + 0.5) / n) low = middle;
      else high = middle;
    }
    return (low + high) / 2;
  });
};

describe('the Epps-Pulley statistic', () => {
  it('is the closed form of its integral over the whole line', () => {
    // | phi_n - phi |^2 multiplied out: Gaussian integrals of cosines.
    const closed = (x: number[]) => {
      const n = x.length;
      const pairs = x
        .flatMap((a) => x.map((b) => Math.exp(-((a - b) ** 2) / 2)))
        .reduce((s, v) => s + v, 0);
      const single = x.map((a) => Math.exp((-a * a) / 4)).reduce((s, v) => s + v, 0);
      return (
        (Math.sqrt(2 * Math.PI) / n) * pairs -
        2 * Math.sqrt(Math.PI) * single +
        n * Math.sqrt((2 * Math.PI) / 3)
      );
    };
    for (const x of [[0], [1.3, -0.4], [0.2, 0.5, -1.7, 2.2, 0.9], quantiles(9)]) {
      expect(value(eppsPulley(column(x), { range: 7, knots: 141 }))).toBeCloseTo(closed(x), 4);
    }
    // The default's coarse grid on [-3, 3] leaves out little.
    const x = [0.2, 0.5, -1.7, 2.2, 0.9];
    expect(Math.abs(value(eppsPulley(column(x))) - closed(x))).toBeLessThan(0.05 * closed(x));
  });

  it('of exact normal quantiles is near 0, and grows with the distance from them: shifted, scaled, and made another shape', () => {
    const q = quantiles(200);
    const at = (f: (x: number) => number) => value(eppsPulley(column(q.map(f))));
    const exact = at((x) => x);
    expect(exact).toBeLessThan(0.01);
    for (const family of [
      (d: number) => (x: number) => x + d,
      (d: number) => (x: number) => x * (1 + d),
      (d: number) => (x: number) => x * (1 - d),
    ]) {
      const course = [0, 0.1, 0.2, 0.4, 0.8].map((d) => at(family(d)));
      for (let i = 1; i < course.length; i++)
        expect(course[i]!).toBeGreaterThan(course[i - 1]! + 0.01);
    }
    // Mean 0, variance 1, and not normal: two points.
    expect(at((x) => Math.sign(x))).toBeGreaterThan(10);
  });

  it('of normal samples has mean 1.05, whatever their number; of another distribution’s it grows with it', () => {
    for (const n of [16, 128])
      expect(Math.abs(value(eppsPulley(normal(n, [n, 1000])).mean()) - 1.05)).toBeLessThan(0.12);
    const uniform = (n: number) =>
      value(eppsPulley(random.uniform(random.key(1), [n, 200], -1, 1) as Matrix).mean());
    expect(uniform(1024) / uniform(256)).toBeGreaterThan(3);
  });

  it('has the gradient of its finite differences, and a bounded one far out', () => {
    expectGradientMatchesFiniteDifferences((x) => eppsPulley(x as Matrix).sum(), normal(1, [6, 2]));
    const far = tf.grad((x) => eppsPulley(x as Matrix).sum())(column([0, 1, -1, 1e4]));
    expect(value(far.abs().max())).toBeLessThan(10);
  });
});

describe('SIGReg', () => {
  it('is the mean of the statistic over random unit directions, drawn by the key', () => {
    const z = normal(1, [32, 5]);
    const directions = randomDirections(random.key(7), 40, 5);
    const expected = value(eppsPulley(tf.matMul(z, directions, false, true)).mean());
    expect(value(sigregLoss(z, random.key(7), { slices: 40 }))).toBeCloseTo(expected, 5);
    expect(value(sigregLoss(z, random.key(8), { slices: 40 }))).not.toBeCloseTo(expected, 4);
  });

  it('prefers N(0, I) to what is collapsed to a point, to a line, stretched, or shifted', () => {
    const z = normal(1, [256, 8]);
    const of = (z: Matrix) => value(sigregLoss(z, random.key(2), { slices: 64 }));
    const good = of(z);
    expect(good).toBeLessThan(2);
    const line = tf.matMul(z.slice([0, 0], [256, 1]), tf.ones([1, 8])) as Matrix;
    const others = [
      tf.zeros([256, 8]) as Matrix,
      line,
      z.mul([3, 1, 1, 1, 1, 1, 1, 0.1]) as Matrix,
      z.add(0.5) as Matrix,
    ];
    for (const other of others) expect(of(other)).toBeGreaterThan(3 * good);
  });

  it('leaks no tensor, and says what is wrong with its input', () => {
    const [z, key] = [normal(1, [8, 3]), random.key(0)];
    expectNoLeak(() => sigregLoss(z, key).dispose());
    expectNoLeak(() => eppsPulley(z).dispose());
    expect(() => eppsPulley(z, { knots: 1 })).toThrow('knots: 1 given');
    expect(() => eppsPulley(z, { range: 0 })).toThrow('range: 0 given');
    expect(() => sigregLoss(z, key, { slices: 0 })).toThrow('slices: 0 given');
    expect(() => sigregLoss(tf.zeros([3]) as unknown as Matrix, key)).toThrow(
      'z: shape [3] given, [batch, dim] expected',
    );
  });
});
