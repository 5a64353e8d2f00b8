/**
 * The digits' pixels in a browser, from one packed file beside the script: ten numbers, how many there
 * are of each class, and then their bytes. Stands for `digitPixels.ts` there.
 */
import { fetched } from '../core/fetched';
import type { PackedImages } from './labelled';

const side = 28;
export const classes = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;

export async function digitPixels(): Promise<PackedImages> {
  const bytes = await fetched('digits.bin.gz');
  if (!bytes) throw new Error('digits: digits.bin.gz is missing beside the page');
  const counts = [...new Uint32Array(bytes.buffer, 0, classes.length)];
  const labels = new Uint8Array(counts.reduce((sum, count) => sum + count, 0));
  let end = 0;
  counts.forEach((count, label) => labels.fill(label, end, (end += count)));
  const pixels = bytes.subarray(classes.length * Uint32Array.BYTES_PER_ELEMENT);
  return { pixels, labels, shape: [side, side, 1] };
}
