import { describe, expect, test } from 'vitest';
import { compile } from '../../../lib/core/compile';
import { tf, type Tensor, type Tensor2D } from '../../../lib/core/engine';
import { dispose } from '../../../lib/core/pytree';
import * as random from '../../../lib/core/random';
import { toys, checkerboard, gaussians8, type Toy } from '../../../lib/data/toys';
import { expectGradientMatchesFiniteDifferences } from '../../helpers/gradients';

/** Midpoints of a grid over the bounds, and the area of a cell. */
function grid({ bounds: [x0, x1, y0, y1] }: Toy, side: number): { points: Tensor2D; area: number } {
  const [dx, dy] = [(x1 - x0) / side, (y1 - y0) / side];
  const values = Float32Array.from({ length: 2 * side * side }, (_, k) => {
    const [i, axis] = [k >> 1, k & 1];
    return axis === 0 ? x0 + dx * ((i % side) + 0.5) : y0 + dy * (Math.floor(i / side) + 0.5);
  });
  return { points: tf.tensor2d(values, [side * side, 2]), area: dx * dy };
}

/** The integrals of p, of -p log p, and of p (log p)^2 over the bounds. */
function integrals(toy: Toy, side = 240) {
  const { points, area } = grid(toy, side);
  const logP = toy.logDensity(points).dataSync();
  let [mass, entropy, second] = [0, 0, 0];
  for (const l of logP) {
    if (l === -Infinity) continue;
    const p = Math.exp(l) * area;
    mass += p;
    entropy -= p * l;
    second += p * l * l;
  }
  return { mass, entropy, std: Math.sqrt(Math.max(0, second - entropy ** 2)) };
}

describe.each(Object.values(toys))('$name', (toy) => {
  test('its density integrates to 1 over the bounds', () => {
    expect(Math.abs(tf.tidy(() => integrals(toy)).mass - 1)).toBeLessThan(2e-5);
  });

  test("its samples' mean -log p is the density's entropy, within four standard errors", () => {
    const n = 20_000;
    tf.tidy(() => {
      const { entropy, std } = integrals(toy);
      const x = toy.sample(random.key(7), n);
      const nll = -toy.logDensity(x).mean().dataSync()[0]!;
      expect(Math.abs(nll - entropy)).toBeLessThan((4 * std) / Math.sqrt(n) + 1e-4);
    });
  });

  test('its samples fill the cells of a coarse board as the density says (chi-square)', () => {
    const n = 20_000,
      side = 8,
      fine = 30;
    tf.tidy(() => {
      const [x0, x1] = toy.bounds;
      const { points, area } = grid(toy, side * fine);
      const cellOf = (x: number, y: number) => {
        const at = (v: number) =>
          Math.min(side - 1, Math.max(0, Math.floor(((v - x0) / (x1 - x0)) * side)));
        return at(y) * side + at(x);
      };
      const [expected, observed] = [new Float64Array(side * side), new Float64Array(side * side)];
      const [at, logP] = [points.dataSync(), toy.logDensity(points).dataSync()];
      logP.forEach(
        (l, i) => (expected[cellOf(at[2 * i]!, at[2 * i + 1]!)]! += n * Math.exp(l) * area),
      );
      const samples = toy.sample(random.key(11), n).dataSync();
      for (let i = 0; i < n; i++) observed[cellOf(samples[2 * i]!, samples[2 * i + 1]!)]!++;
      const cells = [...expected.keys()].filter((c) => expected[c]! > 5);
      const chi2 = cells.reduce(
        (sum, c) => sum + (observed[c]! - expected[c]!) ** 2 / expected[c]!,
        0,
      );
      expect((chi2 - cells.length) / Math.sqrt(2 * cells.length)).toBeLessThan(4);
    });
  });

  test('the same key gives the same points, another key others; nothing leaks', () => {
    const [k1, k2] = [random.key(1), random.key(2)];
    const before = tf.memory().numTensors;
    const [a, b, c] = [toy.sample(k1, 50), toy.sample(k1, 50), toy.sample(k2, 50)];
    expect(a.dataSync()).toEqual(b.dataSync());
    expect(a.dataSync()).not.toEqual(c.dataSync());
    expect(a.shape).toEqual([50, 2]);
    const d = toy.logDensity(a);
    expect(d.shape).toEqual([50]);
    tf.dispose([a, b, c, d]);
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose([k1, k2]);
  });

  test('compiled, points and densities are what they are eagerly', () => {
    const [first, second] = [random.key(1), random.key(2)];
    const both = compile(
      (key: random.Key) => {
        const x = toy.sample(key, 40);
        return { x, logP: toy.logDensity(x) };
      },
      { mode: 'graph' },
    );
    dispose(both(first));
    const [compiled, x] = [both(second), toy.sample(second, 40)];
    const difference = (a: Tensor, b: Tensor) =>
      tf.tidy(() => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!);
    expect(difference(compiled.x, x)).toBeLessThan(1e-4);
    // The density is steep (slopes of 50 and more), and x itself is rounded.
    expect(difference(compiled.logP, toy.logDensity(compiled.x))).toBeLessThan(1e-3);
    both.dispose();
    dispose([compiled, x, first, second]);
  });

  test('nowhere is log p NaN, near or far', () => {
    const far = tf.tensor2d([
      [0, 0],
      [1e-7, 0],
      [30, -40],
      [-4, 4],
      [4, 4],
      [0, 2],
    ]);
    expect([...toy.logDensity(far).dataSync()].some(Number.isNaN)).toBe(false);
  });
});

test('the entropy of the checkerboard is log 32', () => {
  expect(tf.tidy(() => integrals(checkerboard)).entropy).toBeCloseTo(Math.log(32), 4);
});

test('at a centre of the 8 Gaussians the density is an eighth of the peak, plus the neighbours', () => {
  const [r, s2] = [4 / Math.SQRT2, 1 / 8];
  const sum = Array.from({ length: 8 }, (_, k) =>
    Math.exp(-(2 * r * r * (1 - Math.cos((2 * Math.PI * k) / 8))) / (2 * s2)),
  ).reduce((a, b) => a + b);
  expect(gaussians8.logDensity(tf.tensor2d([[r, 0]])).dataSync()[0]).toBeCloseTo(
    Math.log(sum / 8 / (2 * Math.PI * s2)),
    5,
  );
});

test('the gradient of log p is the score: at a point near one centre, (centre - x) / variance', () => {
  tf.tidy(() => {
    const x = tf.tensor2d([[4 / Math.SQRT2 + 0.2, -0.1]]);
    const score = tf
      .grad((at) => gaussians8.logDensity(at as Tensor2D).sum())(x)
      .dataSync();
    expect(score[0]).toBeCloseTo(-0.2 * 8, 3);
    expect(score[1]).toBeCloseTo(0.1 * 8, 3);
  });
});

test('the gradient of a curve’s log p is that of finite differences', () => {
  tf.tidy(() => {
    for (const toy of [toys.moons, toys.pinwheel, toys.spirals]) {
      const x = toy.sample(random.key(3), 4);
      expectGradientMatchesFiniteDifferences((at) => toy.logDensity(at as Tensor2D).sum(), x, {
        step: 5e-3,
        tolerance: 0.02,
      });
    }
  });
});

test('wrong shapes and counts are named', () => {
  expect(() => gaussians8.logDensity(tf.zeros([3, 3]) as Tensor2D)).toThrow(
    'x: shape [3, 3] given, [n, 2] expected',
  );
  expect(() => gaussians8.sample(random.key(0), 0)).toThrow('n: 0 given');
});
