import { describe, expect, it } from 'vitest';
import { tf } from '../../lib/core/engine';
import * as tree from '../../lib/core/pytree';
import { key } from '../../lib/core/random';
import { calibrate, mlp, predictor, projector, smallConvNet } from '../../lib/nn';
import { leakFree, normals } from './support';

describe('backbones', () => {
  it('smallConvNet maps 28x28 images to features, at any width and side, square or not', () => {
    tf.tidy(() => {
      for (const [options, shape] of [
        [{}, [28, 28, 1]],
        [{ width: 8, features: 32 }, [28, 28, 1]],
        [{ side: 32, channels: 3 }, [32, 32, 3]],
        [{ side: [17, 40] }, [17, 40, 1]],
      ] as const) {
        const net = smallConvNet(options);
        expect(net.apply(net.init(key(0)), normals([4, ...shape])).shape).toEqual([
          4,
          'features' in options ? options.features : 128,
        ]);
      }
    });
  });

  it('smallConvNet says which images it was made for', () => {
    tf.tidy(() => {
      const net = smallConvNet({ width: 4, side: [16, 32] });
      const params = net.init(key(0));
      expect(() => net.apply(params, tf.zeros([2, 32, 16, 1]))).toThrow(
        'smallConvNet(x): shape [2, 32, 16, 1] given, [batch, 16, 32, 1] expected',
      );
      expect(() => smallConvNet({ side: [16, 0] })).toThrow('smallConvNet: side: 0 given');
    });
  });

  it('smallConvNet has the size that its description says', () => {
    const params = smallConvNet().init(key(0));
    expect(tree.count(params)).toBe(154_608);
    tree.dispose(params);
  });

  it('mlp has a dense layer between each two sizes', () => {
    tf.tidy(() => {
      const net = mlp([5, 7, 3]);
      const params = net.init(key(0));
      expect(tree.leaves(params).map((leaf) => leaf.shape)).toEqual([[7], [5, 7], [3], [7, 3]]);
      expect(net.apply(params, normals([2, 5])).shape).toEqual([2, 3]);
    });
    expect(() => mlp([5])).toThrow('at least [inputs, outputs] expected');
  });

  it('projector ends in a linear map without bias; predictor is as wide out as in', () => {
    tf.tidy(() => {
      const head = projector([8, 16, 4]).init(key(0));
      expect(tree.flatten(head).structure.paths).toEqual([
        '[0].kernel',
        '[1].offset',
        '[1].scale',
        '[3].kernel',
      ]);
      const net = predictor(8, 2);
      expect(net.apply(net.init(key(0)), normals([4, 8])).shape).toEqual([4, 8]);
    });
  });

  it('calibrated, an image embeds alike alone and in a batch', () => {
    tf.tidy(() => {
      const net = smallConvNet({ width: 4, features: 8 });
      const x = normals([16, 28, 28, 1]);
      const params = calibrate(net, net.init(key(0)), x);
      const [alone, together] = [
        net.apply(params, x.slice([3, 0, 0, 0], [1, 28, 28, 1])),
        net.apply(params, x).slice([3, 0], [1, 8]),
      ];
      expect(alone.sub(together).abs().max().dataSync()[0]!).toBeLessThan(1e-5);
    });
  });

  it('leak nothing', () => {
    const net = smallConvNet({ width: 4, features: 8 });
    leakFree(() => {
      const [k, x] = [key(0), normals([4, 28, 28, 1])];
      const params = net.init(k);
      const calibrated = calibrate(net, params, x);
      tree.dispose([net.apply(params, x), calibrated, params, k, x]);
    });
  });
});
