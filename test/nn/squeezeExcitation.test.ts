import { describe, expect, it } from 'vitest';
import { tf } from '../../lib/core/engine';
import { key } from '../../lib/core/random';
import { squeezeExcitation } from '../../lib/nn';
import { normals } from './support';

describe('squeezeExcitation', () => {
  it('multiplies each channel of an image by one number between 0 and 1', () => {
    tf.tidy(() => {
      const layer = squeezeExcitation(6, 3);
      const x = normals([2, 4, 4, 6]);
      const gates = layer.apply(layer.init(key(0)), x).div(x);
      expect(
        gates
          .min([1, 2])
          .sub(gates.max([1, 2]))
          .abs()
          .max()
          .dataSync()[0]!,
      ).toBeLessThan(1e-4);
      expect(gates.min().dataSync()[0]!).toBeGreaterThan(0);
      expect(gates.max().dataSync()[0]!).toBeLessThan(1);
    });
  });

  it('is x sigmoid(W2 relu(W1 mean(x))): a channel of 2 is weighed, one of -2 halved', () => {
    tf.tidy(() => {
      const layer = squeezeExcitation(1, 1);
      const one = { kernel: tf.ones([1, 1]), bias: tf.zeros([1]) };
      const at = (x: number) =>
        layer.apply({ squeeze: one, excite: one }, tf.fill([1, 2, 2, 1], x)).dataSync()[0]!;
      expect(at(2)).toBeCloseTo(2 / (1 + Math.exp(-2)), 5);
      expect(at(-2)).toBeCloseTo(-1, 6);
    });
  });

  it('with zero weights halves', () => {
    tf.tidy(() => {
      const layer = squeezeExcitation(2, 1);
      const zero = {
        squeeze: { kernel: tf.zeros([2, 1]), bias: tf.zeros([1]) },
        excite: { kernel: tf.zeros([1, 2]), bias: tf.zeros([2]) },
      };
      expect(Array.from(layer.apply(zero, tf.ones([1, 2, 2, 2])).dataSync())).toEqual(
        new Array(8).fill(0.5),
      );
    });
  });

  it('refuses other channels', () => {
    tf.tidy(() => {
      const layer = squeezeExcitation(2, 1);
      expect(() => layer.apply(layer.init(key(0)), tf.ones([1, 2, 2, 3]))).toThrow(
        'squeezeExcitation(x)',
      );
    });
  });
});
