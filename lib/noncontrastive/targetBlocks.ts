import { expectNumber } from '../core/checks';
import { tf, type Tensor2D, type Tensor3D } from '../core/engine';
import * as random from '../core/random';

export interface BlockSizes {
  /** Blocks to predict; default 4. */
  readonly blocks: number;
  /** Of a block, in patches; default 3 and 3. */
  readonly height: number;
  readonly width: number;
}

/** Places of patches in a grid, row by row. */
export interface Blocks {
  /** int32 [batch, context patches]: what is seen; disjoint from every block. */
  readonly context: Tensor2D;
  /**
   * int32 [batch, blocks * height * width]: what is predicted, block by block. Blocks may overlap.
   */
  readonly targets: Tensor2D;
}

/**
 * I-JEPA's multi-block masking (Assran et al. 2023, section 3): some rectangles to predict, and of
 * the rest a context.
 *
 * Each image has blocks at places of its own. Two simplifications keep all sizes fixed: blocks have
 * one size (the paper draws 15 to 20% of the image with an aspect from 0.75 to 1.5, anew for each
 * batch), and the context has as many patches as are left when no blocks overlap, drawn at random
 * from those outside of all blocks (the paper cuts its contexts to the smallest of the batch).
 *
 * @throws when blocks that do not overlap would leave no context, or do not fit into the grid.
 */
export function targetBlocks(
  key: random.Key,
  batch: number,
  {
    rows,
    columns,
    blocks,
    height,
    width,
  }: BlockSizes & { readonly rows: number; readonly columns: number },
): Blocks {
  expectNumber('blocks', blocks, { atLeast: 1, integer: true });
  expectNumber('height', height, { atLeast: 1, atMost: rows, integer: true });
  expectNumber('width', width, { atLeast: 1, atMost: columns, integer: true });
  const seen = rows * columns - blocks * height * width;
  if (seen < 1)
    throw new Error(
      `blocks: ${blocks} of ${height} x ${width} patches given, fewer than the grid's ${rows} x ${columns} expected: nothing is left to see`,
    );
  return tf.tidy(() => {
    const [forTop, forLeft, forContext] = random.split(key, 3);
    const top = random.randint(forTop, [batch, blocks, 1], 0, rows - height + 1);
    const left = random.randint(forLeft, [batch, blocks, 1], 0, columns - width + 1);
    const corner = top.mul(tf.scalar(columns, 'int32')).add(left) as Tensor3D;
    const within = Array.from(
      { length: height * width },
      (_, i) => Math.floor(i / width) * columns + (i % width),
    );
    const targets = corner.add(tf.tensor1d(within, 'int32')).reshape([batch, -1]) as Tensor2D;
    // Which patches lie in some block, [batch, patches]: compared place by place, as a scatter
    // would do it.
    const taken = tf
      .equal(targets.expandDims(2), tf.range(0, rows * columns, 1, 'int32'))
      .any(1)
      .toFloat();
    const order = random.uniform(forContext, [batch, rows * columns]).sub(taken.mul(2));
    return { context: tf.topk(order, seen, true).indices as Tensor2D, targets };
  });
}
