import { describe, expect, it } from 'vitest';
import { tf, type Tensor } from '../../lib/core/engine';
import * as tree from '../../lib/core/pytree';
import { key } from '../../lib/core/random';
import { batchNorm, calibrate, groupNorm, layerNorm, unitSphere } from '../../lib/nn';
import { gradientError, leakFree, normals } from './support';

const largest = (x: Tensor): number => tf.tidy(() => x.abs().max().dataSync()[0]!);

describe('batchNorm', () => {
  it('gives each feature mean 0 and variance 1 over the batch and all positions', () => {
    tf.tidy(() => {
      const layer = batchNorm(3);
      const y = layer.apply(layer.init(key(0)), normals([8, 5, 5, 3]).mul(4).add(2));
      const { mean, variance } = tf.moments(y, [0, 1, 2]);
      expect(largest(mean)).toBeLessThan(1e-5);
      expect(largest(variance.sub(1))).toBeLessThan(1e-4);
    });
  });

  it('scales and shifts', () => {
    tf.tidy(() => {
      const layer = batchNorm(2);
      const y = layer.apply(
        { scale: tf.tensor1d([2, 3]), offset: tf.tensor1d([-1, 5]) },
        normals([50, 2]),
      );
      const { mean, variance } = tf.moments(y, 0);
      expect(largest(mean.sub([-1, 5]))).toBeLessThan(1e-5);
      expect(largest(variance.sub([4, 9]))).toBeLessThan(1e-3);
    });
  });

  it('calibrated holds the mean and variance of the whole data set', () => {
    tf.tidy(() => {
      const layer = batchNorm(3);
      const x = normals([100, 4, 3]).mul(2).sub(1);
      const { mean, variance } = calibrate(layer, layer.init(key(0)), x);
      const population = tf.moments(x, [0, 1]);
      expect(largest(mean!.sub(population.mean))).toBeLessThan(1e-5);
      expect(largest(variance!.sub(population.variance))).toBeLessThan(1e-4);
    });
  });

  it('calibrated treats an example alike, alone or in any batch', () => {
    tf.tidy(() => {
      const layer = batchNorm(3);
      const x = normals([32, 3]);
      const params = calibrate(layer, layer.init(key(0)), x);
      const together = layer.apply(params, x).slice([7, 0], [1, 3]);
      expect(largest(layer.apply(params, x.slice([7, 0], [1, 3])).sub(together))).toBeLessThan(
        1e-6,
      );
    });
  });

  it('calibrated far from the origin keeps the digits of the differences', () => {
    tf.tidy(() => {
      const layer = batchNorm(2);
      // Quarters, which float32 holds at 2^14 as well as at 0.
      const near = normals([64, 2]).mul(4).round().div(4);
      const far = near.add(2 ** 14);
      const embed = (x: typeof near) => layer.apply(calibrate(layer, layer.init(key(0)), x), x);
      // The mean itself is rounded there, for all rows alike.
      const gap = embed(far).sub(embed(near));
      expect(largest(gap.sub(gap.mean(0)))).toBeLessThan(1e-4);
    });
  });

  it('calibrated parameters outlive the ones they came from', () => {
    const layer = batchNorm(3);
    leakFree(() => {
      const [k, x] = [key(0), normals([8, 3])];
      const params = layer.init(k);
      const calibrated = calibrate(layer, params, x);
      tree.dispose(params);
      const y = layer.apply(calibrated, x);
      expect(y.dataSync().every(Number.isFinite)).toBe(true);
      tree.dispose([k, x, calibrated, y]);
    });
  });

  it('of a constant feature is the offset, not NaN', () => {
    tf.tidy(() => {
      const layer = batchNorm(1);
      expect(largest(layer.apply(layer.init(key(0)), tf.fill([4, 1], 3)))).toBe(0);
    });
  });

  it('in parts is batch normalisation of each part by itself', () => {
    tf.tidy(() => {
      const [whole, parts] = [batchNorm(3), batchNorm(3, { parts: 2 })];
      const params = { scale: tf.tensor1d([2, 1, 3]), offset: tf.tensor1d([-1, 0, 5]) };
      for (const shape of [
        [8, 3],
        [8, 5, 5, 3],
      ]) {
        const [first, second] = [normals(shape, 1), normals(shape, 2).mul(4).add(3)];
        const apart = tf.concat([whole.apply(params, first), whole.apply(params, second)]);
        const together = parts.apply(params, tf.concat([first, second]));
        expect(largest(apart.sub(together))).toBeLessThan(1e-4);
      }
    });
  });

  it('in parts refuses a batch that it cannot share out, and parts of one row', () => {
    tf.tidy(() => {
      const layer = batchNorm(3, { parts: 4 });
      const params = layer.init(key(0));
      expect(() => layer.apply(params, normals([6, 3]))).toThrow(
        '6 rows given, a multiple of parts (4) expected',
      );
      expect(() => layer.apply(params, normals([4, 3]))).toThrow('2 values a feature and part');
      expect(() => batchNorm(3, { parts: 0 })).toThrow('batchNorm: parts: 0 given');
    });
  });
});

describe('layerNorm', () => {
  it('gives each row mean 0 and variance 1', () => {
    tf.tidy(() => {
      const layer = layerNorm(16);
      const { mean, variance } = tf.moments(
        layer.apply(layer.init(key(0)), normals([3, 4, 16]).mul(5).add(7)),
        2,
      );
      expect(largest(mean)).toBeLessThan(1e-5);
      expect(largest(variance.sub(1))).toBeLessThan(1e-4);
    });
  });

  it('does not see its input scaled or shifted', () => {
    tf.tidy(() => {
      const layer = layerNorm(16);
      const params = layer.init(key(0));
      const x = normals([3, 16]);
      expect(
        largest(layer.apply(params, x).sub(layer.apply(params, x.mul(10).add(3)))),
      ).toBeLessThan(1e-4);
    });
  });
});

describe('groupNorm', () => {
  it('gives each group of each example mean 0 and variance 1', () => {
    tf.tidy(() => {
      const layer = groupNorm(6, 2);
      const y = layer.apply(layer.init(key(0)), normals([3, 4, 4, 6]).mul(5).add(7));
      for (const group of [0, 3]) {
        const { mean, variance } = tf.moments(y.slice([0, 0, 0, group], [3, 4, 4, 3]), [1, 2, 3]);
        expect(largest(mean)).toBeLessThan(1e-4);
        expect(largest(variance.sub(1))).toBeLessThan(1e-3);
      }
    });
  });

  it('with as many groups as one is layer normalisation of a flat input', () => {
    tf.tidy(() => {
      const x = normals([3, 6]);
      const [group, layer] = [groupNorm(6, 1), layerNorm(6)];
      expect(
        largest(group.apply(group.init(key(0)), x).sub(layer.apply(layer.init(key(0)), x))),
      ).toBeLessThan(1e-6);
    });
  });

  it('refuses groups that do not divide the features', () => {
    expect(() => groupNorm(6, 4)).toThrow(
      'groupNorm: groups is 4, a divisor of features (6) expected',
    );
  });
});

describe('gradients agree with finite differences', () => {
  const layers = {
    batchNorm: batchNorm(4),
    layerNorm: layerNorm(4),
    groupNorm: groupNorm(4, 2),
    unitSphere: unitSphere(),
  };
  it.each(Object.entries(layers))('%s', (_name, layer) => {
    const [k, x, c] = [key(0), normals([5, 4]), normals([5, 4], 8)];
    const params = layer.init(k) as never;
    expect(
      gradientError((t) => (layer as typeof layers.layerNorm).apply(params, t).mul(c).sum(), x),
    ).toBeLessThan(5e-3);
    tree.dispose([k, x, c, params]);
  });

  it('batchNorm of images', () => {
    const layer = batchNorm(2);
    const [k, x, c] = [key(0), normals([2, 3, 2, 2]), normals([2, 3, 2, 2], 8)];
    const params = layer.init(k);
    expect(gradientError((t) => layer.apply(params, t).mul(c).sum(), x)).toBeLessThan(5e-3);
    tree.dispose([k, x, c, params]);
  });

  it('batchNorm in parts', () => {
    const layer = batchNorm(4, { parts: 2 });
    const [k, x, c] = [key(0), normals([10, 4]), normals([10, 4], 8)];
    const params = layer.init(k);
    expect(gradientError((t) => layer.apply(params, t).mul(c).sum(), x)).toBeLessThan(5e-3);
    tree.dispose([k, x, c, params]);
  });

  it('batchNorm, by its scale and offset', () => {
    const layer = batchNorm(4);
    const [k, x, c] = [key(0), normals([5, 4]), normals([5, 4], 8)];
    const params = layer.init(k);
    expect(
      gradientError(
        (scale) =>
          layer
            .apply({ ...params, scale }, x)
            .mul(c)
            .sum(),
        params.scale,
      ),
    ).toBeLessThan(2e-3);
    expect(
      gradientError(
        (offset) =>
          layer
            .apply({ ...params, offset }, x)
            .mul(c)
            .sum(),
        params.offset,
      ),
    ).toBeLessThan(2e-3);
    tree.dispose([k, x, c, params]);
  });
});

it('norms name the shape they were given and the one they want', () => {
  tf.tidy(() => {
    const layer = batchNorm(4);
    expect(() => layer.apply(layer.init(key(0)), normals([2, 3]))).toThrow(
      'batchNorm(x): shape [2, 3] given, [batch, 4] expected',
    );
    expect(() => layer.apply(layer.init(key(0)), normals([2, 5, 3]))).toThrow(
      'batchNorm(x): shape [2, 5, 3] given, [batch, ..., 4] expected',
    );
  });
});
