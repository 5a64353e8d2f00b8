/**
 * Embeddings as directions: rows scaled to length 1 and rounded to 16 bits. A row's largest entry
 * becomes 32,767, so an entry is off by at most half of `scale`, and a cosine between two rows by
 * at most `cosineError`.
 */

const LARGEST = 32767;

export interface Quantized {
  readonly dim: number;
  /** [n, dim]. */
  readonly values: Int16Array;
  /** [n]: row i is `scales[i]` times its integers. A row of zeros has scale 0. */
  readonly scales: Float32Array;
}

/** @param rows [n, dim], row by row; their lengths are lost. */
export function quantize(rows: ArrayLike<number>, dim: number): Quantized {
  const n = rows.length / dim;
  const values = new Int16Array(rows.length);
  const scales = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    let [squares, largest] = [0, 0];
    for (let d = 0; d < dim; d++) {
      const value = rows[i * dim + d]!;
      squares += value * value;
      largest = Math.max(largest, Math.abs(value));
    }
    if (largest === 0) continue;
    scales[i] = largest / LARGEST / Math.sqrt(squares);
    for (let d = 0; d < dim; d++)
      values[i * dim + d] = Math.round((rows[i * dim + d]! / largest) * LARGEST);
  }
  return { dim, values, scales };
}

/** [n, dim], each row of length 1 to within rounding. */
export function dequantize({ dim, values, scales }: Quantized): Float32Array {
  return Float32Array.from(values, (value, at) => value * scales[Math.floor(at / dim)]!);
}

/**
 * How far the cosine of two quantised rows can be from that of the rows themselves: each row has
 * moved by at most sqrt(dim) scale / 2, and the other one is of length 1.
 */
export function cosineError(dim: number, scale: number, otherScale: number): number {
  const [moved, otherMoved] = [scale, otherScale].map((each) => (Math.sqrt(dim) * each) / 2);
  return moved! + otherMoved! + moved! * otherMoved!;
}
