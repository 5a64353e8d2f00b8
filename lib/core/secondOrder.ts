/**
 * Mends second derivatives in tfjs.
 *
 * A comparison's derivative is zero wherever it has one, and so it is now. An operation whose
 * gradient is written in terms of its output (exp, sigmoid, tanh, softmax, ...) keeps a copy of
 * that output, but the copy goes on the tape before the operation does, so a derivative of the
 * gradient does not find its way back through it, and is silently wrong. While an outer derivative
 * is being recorded, the output is computed anew instead. First derivatives cost what they did.
 *
 * `tf.logSoftmax` and `tf.losses` keep their outputs in a way of their own and are not mended:
 * where a second derivative is wanted, write x.sub(x.logSumExp(-1, true)). `tf.elu` has none and
 * says so.
 */
import type * as TensorFlow from '@tensorflow/tfjs-node';

/**
 * Comparisons have no gradient in tfjs, so the gradients of max, leakyRelu and clipByValue, which
 * compare, had none either.
 */
const COMPARISONS = [
  'Equal',
  'NotEqual',
  'Greater',
  'GreaterEqual',
  'Less',
  'LessEqual',
  'LogicalAnd',
];

/** The operations with such gradients, and the name of their input. */
const KERNELS = { Exp: 'x', Sigmoid: 'x', Softmax: 'logits', Tanh: 'x' } as const;

/**
 * On tfjs's engine, which outlives this module where that is loaded anew: edited under a running
 * kernel, or by tests.
 */
const MENDED = Symbol.for('dark-matter.mended');

/** Done twice, it changes nothing. */
export function mendSecondOrder(tf: typeof TensorFlow): void {
  const engine = tf.engine() as ReturnType<typeof tf.engine> & { [MENDED]?: true };
  if (engine[MENDED]) return;
  engine[MENDED] = true;
  for (const [kernelName, input] of Object.entries(KERNELS)) {
    const { gradFunc } = tf.getGradient(kernelName);
    tf.registerGradient({
      kernelName,
      inputsToSave: [input],
      outputsToSave: [true],
      gradFunc: (dy, saved, attributes) => {
        const [x, y] = saved as [TensorFlow.Tensor, TensorFlow.Tensor];
        const nested = tf.engine().state.gradientDepth > 0;
        const output = nested
          ? (tf
              .engine()
              .runKernel(kernelName, { [input]: x }, attributes as never) as TensorFlow.Tensor)
          : y;
        return gradFunc(dy, [output], attributes);
      },
    });
  }
  for (const kernelName of COMPARISONS) {
    tf.registerGradient({
      kernelName,
      inputsToSave: ['a', 'b'],
      gradFunc: (_dy, saved) => {
        const [a, b] = saved as [TensorFlow.Tensor, TensorFlow.Tensor];
        return { a: () => tf.zeros(a.shape), b: () => tf.zeros(b.shape) };
      },
    });
  }
}
