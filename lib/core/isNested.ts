import { tf } from './engine';

/**
 * Whether a derivative of a derivative is being taken. Gradients that are written out by hand, with
 * `tf.customGrad`, have none of their own.
 */
export const isNested = (): boolean => tf.engine().state.gradientDepth > 1;
