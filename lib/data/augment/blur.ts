/** Gaussian blur, each image with a width of its own. */
import { tf, type Tensor, type Tensor3D } from '../../core/engine';
import * as random from '../../core/random';
import { expectRange } from './affine';
import { photometric, type Augmentation } from './augmentation';

/**
 * Blurs each image with a Gaussian of standard deviation between `low` and `high` pixels,
 * uniformly. At the border the weights of the pixels there are make up for those that are missing.
 * Default 0.1 to 2, SimCLR's for larger images.
 */
export function blur(low = 0.1, high = 2): Augmentation {
  expectRange('blur', low, high, { above: 0 });
  return photometric((images, key, [batch, height, width, channels]) => {
    const sigma = tf.reshape(random.uniform(key, [batch], low, high), [batch, 1, 1]);
    // Rows first: a batch of [height, width * channels] matrices; then, sides swapped, the columns.
    const rows = tf.matMul(
      kernel(sigma, height),
      tf.reshape(images, [batch, height, width * channels]) as Tensor3D,
    );
    const sideways = tf.transpose(tf.reshape(rows, [batch, height, width, channels]), [0, 2, 1, 3]);
    const both = tf.matMul(
      kernel(sigma, width),
      tf.reshape(sideways, [batch, width, height * channels]) as Tensor3D,
    );
    return tf.transpose(tf.reshape(both, [batch, width, height, channels]), [0, 2, 1, 3]);
  });
}

/** [batch, side, side]: row i holds the weights of all pixels for output pixel i; they sum to 1. */
function kernel(sigma: Tensor, side: number): Tensor3D {
  const distances = tf.tensor3d(
    Float32Array.from({ length: side * side }, (_, k) => (k % side) - Math.floor(k / side)),
    [1, side, side],
  );
  const weights = tf.exp(tf.mul(tf.square(tf.div(distances, sigma)), -0.5));
  return tf.div(weights, tf.sum(weights, 2, true));
}
