/**
 * The page of a folder's pictures as people use it: opened from the disk, clicked, searched with a
 * picture, by mouse, keys and finger, on a desk and on a phone, light and dark.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gallery, nn, random, tf } from 'dark-matter';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../runner/support';
import { chromium } from './chromium';
import { patience } from './notebookPage';
import { axeFinds, complaintsOf, launch, tooWide } from './page';
import { drawing } from './painted';

const SIDE = 16;
const SIZE = SIDE * SIDE * 3;
const N = 240;
const screenshots = join(root, '.dark-matter', 'screenshots');

/** Six families of discs on grounds; no two pictures are the same but the last, a copy of the first. */
function pictures(): { bytes: Uint8Array; family: Int32Array } {
  const generator = random.hostGenerator(3);
  const bytes = new Uint8Array(N * SIZE);
  const family = Int32Array.from({ length: N }, (_, i) => i % 6);
  for (let i = 0; i < N; i++) {
    const [x0, y0, r] = [
      generator.uniform(5, 11),
      generator.uniform(5, 11),
      generator.uniform(3, 6),
    ];
    for (let p = 0; p < SIDE * SIDE; p++) {
      const inside = Math.hypot((p % SIDE) - x0, Math.floor(p / SIDE) - y0) < r;
      for (let c = 0; c < 3; c++)
        bytes[i * SIZE + 3 * p + c] = inside === (family[i]! >> c) % 2 > 0 ? 220 : 40 + 25 * c;
    }
  }
  bytes.copyWithin((N - 1) * SIZE, 0, SIZE);
  return { bytes, family };
}

const evil = '<img src=x onerror="window.ran=1">.png';
const files = Array.from({ length: N }, (_, i) => (i === 5 ? evil : `disc ${i}.png`));

describe.skipIf(!chromium)('the page of a folder', { timeout: 2 * patience }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'dark-matter-gallery-'));
  const { bytes, family } = pictures();
  const layer = nn.smallConvNet({ width: 8, features: 24, side: SIDE, channels: 3 });
  let browser: Browser;
  let embeddings: Float32Array;

  beforeAll(async () => {
    const images = tf.tensor4d(
      Float32Array.from(bytes, (byte) => byte / 255),
      [N, SIDE, SIDE, 3],
    );
    const params = nn.calibrate(layer, layer.init(random.key(1)), images);
    embeddings = layer.apply(params, images, nn.inInference).dataSync() as Float32Array;
    const page = await gallery.galleryPage({
      title: 'Discs',
      files,
      thumbnails: { data: bytes, side: SIDE, channels: 3 },
      embeddings: { data: embeddings, dim: 24 },
      labels: { classes: ['a', 'b', 'c', 'd', 'e', 'f'], index: family },
      encoder: { layer, params, side: SIDE, channels: 3 },
      report: {
        sentences: ['An untrained network made these embeddings.'],
        comparison: {
          measure: 'Pictures whose nearest neighbour is of the same family',
          rows: [
            { name: 'Untrained', score: 0.5, interval: [0.48, 0.52], trained: true },
            { name: 'Raw pixels', score: 0.6, interval: [0.58, 0.62] },
          ],
        },
        collapse: {
          verdict: 'healthy',
          figures: [{ name: 'Rank', value: '9', meaning: 'Directions in use.' }],
        },
      },
    });
    writeFileSync(join(folder, 'page.html'), page);
    const raw = { raw: { width: SIDE, height: SIDE, channels: 3 as const } };
    await sharp(bytes.subarray(33 * SIZE, 34 * SIZE), raw)
      .png()
      .toFile(join(folder, 'mine.png'));
    writeFileSync(join(folder, 'text.jpg'), 'no picture');
    browser = await launch();
  }, 2 * patience);
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  const open = async (options: Parameters<Browser['newPage']>[0] = {}) => {
    const page = await browser.newPage({
      viewport: { width: 1500, height: 900 },
      reducedMotion: 'reduce',
      ...options,
    });
    page.setDefaultTimeout(patience);
    const faults = complaintsOf(page);
    page.on('request', (request) => {
      if (!/^(file|data|blob):/.test(request.url())) faults.push(`asked for ${request.url()}`);
    });
    await page.goto(pathToFileURL(join(folder, 'page.html')).href);
    await page.waitForSelector('html[data-ready]');
    return { page, faults };
  };
  const likes = (page: Page): Promise<string[]> =>
    page
      .locator('#chosen-body .like')
      .evaluateAll((all) =>
        all.map((each) => String((each as unknown as { title: string }).title)),
      );

  /** The nearest others by exact cosines. */
  const nearestTo = (row: number): string[] => {
    const own = embeddings.subarray(row * 24, row * 24 + 24);
    const cosine = (i: number): number => {
      const other = embeddings.subarray(i * 24, i * 24 + 24);
      return own.reduce((sum, value, d) => sum + value * other[d]!, 0) / Math.hypot(...other);
    };
    return files
      .map((file, i) => ({ file, value: i === row ? -Infinity : cosine(i) }))
      .sort((a, b) => b.value - a.value)
      .slice(0, 5)
      .map(({ file }) => file);
  };

  it('a click on a picture shows its nearest neighbours, as the embeddings have them', async () => {
    const { page, faults } = await open();
    const box = (await page.locator('#map').boundingBox())!;
    for (let x = 0.3; x < 0.8 && (await likes(page)).length === 0; x += 0.02)
      await page.mouse.click(box.x + x * box.width, box.y + box.height / 2);
    const chosen = files.indexOf((await page.textContent('#chosen-title'))!);
    expect(chosen).toBeGreaterThanOrEqual(0);
    expect((await likes(page)).slice(0, 5)).toEqual(nearestTo(chosen));
    await page.locator('#chosen-body .like').first().click();
    expect(await page.textContent('#chosen-title')).toBe(nearestTo(chosen)[0]);
    expect(faults).toEqual([]);
    await page.close();
  });

  it('a picture that is dropped in finds itself: the encoder in the page agrees with the library', async () => {
    const { page, faults } = await open();
    const contents = readFileSync(join(folder, 'mine.png')).toString('base64');
    await page.evaluate(`{
      const bytes = Uint8Array.from(atob('${contents}'), (c) => c.charCodeAt(0));
      const data = new DataTransfer();
      data.items.add(new File([bytes], 'mine.png', { type: 'image/png' }));
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
    }`);
    await page.locator('#chosen-body .like').first().waitFor();
    expect(await page.textContent('#chosen-title')).toBe('mine.png');
    const first = page.locator('#chosen-body .like').first();
    expect(await first.getAttribute('title')).toBe('disc 33.png');
    expect(await first.locator('.cosine').textContent()).toBe('1.000');
    expect(faults).toEqual([]);
    await page.close();
  });

  it('a file can be chosen instead, and one that is no picture is a sentence', async () => {
    const { page, faults } = await open();
    await page.setInputFiles('#file', join(folder, 'text.jpg'));
    await expect
      .poll(() => page.textContent('#trouble'), { timeout: patience })
      .toMatch(/^text.jpg is no picture/);
    await page.setInputFiles('#file', join(folder, 'mine.png'));
    await page.locator('#chosen-body .like').first().waitFor();
    expect(await page.textContent('#trouble')).toBe('');
    expect(faults).toEqual([]);
    await page.close();
  });

  it('keys do what the mouse does: step, zoom, show all, let go', async () => {
    const { page } = await open();
    const canvas = page.locator('#map');
    await canvas.focus();
    const before = await drawing(canvas);
    await page.keyboard.press('ArrowRight');
    const first = await page.textContent('#chosen-title');
    expect(files).toContain(first);
    await page.keyboard.press('ArrowLeft');
    expect(files).toContain(await page.textContent('#chosen-title'));
    expect(await page.textContent('#chosen-title')).not.toBe(first);
    await page.keyboard.press('+');
    await page.keyboard.press('Escape');
    await expect.poll(() => drawing(canvas), { timeout: patience }).not.toBe(before);
    await page.keyboard.press('0');
    await expect.poll(() => drawing(canvas), { timeout: patience }).toBe(before);
    await page.close();
  });

  it('zooming in draws more of the squares as pictures', async () => {
    const { page } = await open({ viewport: { width: 700, height: 700 } });
    const scale = () => page.textContent('#scale');
    await expect.poll(scale, { timeout: patience }).toMatch(/drawn as pictures/);
    const before = await drawing(page.locator('#map'));
    await page.locator('#map').hover();
    await page.mouse.wheel(0, -400);
    await expect.poll(() => drawing(page.locator('#map')), { timeout: patience }).not.toBe(before);
    await page.close();
  });

  it('the copy is listed, a name is found, a class is picked out; no name is read as HTML', async () => {
    const { page, faults } = await open();
    await page.locator('#likeness').fill('1');
    const group = page.locator('#groups .group');
    expect(
      await group
        .locator('.like')
        .evaluateAll((all) =>
          all.map((each) => String((each as unknown as { title: string }).title)),
        ),
    ).toEqual(['disc 0.png', `disc ${N - 1}.png`]);
    await page.fill('#name', 'IMG SRC');
    expect(await page.locator('#names .like').getAttribute('title')).toBe(evil);
    await page.locator('#names .like').click();
    expect(await page.textContent('#chosen-title')).toBe(evil);
    await page.locator('#class-list button').first().click();
    expect(await page.locator('#class-list [aria-pressed=true]').count()).toBe(1);
    expect(await page.evaluate('window.ran')).toBeUndefined();
    expect(faults).toEqual([]);
    await page.close();
  });

  it.each([
    ['desk-light', { viewport: { width: 1500, height: 900 } }],
    ['desk-dark', { viewport: { width: 1500, height: 900 }, colorScheme: 'dark' as const }],
    ['phone-light', { viewport: { width: 375, height: 812 }, hasTouch: true, isMobile: true }],
    [
      'phone-dark',
      {
        viewport: { width: 375, height: 812 },
        hasTouch: true,
        isMobile: true,
        colorScheme: 'dark' as const,
      },
    ],
  ])('%s: axe-core finds nothing, and nothing is wider than the page', async (name, options) => {
    const { page, faults } = await open(options);
    for (const chosen of [false, true]) {
      if (chosen) await page.setInputFiles('#file', join(folder, 'mine.png'));
      if (chosen) await page.locator('#chosen-body .like').first().waitFor();
      expect(await axeFinds(page)).toEqual([]);
      expect(await tooWide(page)).toBeLessThanOrEqual(0);
    }
    mkdirSync(screenshots, { recursive: true });
    await page.screenshot({ path: join(screenshots, `gallery-${name}.png`) });
    expect(faults).toEqual([]);
    await page.close();
  });

  it('a finger taps a picture', async () => {
    const { page } = await open({
      viewport: { width: 375, height: 812 },
      hasTouch: true,
      isMobile: true,
    });
    const box = (await page.locator('#map').boundingBox())!;
    for (let y = 0.3; y < 0.8 && (await likes(page)).length === 0; y += 0.03)
      await page.touchscreen.tap(box.x + box.width / 2, box.y + y * box.height);
    expect((await likes(page)).length).toBe(12);
    await page.close();
  });
});
