/** The digits' classes, and their pixels that lie class by class. */
import type { PackedImages } from './labelled';

export const side = 28;
export const classes = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;

/** @param counts how many images of each class follow one another in `pixels`. */
export function inClasses(pixels: Uint8Array, counts: readonly number[]): PackedImages {
  const labels = new Uint8Array(counts.reduce((sum, count) => sum + count, 0));
  let end = 0;
  counts.forEach((count, label) => labels.fill(label, end, (end += count)));
  return { pixels, labels, shape: [side, side, 1] };
}
