import { describe, expect, test } from 'vitest';
import { tf, type Tensor2D } from '../../lib/core/engine';
import * as random from '../../lib/core/random';
import { toys, checkerboard, gaussians8, type Toy } from '../../lib/data/toys';
import { gaussLegendre } from '../../lib/data/mixture';

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
    const n = 20_000, side = 8, fine = 30;
    tf.tidy(() => {
      const [x0, x1] = toy.bounds;
      const { points, area } = grid(toy, side * fine);
      const cellOf = (x: number, y: number) => {
        const at = (v: number) => Math.min(side - 1, Math.max(0, Math.floor(((v - x0) / (x1 - x0)) * side)));
        return at(y) * side + at(x);
      };
      const [expected, observed] = [new Float64Array(side * side), new Float64Array(side * side)];
      const [at, logP] = [points.dataSync(), toy.logDensity(points).dataSync()];
      logP.forEach((l, i) => (expected[cellOf(at[2 * i]!, at[2 * i + 1]!)]! += n * Math.exp(l) * area));
      const samples = toy.sample(random.key(11), n).dataSync();
      for (let i = 0; i < n; i++) observed[cellOf(samples[2 * i]!, samples[2 * i + 1]!)]!++;
      const cells = [...expected.keys()].filter((c) => expected[c]! > 5);
      const chi2 = cells.reduce((sum, c) => sum + (observed[c]! - expected[c]!) ** 2 / expected[c]!, 0);
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

  test('nowhere is log p NaN, near or far', () => {
    const far = tf.tensor2d([[0, 0], [1e-7, 0], [30, -40], [-4, 4], [4, 4], [0, 2]]);
    expect([...toy.logDensity(far).dataSync()].some(Number.isNaN)).toBe(false);
  });
});

test('the entropy of the checkerboard is log 32', () => {
  expect(tf.tidy(() => integrals(checkerboard)).entropy).toBeCloseTo(Math.log(32), 4);
});

test('at a centre of the 8 Gaussians the density is an eighth of the peak, plus the neighbours', () => {
  const [r, s2] = [4 / Math.SQRT2, 1 / 8];
  const sum = Array.from({ length: 8 }, (_, k) => Math.exp(-(2 * r * r * (1 - Math.cos((2 * Math.PI * k) / 8))) / (2 * s2))).reduce((a, b) => a + b);
  expect(gaussians8.logDensity(tf.tensor2d([[r, 0]])).dataSync()[0]).toBeCloseTo(Math.log(sum / 8 / (2 * Math.PI * s2)), 5);
});

test('Gauss-Legendre integrates polynomials of degree 2 n - 1 exactly', () => {
  const { nodes, weights } = gaussLegendre(6);
  for (let degree = 0; degree < 12; degree++) {
    const integral = nodes.reduce((sum, x, i) => sum + weights[i]! * x ** degree, 0);
    expect(integral).toBeCloseTo(degree % 2 ? 0 : 2 / (degree + 1), 13);
  }
  const many = gaussLegendre(361);
  expect(many.nodes.reduce((sum, x, i) => sum + many.weights[i]! * Math.exp(x), 0)).toBeCloseTo(Math.E - 1 / Math.E, 12);
});

test('wrong shapes and counts are named', () => {
  expect(() => gaussians8.logDensity(tf.zeros([3, 3]) as Tensor2D)).toThrow('x: shape [3, 3] given, [n, 2] expected');
  expect(() => gaussians8.sample(random.key(0), 0)).toThrow('n: 0 given');
});
