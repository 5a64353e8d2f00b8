/**
 * Elastic deformation: images as if drawn on rubber (Simard et al. 2003), which is how handwriting
 * varies.
 */
import { tf, type Tensor2D, type Tensor3D } from '../../core/engine';
import { expectNumber } from '../../core/checks';
import * as random from '../../core/random';
import { geometric, type Augmentation } from './augmentation';
import { byName } from './settings';

export interface ElasticOptions {
  /**
   * The root mean square displacement along each axis, as a part of the image's side. Default 0.03.
   */
  readonly strength?: number;
  /**
   * Cells a side of the grid whose corners are moved: the more, the finer the wrinkles. Default 4.
   */
  readonly cells?: number;
}

/**
 * Displaces every pixel by a smooth random field: normal displacements at the corners of a coarse
 * grid, and a cubic B-spline between them (Rueckert et al. 1999, free-form deformation).
 * `elastic(0.03)` is short for `elastic({ strength: 0.03 })`.
 *
 * @example
 * ```ts
 * import { augment, random, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const images = random.uniform(random.key(1), [2, 8, 8, 1]) as ReturnType<typeof tf.tensor4d>;
 * const bent = augment.elastic({ strength: 0.1, cells: 3 })(images, random.key(0));
 * assert.notDeepEqual(bent.dataSync(), images.dataSync());
 * ```
 */
export function elastic(settings: number | ElasticOptions = {}): Augmentation {
  const named = byName<ElasticOptions, 'strength'>('elastic', 'strength', settings);
  const { strength = 0.03, cells = 4 } = named;
  expectNumber('elastic: strength', strength, { atLeast: 0 });
  expectNumber('elastic: cells', cells, { atLeast: 1, integer: true });
  return geometric('elastic', (key, [batch, height, width]) => {
    const lines = cells + 3;
    // Rows: the x displacements of all images, in parts of the width, then their y displacements.
    const moves = random.normal(key, [2 * batch, lines, lines]);
    // One axis after the other: a spline of two is the product of two splines.
    const across = tf.matMul(moves, splineBasis(width, cells), false, true);
    const field = tf.matMul(splineBasis(height, cells), across);
    const sides = tf.concat([
      tf.fill([batch, 1], strength * width),
      tf.fill([batch, 1], strength * height),
    ]);
    return { field: tf.mul(tf.reshape(field, [2 * batch, height * width]), sides) as Tensor2D };
  });
}

/**
 * The weight of each of `cells + 3` grid lines at each of `side` pixel centres, for a uniform cubic
 * B-spline, scaled so that independent unit normals give a mean square of 1 over the side. [1, side,
 * cells + 3].
 */
function splineBasis(side: number, cells: number): Tensor3D {
  const rows = Array.from({ length: side }, (_, i) => {
    const at = ((i + 0.5) / side) * cells;
    const cell = Math.min(Math.floor(at), cells - 1);
    const t = at - cell;
    const four = [
      (1 - t) ** 3,
      3 * t ** 3 - 6 * t ** 2 + 4,
      -3 * t ** 3 + 3 * t ** 2 + 3 * t + 1,
      t ** 3,
    ];
    return Array.from({ length: cells + 3 }, (__, line) => (four[line - cell] ?? 0) / 6);
  });
  const meanSquare = rows.reduce((sum, row) => sum + row.reduce((s, w) => s + w * w, 0), 0) / side;
  return tf.tensor3d([rows.map((row) => row.map((w) => w / Math.sqrt(meanSquare)))]);
}
