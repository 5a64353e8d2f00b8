/** A Gaussian blur of each image by a width of its own, as products with matrices. */
import { tf, type Tensor3D, type Tensor4D } from '../../../core/engine';
import { expectNumber } from '../../../core/checks';
import { expectImages, perImage, type PerImage } from './images';
import { alongBothAxes } from './separable';

/**
 * Blurs with a Gaussian that is cut to `kernelSize` pixels and scaled to a sum of 1; at the border
 * the image is mirrored about its last pixel. torchvision's `gaussian_blur`.
 *
 * @param images [batch, height, width, channels], any range.
 * @param kernelSize odd, less than twice the shorter side.
 * @param sigma the standard deviation in pixels, above 0: one for all, or [batch].
 * @returns the same shape and range.
 * @example
 * ```ts
 * import { augment, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const point = tf.tensor4d([0, 0, 1, 0, 0], [1, 1, 5, 1]).tile([1, 5, 1, 1]);
 * const blurred = augment.functional.gaussianBlur(
 *   point as ReturnType<typeof tf.tensor4d>,
 *   3,
 *   100,
 * );
 * assert.ok(Math.abs(blurred.max().dataSync()[0]! - 1 / 3) < 1e-4); // a mean of three
 * ```
 */
export function gaussianBlur(images: Tensor4D, kernelSize: number, sigma: PerImage): Tensor4D {
  const [batch, height, width] = expectImages('gaussianBlur', images);
  expectKernelSize('gaussianBlur: kernelSize', kernelSize, Math.min(height, width));
  const reach = (kernelSize - 1) / 2;
  return tf.tidy(() => {
    const sigmas = perImage('gaussianBlur: sigma', sigma, batch, { above: 0 });
    // [batch, reach + 1]: the weight of the pixel itself, of those beside it, and so on.
    const steps = tf.div(
      tf.range(0, reach + 1).reshape([1, reach + 1]),
      sigmas.reshape([batch, 1]),
    );
    const bell = tf.exp(tf.mul(tf.square(steps), -0.5));
    const whole = tf.sub(tf.mul(tf.sum(bell, 1, true), 2), 1);
    const weights = tf.div(bell, whole);
    const matrix = (side: number) =>
      tf.reshape(tf.matMul(weights, neighbours(side, reach)), [batch, side, side]) as Tensor3D;
    return alongBothAxes(images, matrix(height), height === width ? undefined : matrix(width));
  });
}

/** @throws unless a kernel is odd, and no mirror image of its half is larger than the picture. */
export function expectKernelSize(name: string, size: number, side: number): void {
  expectNumber(name, size, { atLeast: 1, integer: true });
  if (size % 2 === 0) throw new Error(`${name}: ${size} given, an odd number of pixels expected`);
  if ((size - 1) / 2 >= side) {
    throw new Error(
      `${name}: ${size} given, at most ${2 * side - 1} expected for a side of ${side} pixels`,
    );
  }
}

/**
 * [reach + 1, side * side]: in row d, entry (i, j) counts how often pixel j lies d pixels from pixel
 * i, with the image mirrored beyond its ends. A blur's matrix is these rows by its weights.
 */
function neighbours(side: number, reach: number) {
  const counts = new Float32Array((reach + 1) * side * side);
  const mirrored = (j: number) => (j < 0 ? -j : j >= side ? 2 * (side - 1) - j : j);
  for (let d = 0; d <= reach; d++)
    for (let i = 0; i < side; i++)
      for (const j of d === 0 ? [i] : [i - d, i + d])
        counts[(d * side + i) * side + mirrored(j)]! += 1;
  return tf.tensor2d(counts, [reach + 1, side * side]);
}
