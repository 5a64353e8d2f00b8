/** A picture that was kept: what an hour made, shown in a second. */
import { readFileSync } from 'node:fs';
import { ImageGrid } from './images';

/**
 * The PNG of a file, as it is: what the `png()` of an image grid or a diagram wrote in a longer run.
 *
 * @param file its path.
 * @param text one line that says what is to be seen, for a terminal and a screen reader.
 * @throws where there is no such file, or it is no PNG.
 * @example
 * ```ts
 * import { mkdtempSync, writeFileSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { plot, show } from 'dark-matter';
 *
 * const file = join(mkdtempSync(join(tmpdir(), 'pictures-')), 'two.png');
 * writeFileSync(file, plot.imageGrid([[[0, 1]], [[1, 0]]]).png());
 * await show(plot.savedPicture(file, 'two pictures of two pixels'));
 * ```
 */
export function savedPicture(file: string, text: string): ImageGrid {
  const png = readFileSync(file);
  if (!png.subarray(1, 4).equals(Buffer.from('PNG')))
    throw new Error(`file: '${file}' given, which is no PNG`);
  return new ImageGrid(() => png, text);
}
