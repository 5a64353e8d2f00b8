import { data, measure, random, tf, type Scalar } from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { expectGradientMatchesFiniteDifferences } from '../helpers/gradients';
import { expectNoLeak } from '../helpers/memory';

type Points = ReturnType<typeof tf.tensor2d>;
const mean = (values: ReturnType<typeof tf.tensor1d>): number => values.mean().dataSync()[0]!;
/** The integral of exp(log p) over [-half, half]^2. */
function mass(
  logDensity: (x: Points) => ReturnType<typeof tf.tensor1d>,
  half: number,
  n = 150,
): number {
  const step = (2 * half) / n;
  const grid = Array.from({ length: n * n }, (_, i) => [
    -half + ((i % n) + 0.5) * step,
    -half + (Math.floor(i / n) + 0.5) * step,
  ]);
  return logDensity(tf.tensor2d(grid)).exp().sum().dataSync()[0]! * step * step;
}

describe('a mixture of Gaussians', () => {
  it('of one component has the sample’s mean and covariance: its density in closed form', () => {
    const points = tf.tensor2d([
      [0, 0],
      [2, 0],
      [0, 1],
      [2, 3],
    ]);
    const logDensity = measure.gaussianMixture(points, random.key(0), {
      components: 1,
      iterations: 1,
      floor: 1e-6,
    });
    // Mean (1, 1); variances 1 and 1.5; covariance 0.5.
    const expected = -Math.log(2 * Math.PI) - 0.5 * Math.log(1.25);
    expect(logDensity(tf.tensor2d([[1, 1]])).dataSync()[0]).toBeCloseTo(expected, 4);
    const [a, b, c] = [1.5 / 1.25, -0.5 / 1.25, 1 / 1.25];
    expect(logDensity(tf.tensor2d([[2, 3]])).dataSync()[0]).toBeCloseTo(
      expected - 0.5 * (a + 4 * b + 4 * c),
      4,
    );
  });

  it('of twenty components (eight from random points may share a mode) comes within 0.05 nats of eight Gaussians’ own entropy, of one it stays far off; both have mass 1', () => {
    const points = data.toys.gaussians8.sample(random.key(1), 4000);
    const held = data.toys.gaussians8.sample(random.key(2), 4000);
    const truth = mean(data.toys.gaussians8.logDensity(held));
    const [one, twenty] = [1, 20].map((components) =>
      measure.gaussianMixture(points, random.key(3), { components, iterations: 60 }),
    ) as [
      (x: Points) => ReturnType<typeof tf.tensor1d>,
      (x: Points) => ReturnType<typeof tf.tensor1d>,
    ];
    expect(truth - mean(twenty(held))).toBeLessThan(0.05);
    expect(truth - mean(one(held))).toBeGreaterThan(0.5);
    expect(mass(twenty, 6)).toBeCloseTo(1, 2);
    expect(mass(one, 14)).toBeCloseTo(1, 2);
  });

  it('never gets worse on its own data from round to round, the point of expectation-maximisation', () => {
    const points = data.toys.moons.sample(random.key(1), 500);
    const fits = [1, 2, 4, 8, 16].map((iterations) =>
      mean(
        measure.gaussianMixture(points, random.key(0), { components: 6, iterations, floor: 1e-6 })(
          points,
        ),
      ),
    );
    for (let i = 1; i < fits.length; i++) expect(fits[i]! - fits[i - 1]!).toBeGreaterThan(-1e-4);
  });

  it('survives copies of one point, leaks no tensor, and names what is wrong', () => {
    const same = tf.ones([5, 2]) as Points;
    expect(
      Number.isFinite(
        measure.gaussianMixture(same, random.key(0), { components: 3 })(same).sum().dataSync()[0],
      ),
    ).toBe(true);
    const key = random.key(0);
    expectNoLeak(() =>
      measure.gaussianMixture(same, key, { components: 2, iterations: 2 })(same).dispose(),
    );
    expect(() => measure.gaussianMixture(same, key, { components: 6 })).toThrow(
      'components: 6 given',
    );
    expect(() =>
      measure.gaussianMixture(tf.ones([5, 3]) as Points, key, { components: 1 }),
    ).toThrow('points: shape [5, 3] given');
  });
});

describe('kernel density', () => {
  it('of one point is a Gaussian; of two the mean of two', () => {
    const at = tf.tensor2d([[0.3, -0.4]]);
    const gauss = (square: number, h: number) =>
      Math.exp(-square / (2 * h * h)) / (2 * Math.PI * h * h);
    expect(
      measure
        .kernelDensity(
          tf.zeros([1, 2]) as Points,
          0.5,
        )(at)
        .exp()
        .dataSync()[0],
    ).toBeCloseTo(gauss(0.25, 0.5), 5);
    const two = measure
      .kernelDensity(
        tf.tensor2d([
          [0, 0],
          [1, 0],
        ]),
        0.5,
      )(at)
      .exp()
      .dataSync()[0];
    expect(two).toBeCloseTo((gauss(0.25, 0.5) + gauss(0.49 + 0.16, 0.5)) / 2, 5);
  });

  it('has mass 1, is the same in slices as at once, and leaks no tensor', () => {
    const points = data.toys.moons.sample(random.key(0), 3000);
    const logDensity = measure.kernelDensity(points, 0.2);
    expect(mass(logDensity, 5)).toBeCloseTo(1, 2);
    const many = logDensity(points).dataSync();
    const few = logDensity(points.slice([700, 0], [5, 2])).dataSync();
    few.forEach((value, i) => expect(value).toBeCloseTo(many[700 + i]!, 4));
    expectNoLeak(() => logDensity(points).dispose());
    expect(() => measure.kernelDensity(points, 0)).toThrow('bandwidth: 0 given');
  });

  it('has the gradient of finite differences', () => {
    const logDensity = measure.kernelDensity(data.toys.moons.sample(random.key(0), 50), 0.5);
    const at = random.normal(random.key(1), [4, 2]);
    expectGradientMatchesFiniteDifferences((x) => logDensity(x as Points).sum() as Scalar, at);
  });
});

describe('far from the origin', () => {
  // Quarters, which float32 holds at 4,096 as well as at 0.
  const quarters = (x: Points): Points => x.mul(4).round().div(4) as Points;
  const points = quarters(data.toys.moons.sample(random.key(0), 400).mul(4) as Points);
  const at = points.slice([0, 0], [50, 2]);
  const moved = (x: Points, by: readonly [number, number]): Points => x.add([...by]) as Points;

  it.each([
    [
      'a mixture of Gaussians',
      (x: Points) => measure.gaussianMixture(x, random.key(1), { components: 6 }),
    ],
    ['kernel density', (x: Points) => measure.kernelDensity(x, 0.3)],
  ] as const)('%s moves with the points', (_name, fit) => {
    const expected = fit(points)(at).dataSync();
    for (const by of [
      [4096, -2048],
      [0, 2 ** 16],
    ] as const) {
      const given = fit(moved(points, by))(moved(at, by)).dataSync();
      given.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(2e-2));
    }
  });

  it('a mixture keeps its digits where components are 4,000 apart', () => {
    const one = random.normal(random.key(3), [300, 2]) as Points;
    const two = tf.concat([moved(one, [-2000, 0]), moved(one, [2000, 0])]) as Points;
    const fit = measure.gaussianMixture(two, random.key(5), { components: 2, iterations: 50 });
    // Half of the mass on each, both with the covariance of the unit normals.
    const alone = measure.gaussianMixture(one, random.key(5), { components: 1 })(one).dataSync();
    const together = fit(moved(one, [2000, 0])).dataSync();
    const gaps = Array.from(together, (value, i) => Math.abs(value - alone[i]! + Math.log(2)));
    expect(Math.max(...gaps)).toBeLessThan(1e-2);
  });
});
