/**
 * Elastic deformation: images as if drawn on rubber (Simard et al. 2003), which is how handwriting
 * varies.
 */
import { tf, type Tensor2D } from '../../core/engine';
import { expectNumber } from '../../core/checks';
import * as random from '../../core/random';
import { geometric, type Augmentation } from './augmentation';

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
 */
export function elastic({ strength = 0.03, cells = 4 }: ElasticOptions = {}): Augmentation {
  expectNumber('elastic: strength', strength, { atLeast: 0 });
  expectNumber('elastic: cells', cells, { atLeast: 1, integer: true });
  return geometric((key, [batch, height, width]) => {
    const [vertical, horizontal] = [splineBasis(height, cells), splineBasis(width, cells)];
    const corners = vertical[0]!.length;
    const basis = tf.tensor2d(
      vertical.flatMap((v) => horizontal.map((h) => v.flatMap((a) => h.map((b) => a * b)))),
      [height * width, corners * corners],
    );
    // Rows: the x displacements of all images, in parts of the width, then their y displacements.
    const moves = random.normal(key, [2 * batch, corners * corners]) as Tensor2D;
    const sides = tf.concat([
      tf.fill([batch, 1], strength * width),
      tf.fill([batch, 1], strength * height),
    ]);
    return { field: tf.mul(tf.matMul(moves, basis, false, true), sides) as Tensor2D };
  });
}

/**
 * The weight of each of `cells + 3` grid lines at each of `side` pixel centres, for a uniform cubic
 * B-spline, scaled so that independent unit normals give a mean square of 1 over the side.
 */
function splineBasis(side: number, cells: number): number[][] {
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
  return rows.map((row) => row.map((w) => w / Math.sqrt(meanSquare)));
}
