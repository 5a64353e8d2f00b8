import { contrastive, data, energy, random, tf } from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { expectNoLeak } from '../helpers/memory';

const { quadraticNce } = contrastive;
const source = data.gaussian({ dim: 3, rank: 1, narrow: 0.5 });
const truth = { curvature: source.precision, slope: [0, 0, 0], offset: 0 };
const broad = data.gaussian({ dim: 3 });
const points = source.sample(random.key(1), 2000);
const noise = broad.sample(random.key(2), 4000);
const fitted = quadraticNce({ data: points, noise, logNoise: broad.logDensity });

describe('noise-contrastive estimation of a quadratic energy, solved', () => {
  it('comes to the truth within what the samples allow, normalised without ever computing a partition function', () => {
    expect(fitted.converged).toBe(true);
    // Nine parameters and 2000 data: maximum likelihood alone is at 9 / 4000 on average.
    expect(energy.quadraticKl(truth, fitted.energy)).toBeLessThan(0.02);
    expect(Math.abs(energy.quadraticLogPartition(fitted.energy))).toBeLessThan(0.15);
  });

  it('is an optimum: the data’s moments and the noise’s, weighted, balance', () => {
    const odds = (u: typeof points) =>
      energy.quadraticEnergy(fitted.energy, u).neg().sub(broad.logDensity(u)).sub(Math.log(2));
    const onData = tf.sigmoid(odds(points).neg()).expandDims(1);
    const onNoise = tf.sigmoid(odds(noise)).expandDims(1);
    const balance = (f: (u: typeof points) => ReturnType<typeof tf.tensor>) => {
      const left = onData.mul(f(points)).sum(0).dataSync();
      const right = onNoise.mul(f(noise)).sum(0).dataSync();
      left.forEach((value, i) => expect(Math.abs(value - right[i]!) / 2000).toBeLessThan(2e-3));
    };
    balance((u) => tf.onesLike(u));
    balance((u) => u);
    balance((u) => u.square());
  });

  it('has no gradient left in the library’s own NCE loss, with as many noise samples as data', () => {
    const half = noise.slice([0, 0], [2000, 3]);
    const { energy: found } = quadraticNce({
      data: points,
      noise: half,
      logNoise: broad.logDensity,
    });
    const loss = (offset: number) =>
      contrastive
        .nceLoss(
          energy.quadraticEnergy({ ...found, offset }, points),
          broad.logDensity(points),
          energy.quadraticEnergy({ ...found, offset }, half),
          broad.logDensity(half),
        )
        .dataSync()[0]!;
    const best = loss(found.offset);
    expect(loss(found.offset + 0.2)).toBeGreaterThan(best);
    expect(loss(found.offset - 0.2)).toBeGreaterThan(best);
  });

  it('says that it did not converge where a quadric separates data from noise', () => {
    const { converged } = quadraticNce({
      data: points,
      noise: noise.slice([0, 0], [20, 3]).add(20),
      logNoise: broad.logDensity,
    });
    expect(converged).toBe(false);
  });

  it('leaks nothing, and names what is wrong', () => {
    const [few, some] = [points.slice([0, 0], [100, 3]), noise.slice([0, 0], [200, 3])];
    expectNoLeak(() => void quadraticNce({ data: few, noise: some, logNoise: broad.logDensity }));
    expect(() =>
      quadraticNce({ data: few, noise: tf.zeros([5, 2]), logNoise: broad.logDensity }),
    ).toThrow('noise: shape [5, 2] given, [m, 3] expected');
  });
});
