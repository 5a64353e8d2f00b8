/** What treats rows and columns alike: one matrix for each axis. */
import { tf, type Tensor3D, type Tensor4D } from '../../../core/engine';

/**
 * Each image's columns times one matrix, its rows times another.
 *
 * @param images [batch, height, width, channels].
 * @param down [batch, height', height].
 * @param across [batch, width', width]. Default: `down`.
 * @returns [batch, height', width', channels].
 */
export function alongBothAxes(images: Tensor4D, down: Tensor3D, across: Tensor3D = down): Tensor4D {
  return tf.tidy(() => onSecondAxis(onSecondAxis(images, down), across)) as Tensor4D;
}

/** The second axis by the matrices, then the two swapped. */
function onSecondAxis(images: Tensor4D, matrices: Tensor3D): Tensor4D {
  const [batch, first, second, channels] = images.shape;
  const list = tf.reshape(images, [batch, first, second * channels]);
  const product = tf.reshape(tf.matMul(matrices, list), [
    batch,
    matrices.shape[1],
    second,
    channels,
  ]);
  return tf.transpose(product, [0, 2, 1, 3]) as Tensor4D;
}
