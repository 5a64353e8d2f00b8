import { expectNumber } from '../core/checks';
import { tf, type Tensor2D, type Tensor3D } from '../core/engine';
import * as random from '../core/random';

export interface BlockSizes {
  /** Blocks to predict; default 4. */
  readonly blocks: number;
  /** Of a block, in patches; default 3 and 3. */
  readonly height: number;
  readonly width: number;
  /**
   * A block of the context's own, in patches: what is seen lies within it. Left out, the context is
   * drawn patch by patch from all that no block covers.
   */
  readonly context?: ContextSize | undefined;
}

/** The context's block. */
export interface ContextSize {
  readonly height: number;
  readonly width: number;
  /**
   * How many of its patches are looked at, at most; which ones is drawn. Default: as many as there
   * can be. Fewer cost less time, and an image with fewer has a row that is filled up.
   */
  readonly keep?: number | undefined;
}

/** Places of patches in a grid, row by row. */
export interface Blocks {
  /** int32 [batch, context patches]: what is seen; there, disjoint from every block. */
  readonly context: Tensor2D;
  /**
   * [batch, context patches]: 1 where a place of `context` is seen, 0 where it only fills the row.
   * Undefined where all are seen.
   */
  readonly seen?: Tensor2D | undefined;
  /**
   * int32 [batch, blocks * height * width]: what is predicted, block by block. Blocks may overlap.
   */
  readonly targets: Tensor2D;
}

/**
 * I-JEPA's multi-block masking (Assran et al. 2023, section 3): some rectangles to predict, and of
 * the rest a context.
 *
 * Each image has blocks at places of its own. With `context` its context is a larger block, at a
 * place of its own too, less all that is to be predicted, as in the paper. (There it covers 85 to
 * 100% of the image; the released code makes that one row and one column less than the grid, where
 * the grid is of 8 x 8 or 14 x 14 patches.) Without `context` as many patches are seen as are left
 * when no blocks overlap, drawn at random from those outside of all blocks.
 *
 * One simplification keeps all sizes fixed: blocks have one size, where the paper draws 15 to 20%
 * of the image with an aspect from 0.75 to 1.5, anew for each batch. And contexts of different size
 * are filled up and masked (`seen`), where the released code cuts them to the smallest of a batch.
 *
 * @throws when blocks that do not overlap would leave no context, or do not fit into the grid.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { noncontrastive, random } from 'dark-matter';
 * const context = { height: 7, width: 7, keep: 24 };
 * const grid = { rows: 8, columns: 8, blocks: 4, height: 4, width: 3, context };
 * const { seen, targets } = noncontrastive.targetBlocks(random.key(0), 5, grid);
 * assert.deepEqual([seen!.shape, targets.shape], [[5, 24], [5, 48]]);
 * ```
 */
export function targetBlocks(
  key: random.Key,
  batch: number,
  sizes: BlockSizes & { readonly rows: number; readonly columns: number },
): Blocks {
  const { rows, columns, blocks, height, width, context } = sizes;
  expectNumber('blocks', blocks, { atLeast: 1, integer: true });
  expectNumber('height', height, { atLeast: 1, atMost: rows, integer: true });
  expectNumber('width', width, { atLeast: 1, atMost: columns, integer: true });
  if (context) {
    expectNumber('context.height', context.height, { atLeast: 1, atMost: rows, integer: true });
    expectNumber('context.width', context.width, { atLeast: 1, atMost: columns, integer: true });
  }
  const ground = context ?? { height: rows, width: columns };
  const left = ground.height * ground.width - blocks * height * width;
  if (left < 1)
    throw new Error(
      `blocks: ${blocks} of ${height} x ${width} patches given, fewer than the ${context ? "context's" : "grid's"} ${ground.height} x ${ground.width} expected: nothing is left to see`,
    );
  // No context is larger than this: what is left of its block, or of the grid by a single block.
  const most = Math.min(ground.height * ground.width, rows * columns - height * width);
  if (context?.keep !== undefined)
    expectNumber('context.keep', context.keep, { atLeast: 1, atMost: most, integer: true });
  const count = context ? (context.keep ?? most) : left;
  return tf.tidy(() => {
    const [forTop, forLeft, forContext] = random.split(key, 3);
    const top = random.randint(forTop, [batch, blocks, 1], 0, rows - height + 1);
    const side = random.randint(forLeft, [batch, blocks, 1], 0, columns - width + 1);
    const corner = top.mul(tf.scalar(columns, 'int32')).add(side) as Tensor3D;
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
    const [forOrder, forPlace] = context ? random.split(forContext) : [forContext, forContext];
    const hidden = context ? taken.maximum(outside(forPlace, batch, sizes, context)) : taken;
    // Below 0 where hidden: what is not seen comes last.
    const order = random.uniform(forOrder, [batch, rows * columns]).sub(hidden.mul(2));
    const { values, indices } = tf.topk(order, count, true);
    const seen = context && (values.greaterEqual(0).toFloat() as Tensor2D);
    return { context: indices as Tensor2D, targets, ...(seen && { seen }) };
  });
}

/** [batch, patches]: 0 within a block of this size, at a random place in each image; 1 outside. */
function outside(
  key: random.Key,
  batch: number,
  { rows, columns }: { readonly rows: number; readonly columns: number },
  { height, width }: ContextSize,
): Tensor2D {
  const [forTop, forLeft] = random.split(key);
  const apart = (own: random.Key, all: number, length: number, of: (place: number) => number) => {
    const first = random.randint(own, [batch, 1], 0, all - length + 1);
    const at = tf.tensor1d(
      Array.from({ length: rows * columns }, (_, i) => of(i)),
      'int32',
    );
    const steps = at.sub(first); // [batch, patches], counted from the block's first
    return tf.logicalOr(steps.less(0), steps.greaterEqual(length));
  };
  return tf
    .logicalOr(
      apart(forTop, rows, height, (place) => Math.floor(place / columns)),
      apart(forLeft, columns, width, (place) => place % columns),
    )
    .toFloat() as Tensor2D;
}
