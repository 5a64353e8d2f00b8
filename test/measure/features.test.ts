import { expect, test } from 'vitest';
import { tf, type Tensor2D } from '../../lib/core/engine';
import { pca, rawPixels } from '../../lib/measure';
import { expectNoLeak } from '../helpers/memory';
import { gaussian, rotation } from './support';

const stretched = (n: number) =>
  tf.add(
    tf.matMul(tf.mul(gaussian(n, 5), tf.tensor1d([5, 3, 2, 1, 0.1])), rotation(5, 3)),
    10,
  ) as Tensor2D;

test('rawPixels flattens, and owns its result', () => {
  const images = tf.ones([3, 4, 4, 2]);
  const flat = rawPixels(images);
  expect(flat.shape).toEqual([3, 32]);
  flat.dispose();
  expectNoLeak(() => rawPixels(images).dispose());
  expect(images.dataSync().length).toBe(96);
  images.dispose();
});

test('the components are orthonormal, and the coordinates uncorrelated, centred, in order of variance', () => {
  tf.tidy(() => {
    const x = stretched(400);
    const fitted = pca(x, 4);
    const identity = tf.matMul(fitted.components, fitted.components, true, false);
    expect(tf.max(tf.abs(tf.sub(identity, tf.eye(4)))).dataSync()[0]).toBeLessThan(1e-5);
    const z = fitted.embed(x);
    expect(tf.max(tf.abs(tf.mean(z, 0))).dataSync()[0]).toBeLessThan(1e-4);
    const covariance = tf.div(tf.matMul(z, z, true, false), 399).arraySync() as number[][];
    covariance.forEach((row, i) =>
      row.forEach((v, j) => i !== j && expect(Math.abs(v)).toBeLessThan(1e-3)),
    );
    for (let i = 1; i < 4; i++) expect(covariance[i]![i]!).toBeLessThan(covariance[i - 1]![i - 1]!);
    // The variances are 25, 9, 4, 1 and 0.01 of 39.01.
    [25, 9, 4, 1].forEach((v, k) => expect(fitted.explained[k]! / (v / 39.01)).toBeCloseTo(1, 0));
  });
});

test('with all components, coordinates keep all distances', () => {
  tf.tidy(() => {
    const x = stretched(20);
    const z = pca(x, 5).embed(x);
    const gram = (m: Tensor2D) => {
      const c = tf.sub(m, tf.mean(m, 0)) as Tensor2D;
      return tf.matMul(c, c, false, true);
    };
    expect(tf.max(tf.abs(tf.sub(gram(x), gram(z)))).dataSync()[0]).toBeLessThan(1e-2);
  });
});

test('takes images, is applied to others, leaks nothing, and names what does not fit', () => {
  const images = tf.randomUniform([30, 4, 4, 1], 0, 1, 'float32', 1);
  expectNoLeak(() => {
    const fitted = pca(images, 3);
    const z = fitted.embed(images);
    expect(z.shape).toEqual([30, 3]);
    z.dispose();
    fitted.dispose();
  });
  expect(() => pca(images, 17)).toThrow('dims: 17 given');
  tf.tidy(() => {
    expect(() => pca(images, 3).embed(tf.zeros([2, 5]))).toThrow('with 16 values each expected');
  });
  images.dispose();
});
