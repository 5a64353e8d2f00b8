/**
 * The digits' pixels in a browser, from one packed file beside the script: ten numbers, how many there
 * are of each class, and then their bytes. Stands for `digitPixels.ts` there.
 */
import { fetched } from '../core/fetched';
import { classes, inClasses } from './digitClasses';
import type { PackedImages } from './labelled';

export async function digitPixels(): Promise<PackedImages> {
  const bytes = await fetched('digits.bin.gz');
  if (!bytes) throw new Error('digits: digits.bin.gz is missing beside the page');
  const counts = [...new Uint32Array(bytes.buffer, 0, classes.length)];
  const pixels = bytes.subarray(classes.length * Uint32Array.BYTES_PER_ELEMENT);
  return inClasses(pixels, counts);
}
