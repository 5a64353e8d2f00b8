import { contrastive, data, energy, random, tf } from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { expectNoLeak } from '../helpers/memory';

const dim = 6;
const source = data.gaussian({ dim, rank: 1, narrow: 0.15 });
const far = data.gaussian({ dim });
const truth = { curvature: source.precision, slope: Array(dim).fill(0), offset: 0 };
const noise = {
  sample: far.sample,
  energy: {
    curvature: far.precision,
    slope: Array(dim).fill(0),
    offset: (dim / 2) * Math.log(2 * Math.PI),
  },
};
const points = source.sample(random.key(1), 3000);

describe('telescoping noise-contrastive estimation', () => {
  it('of one step is plain NCE', () => {
    const key = random.key(5);
    const one = contrastive.telescopingNce(
      { data: points, noise, shares: [1], samples: 4000 },
      key,
    );
    const [forUpper] = random.split(random.foldIn(key, 0));
    const [forNoise] = random.split(forUpper);
    const plain = contrastive.quadraticNce({
      data: points,
      noise: far.sample(forNoise, 4000),
      logNoise: far.logDensity,
    });
    expect(one.samples).toBe(4000);
    expect(energy.quadraticKl(plain.energy, one.energy)).toBeLessThan(1e-2);
  });

  it('comes closer to the truth by a staircase than by one step with as many samples', () => {
    const stairs = contrastive.telescopingNce(
      { data: points, noise, shares: [0.03, 0.1, 0.3, 1], samples: 500 },
      random.key(2),
    );
    const plain = contrastive.quadraticNce({
      data: points,
      noise: far.sample(random.key(3), stairs.samples),
      logNoise: far.logDensity,
    });
    expect(stairs.converged).toBe(true);
    expect(stairs.samples).toBe(3500);
    expect(energy.quadraticKl(truth, stairs.energy)).toBeLessThan(0.4);
    expect(energy.quadraticKl(truth, stairs.energy)).toBeLessThan(
      plain.converged ? energy.quadraticKl(truth, plain.energy) : Infinity,
    );
  });

  it('leaks nothing, and names what is wrong', () => {
    const few = points.slice([0, 0], [200, dim]);
    const key = random.key(0);
    expectNoLeak(
      () =>
        void contrastive.telescopingNce({ data: few, noise, shares: [0.2, 1], samples: 300 }, key),
    );
    expect(() =>
      contrastive.telescopingNce({ data: few, noise, shares: [0.5, 0.2, 1], samples: 10 }, key),
    ).toThrow('shares: [0.5, 0.2, 1] given');
    expect(() =>
      contrastive.telescopingNce({ data: tf.zeros([4, 2]), noise, shares: [1], samples: 10 }, key),
    ).toThrow('noise.energy: dimensions: 6 given');
  });
});
