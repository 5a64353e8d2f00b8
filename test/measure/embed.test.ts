import { expect, test } from 'vitest';
import { tf, type Tensor, type Tensor2D } from '../../lib/core/engine';
import { embed } from '../../lib/measure';
import { gaussian } from './support';

test('chunks give what one call gives, also when they do not divide the set', () => {
  tf.tidy(() => {
    const [x, w] = [gaussian(23, 6), gaussian(6, 4, 1)];
    const encoder = (batch: Tensor2D) => tf.relu(tf.matMul(batch, w));
    const whole = encoder(x).dataSync();
    for (const chunk of [1, 5, 23, 100]) {
      const parts = embed(encoder, x, chunk).dataSync();
      whole.forEach((value, i) => expect(parts[i]).toBeCloseTo(value, 5));
    }
  });
});

test('features of any shape are flattened; images of any rank go in', () => {
  tf.tidy(() => {
    expect(
      embed((x: Tensor) => tf.reshape(x, [x.shape[0]!, 2, 2, 3]), tf.zeros([5, 12]), 2).shape,
    ).toEqual([5, 12]);
    expect(embed((x: Tensor) => tf.mean(x, [1, 2]), tf.zeros([5, 4, 4, 3]), 2).shape).toEqual([
      5, 3,
    ]);
  });
});

test('frees all but the result, and does not hand the input itself back', () => {
  const x = gaussian(10, 3);
  const before = tf.memory().numTensors;
  const z = embed((batch) => tf.mul(tf.add(batch, 1), 2), x, 4);
  expect(tf.memory().numTensors).toBe(before + 1);
  z.dispose();
  const same = embed((batch) => batch, x, 100);
  same.dispose();
  expect(x.isDisposed).toBe(false);
  x.dispose();
});

test('an encoder that loses rows, and an empty set, are told', () => {
  tf.tidy(() => {
    expect(() => embed((x: Tensor2D) => tf.slice(x, [0, 0], [1, 3]), gaussian(4, 3))).toThrow(
      'encoder: gave shape [1, 3] for 4 inputs',
    );
    expect(() => embed((x: Tensor) => x, tf.zeros([0, 3]))).toThrow('inputs: shape [0, 3] given');
    expect(() => embed((x: Tensor) => x, tf.zeros([2, 3]), 0)).toThrow('chunk: 0 given');
  });
});
