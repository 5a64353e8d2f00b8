// @ts-check
/**
 * The README's picture of a folder's page: emoji by two artists, embedded by the 50 principal
 * components of their pixels, with one of them chosen.
 *
 *   node docs/gallery.mjs [FILE]        default: docs/gallery.png; after `npm run build`; half a
 * minute, in the Chromium that is installed (CHROME_PATH)
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { data, gallery, measure, nn, tf } from 'dark-matter';
import { chromium } from 'playwright-core';
import sharp from 'sharp';

const file = process.argv[2] ?? fileURLToPath(new URL('gallery.png', import.meta.url));
const side = 32;
const artists = /** @type {const} */ (['noto', 'fluent']);

const emoji = await data.emoji({ artists });
const { images, names, labels } = emoji.train;
const all = tf.concat(artists.map((artist) => images[artist]));

/** Principal components as layers: (x - mean) W is x W - mean W. */
const shrink = nn.sequential([nn.averagePool(2), nn.flatten()]);
const pixels = /** @type {import('dark-matter').Tensor2D} */ (shrink.apply([{}, {}], all));
const axes = measure.pca(pixels, 50);
const mean = /** @type {import('dark-matter').Tensor2D} */ (tf.reshape(axes.mean, [1, -1]));
const bias = tf.neg(tf.reshape(tf.matMul(mean, axes.components), [50]));
const layer = nn.sequential([shrink, nn.dense(pixels.shape[1], 50)]);
const params = [[{}, {}], { kernel: axes.components, bias }];
const category = labels.dataSync();

const html = await gallery.galleryPage({
  title: 'Emoji by two artists',
  files: artists.flatMap((artist) => names.map((name) => `${artist}/${name}.png`)),
  thumbnails: {
    data: Uint8Array.from(all.dataSync(), (value) => Math.round(255 * value)),
    side,
    channels: 3,
  },
  embeddings: { data: Float32Array.from(axes.embed(pixels).dataSync()), dim: 50 },
  labels: {
    classes: emoji.categories,
    index: Int32Array.from(artists.flatMap(() => [...category])),
  },
  encoder: { layer, params, side, channels: 3 },
  report: { sentences: ['Principal components of the pixels made these embeddings.'] },
});

const folder = mkdtempSync(join(tmpdir(), 'dark-matter-gallery-'));
const browser = await chromium.launch({
  executablePath: process.env['CHROME_PATH'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  const path = join(folder, 'page.html');
  writeFileSync(path, html);
  const page = await browser.newPage({
    viewport: { width: 1400, height: 840 },
    colorScheme: 'light',
    reducedMotion: 'reduce',
  });
  await page.goto(pathToFileURL(path).href);
  await page.waitForSelector('html[data-ready]');
  await page.fill('#name', 'face');
  await page.locator('#names .like').first().click();
  await page.fill('#name', '');
  await page.evaluate(
    "document.activeElement.blur(), (document.getElementById('panel').scrollTop = 0)",
  );
  await page.mouse.move(0, 0);
  // 128 colours are enough, at a third of the bytes.
  await sharp(await page.screenshot())
    .png({ palette: true, colours: 128 })
    .toFile(file);
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}
