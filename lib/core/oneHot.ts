import { tf, type Tensor } from './engine';

/**
 * A row for each index, 1 at its place and 0 elsewhere. tf.oneHot refuses a single place, which is
 * what a mixture of one component or a codebook of one code has.
 *
 * @param indices int32 [...], in [0, depth). @param depth at least 1.
 * @returns float32 [..., depth].
 */
export function oneHot(indices: Tensor, depth: number): Tensor {
  return tf.tidy(() =>
    indices
      .expandDims(-1)
      .equal(tf.range(0, depth, 1, 'int32'))
      .toFloat(),
  );
}
