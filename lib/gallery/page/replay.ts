/**
 * An encoder as the list of TensorFlow.js operations that it ran, so that a page can run it anew
 * without the library that made it.
 */
import type { NamedAttrMap, NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';

/** A number names a value: the input is 0, then come the constants, then the operations' outputs. */
export interface Operations {
  /** [1, side, side, channels]. */
  readonly input: readonly number[];
  readonly constants: readonly { readonly shape: readonly number[]; readonly dtype: DType }[];
  readonly steps: readonly Step[];
  /** Which value is the embedding, [1, dim]. */
  readonly output: number;
}

export type DType = 'float32' | 'int32' | 'bool';

export interface Step {
  /** The name of TensorFlow.js's kernel: 'Conv2D', 'Relu'. */
  readonly kernel: string;
  /** By name; a kernel that takes any number of values has them in a list. */
  readonly inputs: readonly number[] | Readonly<Record<string, number | readonly number[]>>;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly outputs: readonly number[];
}

/** What is needed of TensorFlow.js. */
export interface Engine {
  tidy<T extends Tensor>(f: () => T): T;
  tensor(values: Float32Array | Int32Array, shape: number[], dtype: DType): Tensor;
  engine(): {
    runKernel(name: string, inputs: NamedTensorMap, attributes: NamedAttrMap): Tensor | Tensor[];
  };
}

/**
 * The embedding of one picture.
 *
 * @param values of all constants, one after the other.
 * @param pixels [side * side * channels], in [0, 1].
 * @returns [dim].
 */
export function replay(
  tf: Engine,
  { input, constants, steps, output }: Operations,
  values: Float32Array,
  pixels: Float32Array,
): Float32Array {
  const result = tf.tidy(() => {
    const known: Tensor[] = [tf.tensor(pixels, [...input], 'float32')];
    let at = 0;
    for (const { shape, dtype } of constants) {
      const part = values.subarray(at, (at += shape.reduce((a, b) => a * b, 1)));
      known.push(tf.tensor(dtype === 'float32' ? part : Int32Array.from(part), [...shape], dtype));
    }
    for (const { kernel, inputs, attributes, outputs } of steps) {
      const valueOf = (which: number | readonly number[]): unknown =>
        typeof which === 'number' ? known[which] : which.map((each) => known[each]);
      const given = Array.isArray(inputs)
        ? valueOf(inputs as readonly number[])
        : Object.fromEntries(Object.entries(inputs).map(([name, which]) => [name, valueOf(which)]));
      const made = tf
        .engine()
        .runKernel(kernel, given as NamedTensorMap, attributes as NamedAttrMap);
      (Array.isArray(made) ? made : [made]).forEach((each, i) => (known[outputs[i]!] = each));
    }
    return known[output]!;
  });
  const embedding = result.dataSync() as Float32Array;
  result.dispose();
  return Float32Array.from(embedding);
}
