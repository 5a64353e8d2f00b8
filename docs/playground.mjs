// @ts-check
/**
 * The README's picture of the front page: the playground after some seconds of training, as a
 * browser shows it.
 *
 *   node docs/playground.mjs [FILE]      default: docs/playground.png; wants a Chromium
 * (`CHROME_PATH`, or `chromium`)
 */
import { createServer } from 'node:http';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import sharp from 'sharp';
import { writePages } from '../kernel-setup/site/write.mjs';

const file = process.argv[2] ?? fileURLToPath(new URL('playground.png', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'dark-matter-playground-'));
const modules = fileURLToPath(new URL('../node_modules', import.meta.url));
await writePages(folder, [], { names: new Map(), modules });

const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };
const server = createServer(({ url = '/' }, response) => {
  const { pathname } = new URL(url, 'http://localhost');
  const ending = /** @type {keyof typeof types} */ (extname(pathname));
  response.setHeader('content-type', types[ending] ?? 'application/wasm');
  response.end(readFileSync(join(folder, pathname)));
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());

const executablePath = process.env['CHROME_PATH'] ?? '/usr/bin/chromium';
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
try {
  const viewport = { width: 1400, height: 1000 };
  const page = await browser.newPage({ viewport, deviceScaleFactor: 1.5 });
  await page.goto(`http://127.0.0.1:${port}/index.html`);
  await page.waitForFunction('Number(document.getElementById("play").dataset.pictures) > 240');
  const picture = await page.locator('#play').screenshot({ animations: 'disabled' });
  await sharp(picture).png({ palette: true, colours: 128 }).toFile(file);
} finally {
  await browser.close();
  server.close();
  rmSync(folder, { recursive: true });
}
