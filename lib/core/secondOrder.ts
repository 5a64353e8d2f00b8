/**
 * Mends second derivatives in tfjs.
 *
 * An operation whose gradient is written in terms of its output (exp, sigmoid, tanh, softmax, ...) keeps a copy of that
 * output, but the copy goes on the tape before the operation does, so a derivative of the gradient does not find its way
 * back through it, and is silently wrong. While an outer derivative is being recorded, the output is computed anew
 * instead. First derivatives cost what they did.
 */
import type * as TensorFlow from '@tensorflow/tfjs-node';

/** The operations with such gradients, and the name of their input. */
const KERNELS = { Elu: 'x', Exp: 'x', LogSoftmax: 'logits', Sigmoid: 'x', Softmax: 'logits', Tanh: 'x' } as const;

export function mendSecondOrder(tf: typeof TensorFlow): void {
  for (const [kernelName, input] of Object.entries(KERNELS)) {
    const { gradFunc } = tf.getGradient(kernelName);
    tf.registerGradient({
      kernelName,
      inputsToSave: [input],
      outputsToSave: [true],
      gradFunc: (dy, saved, attributes) => {
        const [x, y] = saved as [TensorFlow.Tensor, TensorFlow.Tensor];
        const nested = tf.engine().state.gradientDepth > 0;
        const output = nested ? (tf.engine().runKernel(kernelName, { [input]: x }, attributes as never) as TensorFlow.Tensor) : y;
        return gradFunc(dy, [output], attributes);
      },
    });
  }
}
