/**
 * Mends second derivatives in tfjs.
 *
 * A comparison's derivative is zero wherever it has one, and so it is now. An operation whose
 * gradient is written in terms of its output (exp, sigmoid, tanh, softmax, ...) keeps a copy of
 * that output, but the copy goes on the tape before the operation does, so a derivative of the
 * gradient does not find its way back through it, and is silently wrong. While an outer derivative
 * is being recorded, the output is computed anew instead. First derivatives cost what they did.
 *
 * Pooling's derivative had none. It is linear in the slope that it passes back, so the derivative's
 * own derivative is its transpose: the mean of each window for averages, the entry at the largest
 * place for maxima.
 *
 * `tf.logSoftmax` and `tf.losses` keep their outputs in a way of their own and are not mended:
 * where a second derivative is wanted, write x.sub(x.logSumExp(-1, true)). `tf.elu` has none and
 * says so.
 */
import type * as TensorFlow from '@tensorflow/tfjs-node';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node/dist/nodejs_kernel_backend';

/**
 * Comparisons have no gradient in tfjs, so the gradients of max, leakyRelu and clipByValue, which
 * compare, had none either; nor had that of where, which takes a condition's opposite.
 */
export const COMPARISONS = [
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

/** What tfjs's pooling kernels are told. */
interface Pooling {
  readonly filterSize: [number, number] | number;
  readonly strides: [number, number] | number;
  readonly pad: 'valid' | 'same' | number;
}

/**
 * The transposes of pooling's derivatives. A maximum's place does not move with a small change of
 * the input, so the input itself gets no gradient, as for comparisons.
 */
function mendPooling(tf: typeof TensorFlow): void {
  type Saved = TensorFlow.Tensor4D[];
  tf.registerGradient({
    kernelName: 'AvgPoolGrad',
    inputsToSave: ['input'],
    gradFunc: (slope, saved, attributes) => {
      const [input] = saved as Saved;
      const { filterSize, strides, pad } = attributes as unknown as Pooling;
      return {
        dy: () => tf.avgPool(slope as TensorFlow.Tensor4D, filterSize, strides, pad),
        input: () => tf.zerosLike(input!),
      };
    },
  });
  tf.registerGradient({
    kernelName: 'MaxPoolGrad',
    inputsToSave: ['input', 'output'],
    gradFunc: (slope, saved, attributes) => {
      const [input, output] = saved as Saved;
      return {
        dy: () => {
          const values = slope as TensorFlow.Tensor4D;
          return atLargest(tf, values, input!, output!, attributes as unknown as Pooling);
        },
        input: () => tf.zerosLike(input!),
        output: () => tf.zerosLike(output!),
      };
    },
  });
}

/**
 * The entries of `values` at the places of the largest entries of `input`'s windows: TensorFlow has
 * an operation of its own for it, the other backends tell the places.
 */
function atLargest(
  tf: typeof TensorFlow,
  values: TensorFlow.Tensor4D,
  input: TensorFlow.Tensor4D,
  output: TensorFlow.Tensor4D,
  { filterSize, strides, pad }: Pooling,
): TensorFlow.Tensor {
  if (tf.getBackend() !== 'tensorflow') {
    const { indexes } = tf.maxPoolWithArgmax(input, filterSize, strides, pad, true);
    return tf.gather(values.flatten(), indexes.flatten().toInt()).reshape(indexes.shape);
  }
  const backend = tf.backend() as unknown as NodeJSKernelBackend;
  const { TF_ATTR_INT, TF_ATTR_STRING, TF_ATTR_TYPE } = backend.binding;
  const axes = (size: number | [number, number]) =>
    typeof size === 'number' ? [1, size, size, 1] : [1, ...size, 1];
  const attributes = [
    { name: 'T', type: TF_ATTR_TYPE, value: backend.getDTypeInteger(input.dtype) },
    { name: 'ksize', type: TF_ATTR_INT, value: axes(filterSize) },
    { name: 'strides', type: TF_ATTR_INT, value: axes(strides) },
    { name: 'padding', type: TF_ATTR_STRING, value: String(pad).toUpperCase() },
    { name: 'data_format', type: TF_ATTR_STRING, value: 'NHWC' },
  ];
  return backend.executeSingleOutput('MaxPoolGradGrad', attributes, [input, output, values]);
}

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
  mendPooling(tf);
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
  tf.registerGradient({
    kernelName: 'LogicalNot',
    inputsToSave: ['x'],
    gradFunc: (_dy, [x]) => ({ x: () => tf.zeros((x as TensorFlow.Tensor).shape) }),
  });
}
