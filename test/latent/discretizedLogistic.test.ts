import { latent, nn, random, tf, type Tensor2D } from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { expectGradientMatchesFiniteDifferences } from '../helpers/gradients';
import { expectNoLeak } from '../helpers/memory';

/** A VAE whose decoder says what its latent is: first the means, then the log scales. */
const saying = (levels: number) =>
  latent.vae({
    encoder: nn.dense(1, 4),
    decoder: nn.identity,
    likelihood: { kind: 'discretizedLogistic', levels },
  });
const { params } = saying(256).init(random.key(0));

/** The probability of every level, of one pixel with this mean and log scale. */
function probabilities(levels: number, mean: number, logScale: number): number[] {
  const x = tf.tensor2d(
    Array.from({ length: levels }, (_, k) => k / (levels - 1)),
    [levels, 1],
  );
  const z = tf.tile(tf.tensor2d([[mean, logScale]]), [levels, 1]) as Tensor2D;
  return Array.from(saying(levels).distortion(params, x, z).dataSync(), (nll) => Math.exp(-nll));
}
const sigmoid = (t: number): number => 1 / (1 + Math.exp(-t));
const curves = [
  [0.5, -1],
  [-0.2, -2.5],
  [1.3, 0.5],
  [0.31, -5],
] as const;

describe('the discretized logistic likelihood', () => {
  it.each(curves)('at mean %d and log scale %d is a probability over all levels', (mean, s) => {
    for (const levels of [2, 5, 256]) {
      const all = probabilities(levels, mean, s);
      expect(all.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 3);
    }
  });

  it('gives each level the difference of the sigmoid at its two edges, and the outer ones the rest', () => {
    const [levels, mean, logScale] = [5, 0.4, -1.2];
    const at = (edge: number) => sigmoid((edge - mean) / Math.exp(logScale));
    const expected = [
      at(0.125),
      at(0.375) - at(0.125),
      at(0.625) - at(0.375),
      at(0.875) - at(0.625),
      1 - at(0.875),
    ];
    probabilities(levels, mean, logScale).forEach((p, k) => expect(p).toBeCloseTo(expected[k]!, 5));
  });

  it('with two levels is a coin', () => {
    const [mean, logScale] = [0.8, -0.7];
    const p = sigmoid((mean - 0.5) / Math.exp(logScale));
    const [black, white] = probabilities(2, mean, logScale);
    expect(white).toBeCloseTo(p, 5);
    expect(black).toBeCloseTo(1 - p, 5);
  });

  it('stays finite, and nearly linear in the distance, where the level is far from the curve', () => {
    const method = saying(256);
    const nll = (mean: number) =>
      method
        .distortion(params, tf.tensor2d([[0.5 + 0.5 / 255]]), tf.tensor2d([[mean, -6]]))
        .dataSync()[0]!;
    const scale = Math.exp(-6);
    expect(nll(30) - nll(20)).toBeCloseTo(10 / scale, -1);
  });

  it.each(curves)('at mean %d and log scale %d expects the mean of its levels', (mean, s) => {
    const levels = 256;
    const expected = probabilities(levels, mean, s).reduce(
      (sum, p, k) => sum + (p * k) / (levels - 1),
      0,
    );
    const [grey] = saying(levels)
      .decode(params, tf.tensor2d([[mean, s]]))
      .dataSync();
    expect(grey).toBeCloseTo(expected, 3);
  });

  it('has the gradient of its finite differences in means and log scales', () => {
    const x = tf.tensor2d([[0, 1, 0.4]]);
    expectGradientMatchesFiniteDifferences(
      (z) =>
        saying(6)
          .distortion(params, x, z as Tensor2D)
          .sum(),
      tf.tensor2d([[0.3, 0.6, 0.5, -1, 0.2, -0.5]]),
    );
  });

  it('refuses fewer than two levels and a decoder of one number a pixel, and leaks nothing', () => {
    expect(() => saying(1)).toThrow(/likelihood: levels: 1 given/);
    const x = tf.tensor2d([[0, 1]]);
    const narrow = tf.tensor2d([[0.5, 0.5]]);
    expect(() => saying(256).distortion(params, x, narrow)).toThrow(/decoder: output/);
    const z = tf.tensor2d([[0.5, 0.5, -1, -1]]);
    const method = saying(256);
    expectNoLeak(() => tf.dispose([method.distortion(params, x, z), method.decode(params, z)]));
  });

  it('is finite, and the same for all levels between, however flat or sharp the curve is said to be', () => {
    for (const [logScale, alike] of [
      [1000, true],
      [-1000, false],
    ] as const) {
      const [, ...inner] = probabilities(16, 0.5, logScale).slice(0, -1);
      expect(inner.every(Number.isFinite)).toBe(true);
      expect(Math.max(...inner) - Math.min(...inner) < 1e-6).toBe(alike);
    }
  });
});
