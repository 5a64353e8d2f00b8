import { tf, type Tensor2D } from '../core/engine';

/**
 * Each atom at length 1. Without that the L1 price could be dodged: long atoms need only small
 * codes.
 */
export function unitAtoms(dictionary: Tensor2D): Tensor2D {
  return tf.tidy(
    () => dictionary.div(dictionary.square().sum(1, true).add(1e-12).sqrt()) as Tensor2D,
  );
}
