import { describe, expect, it } from 'vitest';
import { tf } from '../../lib/core/engine';
import * as tree from '../../lib/core/pytree';
import { key } from '../../lib/core/random';
import { resnet } from '../../lib/nn';
import { leakFree, normals } from './support';

describe('resnet', () => {
  it('gives an embedding four times as wide as its first stage', () => {
    tf.tidy(() => {
      const net = resnet({ width: 4, blocks: 2 });
      expect(net.apply(net.init(key(0)), normals([3, 14, 14, 1])).shape).toEqual([3, 16]);
    });
  });

  it('of three blocks a stage is ResNet-20: 0.27 million parameters, as the paper says', () => {
    const params = resnet({ blocks: 3, channels: 3 }).init(key(0));
    // The paper's shortcuts have no parameters (option A); ours have 16 x 32 + 32 x 64 and two
    // norms. Its classifier has 650.
    expect(tree.count(params) - (16 * 32 + 2 * 32 + 32 * 64 + 2 * 64) + 650).toBe(269_722);
    tree.dispose(params);
  });

  it('leaks nothing', () => {
    leakFree(() => {
      const net = resnet({ width: 4 });
      const [k, x] = [key(0), normals([2, 8, 8, 1])];
      const params = net.init(k);
      tree.dispose([net.apply(params, x), params, k, x]);
    });
  });

  it('refuses a width that is none', () => {
    expect(() => resnet({ width: 0 })).toThrow('width: 0 given');
  });
});
