// @ts-check
/**
 * The README's picture of a folder's page: digits, embedded by their 50 principal components, with
 * one of them chosen.
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
const n = 3000;
const side = 28;

const { train, classes } = await data.digits({ train: n, test: 10 });
const axes = measure.pca(train.images, 50);
const layer = nn.sequential([nn.flatten(), nn.dense(side * side, 50)]);
/** Principal components as a dense layer: (x - mean) W is x W - mean W. */
const bias = tf.neg(
  tf.squeeze(tf.matMul(tf.reshape(axes.mean, [1, side * side]), axes.components)),
);
const params = [{}, { kernel: axes.components, bias }];
const embeddings = axes.embed(train.images);
const index = Int32Array.from(train.labels.dataSync());

const html = await gallery.galleryPage({
  title: 'Handwritten digits',
  files: Array.from(index, (digit, i) => `${digit}/${String(i).padStart(4, '0')}.png`),
  thumbnails: {
    data: Uint8Array.from(train.images.dataSync(), (value) => Math.round(255 * value)),
    side,
    channels: 1,
  },
  embeddings: { data: Float32Array.from(embeddings.dataSync()), dim: 50 },
  labels: { classes: [...classes], index },
  encoder: { layer, params, side, channels: 1 },
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
    viewport: { width: 1500, height: 900 },
    colorScheme: 'light',
    reducedMotion: 'reduce',
  });
  await page.goto(pathToFileURL(path).href);
  await page.waitForSelector('html[data-ready]');
  await page.fill('#name', '0042');
  await page.locator('#names .like').first().click();
  await page.fill('#name', '');
  await page.locator('#panel').evaluate('(panel) => void (panel.scrollTop = 0)');
  await page.mouse.move(0, 0);
  // 64 colours are enough for grey digits and ten classes, at a third of the bytes.
  await sharp(await page.screenshot())
    .png({ palette: true, colours: 64 })
    .toFile(file);
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}
