import { tf, type Tensor2D } from '../../lib/core/engine';
import { hostGenerator } from '../../lib/core/random';

/** Independent standard normals, [n, dim]. */
export function gaussian(n: number, dim: number, seed = 0): Tensor2D {
  const generator = hostGenerator(seed);
  return tf.tensor2d(
    Float32Array.from({ length: n * dim }, () => generator.normal()),
    [n, dim],
  );
}

/** A random rotation of `dim` dimensions, by Gram-Schmidt. */
export function rotation(dim: number, seed = 0): Tensor2D {
  return tf.tidy(() => tf.linalg.qr(gaussian(dim, dim, seed))[0] as Tensor2D);
}

/**
 * Classes as Gaussian blobs: features [n, dim] and labels. The centres are the same for every seed.
 */
export function blobs(n: number, dim: number, classes: number, { spread = 1, seed = 0 } = {}) {
  const generator = hostGenerator(12345);
  const centres = Array.from({ length: classes * dim }, () => 2 * generator.normal());
  const draws = hostGenerator(seed);
  const labels = Int32Array.from({ length: n }, (_, i) => i % classes);
  const values = Float32Array.from(
    { length: n * dim },
    (_, k) => centres[labels[Math.floor(k / dim)]! * dim + (k % dim)]! + spread * draws.normal(),
  );
  return { features: tf.tensor2d(values, [n, dim]), labels };
}
