/** Numbers in the data that are none: looked for when a loss is not finite, before anything else. */
import { tf, type Tensor } from '../core/engine';
import * as tree from '../core/pytree';

/** An example with NaN or an infinite number in it. */
export interface BadExample {
  /** The key of the tensor: `x`. */
  readonly path: string;
  /** Which example, from 0: of the data, or of its batch where `data` gives batches. */
  readonly example: number;
  /** The step whose batch has it. */
  readonly step: number;
}

/** The tensors of a batch that can hold such numbers, by path. */
export function watchedPaths(batch: unknown): string[] {
  return watched(batch).map(([path]) => path);
}

/**
 * For each of these tensors the place of its first bad example in the batch, or -1. Runs within a
 * compiled step.
 *
 * @returns float32 scalars.
 */
export function firstBad(batch: unknown): Tensor[] {
  return watched(batch).map(([, leaf]) => {
    const bad = badRows(leaf);
    return tf.where(bad.any(), bad.toInt().argMax().toFloat(), tf.scalar(-1));
  });
}

/** The first bad example among the rows of `data` that a step drew. */
export function findBad(data: unknown, indices: Int32Array, step: number): BadExample | undefined {
  for (const [path, leaf] of watched(data)) {
    const flags = tf.tidy(() => badRows(tf.gather(leaf, tf.tensor1d(indices, 'int32'))).dataSync());
    const place = flags.findIndex(Boolean);
    if (place >= 0) return { path, example: indices[place]!, step };
  }
  return undefined;
}

/** bool [batch]: whether a row has a number that is not finite. */
function badRows(leaf: Tensor): Tensor {
  return leaf.isFinite().logicalNot().reshape([leaf.shape[0]!, -1]).any(1);
}

function watched(batch: unknown): [string, Tensor][] {
  const { leaves, structure } = tree.flatten(batch);
  return leaves
    .map((leaf, i): [string, Tensor] => [structure.paths[i]!, leaf])
    .filter(([, leaf]) => leaf.dtype === 'float32' && leaf.rank > 0 && leaf.size > 0);
}
