/**
 * The pictures of the front page's cards: files of their own and small, so that they are fetched
 * when they are scrolled to, and the playground does not wait for them.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { pngOf } from './outputs.mjs';

/** @typedef {{ file: string, width: number, height: number }} Card its file, from the site's folder */

/** Twice as large as they are shown, for screens with two pixels where others have one. */
const [width, height] = [600, 300];

/**
 * @param {string} folder the site's
 * @param {readonly { name: string, notebook: import('../runner/notebook.mjs').Notebook }[]}
 * notebooks
 * @returns {Promise<Map<string, Card>>} by the notebook's name; one without pictures has none
 */
export async function writeCards(folder, notebooks) {
  mkdirSync(join(folder, 'assets', 'cards'), { recursive: true });
  /** @type {Map<string, Card>} */
  const cards = new Map();
  for (const { name, notebook } of notebooks) {
    const picture = pictureOf(notebook);
    if (!picture) continue;
    const file = `assets/cards/${name}.webp`;
    const written = await sharp(Buffer.from(picture, 'base64'))
      .resize(width, height, { fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#ffffff' })
      .webp({ quality: 82 })
      .toFile(join(folder, file));
    cards.set(name, { file, width: written.width, height: written.height });
  }
  return cards;
}

/**
 * The largest of its pictures: there is most to see in it.
 * @param {import('../runner/notebook.mjs').Notebook} notebook
 * @returns {string | undefined} base64
 */
function pictureOf({ cells }) {
  const outputs = /** @type {import('./outputs.mjs').Output[]} */ (
    cells.flatMap(({ outputs = [] }) => outputs)
  );
  const pictures = outputs.flatMap((output) => pngOf(output) ?? []);
  return pictures.sort((a, b) => b.length - a.length)[0];
}
