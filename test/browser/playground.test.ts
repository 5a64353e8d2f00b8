/**
 * The front page's playground as readers use it: a landscape follows a dragged point, each mechanism
 * and each method runs, with a mouse, keys and a finger, on a desk and on a phone, light and dark.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writePages } from '../../kernel-setup/site/write.mjs';
import { notebookOf, root } from '../runner/support';
import { chromium } from './chromium';
import { patience } from './notebookPage';
import { axeFinds, complaintsOf, launch, tooWide } from './page';
import { drawing } from './painted';
import { serve } from './serve';

const screenshots = join(root, '.dark-matter', 'screenshots');
const phone = { viewport: { width: 375, height: 812 }, hasTouch: true, isMobile: true };

describe.skipIf(!chromium)('the playground', { timeout: 3 * patience }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'dark-matter-playground-'));
  let browser: Browser;
  let server: Awaited<ReturnType<typeof serve>>;

  beforeAll(async () => {
    const notebook = notebookOf([]);
    notebook.cells.push({ cell_type: 'markdown', id: 'a', metadata: {}, source: '# 00 · First' });
    const modules = join(root, 'node_modules');
    // Below a sub-path, as on many hosts.
    await writePages(join(folder, 'sub'), [{ name: '00-first', notebook }], {
      names: new Map(),
      modules,
    });
    server = await serve(folder);
    browser = await launch();
  }, patience);
  afterAll(async () => {
    await browser?.close();
    server?.close();
    rmSync(folder, { recursive: true });
  });

  const open = async (options: Parameters<Browser['newPage']>[0] = {}) => {
    const page = await browser.newPage({ viewport: { width: 1500, height: 950 }, ...options });
    page.setDefaultTimeout(patience);
    const faults = complaintsOf(page);
    await page.goto(`${server.base}/sub/index.html`);
    await page.waitForSelector('#play[data-pictures]');
    return { page, faults };
  };
  const pictures = (page: Page): Promise<number> =>
    page.evaluate<number>('Number(document.getElementById("play").dataset.pictures)');
  /** Waits for pictures that are newer than what was just done. */
  const later = async (page: Page, more = 3): Promise<void> => {
    const before = await pictures(page);
    await expect.poll(() => pictures(page), { timeout: patience }).toBeGreaterThan(before + more);
  };
  const figure = async (page: Page, id: string): Promise<number> =>
    Number((await page.textContent(`#${id}`))!.replace('−', '-'));
  const told = (page: Page): Promise<string | null> => page.textContent('#plane-told');
  const onPlane = async (page: Page, x: number, y: number) => {
    const box = (await page.locator('#plane').boundingBox())!;
    return [box.x + x * box.width, box.y + y * box.height] as const;
  };

  const drag = async (
    page: Page,
    from: readonly [number, number],
    to: readonly [number, number],
  ): Promise<void> => {
    await page.mouse.move(...(await onPlane(page, ...from)));
    await page.mouse.down();
    await page.mouse.move(...(await onPlane(page, ...to)), { steps: 20 });
    await page.mouse.up();
  };
  /** The median light around a place of the plane, in [0, 255]: the points do not count. */
  const light = (page: Page, x: number, y: number): Promise<number> =>
    page.evaluate<number>(`(() => {
      const plane = document.getElementById('plane');
      const patch = new OffscreenCanvas(60, 60).getContext('2d', { willReadFrequently: true });
      patch.drawImage(plane, 30 - ${x} * plane.width, 30 - ${y} * plane.height);
      const { data } = patch.getImageData(0, 0, 60, 60);
      const lights = Array.from({ length: 3600 }, (_, i) => (data[4 * i] + data[4 * i + 1] + data[4 * i + 2]) / 3);
      return lights.sort((a, b) => a - b)[1800];
    })()`);

  it('the landscape learns: what is missing to the best likelihood shrinks', async () => {
    const { page, faults } = await open();
    const first = await figure(page, 'missing');
    await expect
      .poll(() => figure(page, 'missing'), { timeout: patience })
      .toBeLessThan(0.6 * first);
    expect(faults).toEqual([]);
    await page.close();
  });

  it('a point is added by a click, dragged, and removed by a double-click', async () => {
    const { page, faults } = await open();
    const plane = page.locator('#plane');
    await page.click('#landscape-pause');
    await page.waitForTimeout(300);
    const before = await drawing(plane);
    const [x, y] = await onPlane(page, 0.02, 0.02);
    await page.mouse.click(x, y);
    await expect.poll(() => drawing(plane)).not.toBe(before);
    const added = await drawing(plane);
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(...(await onPlane(page, 0.03, 0.3)), { steps: 5 });
    await page.mouse.up();
    await expect.poll(async () => [added, before].includes(await drawing(plane))).toBe(false);
    await page.mouse.dblclick(...(await onPlane(page, 0.03, 0.3)));
    await expect.poll(() => told(page), { timeout: patience }).toMatch(/^Removed; 160 points/);
    expect(faults).toEqual([]);
    await page.close();
  });

  it('the valley follows points that are dragged, and those that are painted', async () => {
    const { page, faults } = await open();
    await later(page, 30);
    // The leftmost points of the moons, to the upper left, where the plateau was.
    expect(await light(page, 0.1, 0.15)).toBeGreaterThan(150);
    await drag(page, [0.135, 0.53], [0.1, 0.15]);
    await expect.poll(() => light(page, 0.1, 0.15), { timeout: patience }).toBeLessThan(120);
    expect(await told(page)).toMatch(/^Point \d+ of 160, at -3\.\d, 2\.\d$/);
    expect(await light(page, 0.8, 0.1)).toBeGreaterThan(150);
    await drag(page, [0.6, 0.1], [0.95, 0.1]);
    expect(await told(page)).toMatch(/^Added; 17\d points/);
    await expect.poll(() => light(page, 0.8, 0.1), { timeout: patience }).toBeLessThan(120);
    expect(faults).toEqual([]);
    await page.close();
  });

  it('points of one’s own begin with one, and the landscape has one valley', async () => {
    const { page, faults } = await open();
    await page.selectOption('#data', 'own');
    await expect.poll(() => light(page, 0.5, 0.6), { timeout: patience }).toBeLessThan(120);
    expect(await light(page, 0.1, 0.1)).toBeGreaterThan(150);
    await page.locator('#plane').focus();
    await page.keyboard.press('n');
    await page.keyboard.press('Delete');
    expect(await told(page)).toBe('One point has to stay.');
    expect(faults).toEqual([]);
    await page.close();
  });

  it('keys choose, add, move and remove points', async () => {
    const { page } = await open();
    await page.locator('#plane').focus();
    await page.keyboard.press('n');
    expect(await told(page)).toMatch(/^Point 1 of 160/);
    for (let i = 0; i < 3; i++) await page.keyboard.press('Enter');
    expect(await told(page)).toMatch(/^Point 163 of 163/);
    const at = await told(page);
    await page.keyboard.press('Shift+ArrowUp');
    expect(await told(page)).not.toBe(at);
    await page.keyboard.press('Delete');
    expect(await told(page)).toBe('Removed; 162 points are left.');
    await later(page);
    await page.close();
  });

  it.each(['cd', 'score', 'vae', 'kmeans'])(
    '%s gives a landscape that is not flat',
    async (name) => {
      const { page, faults } = await open();
      await page.check(`#mechanism-${name}`);
      if (name === 'kmeans') await page.waitForTimeout(500);
      else await later(page, 20);
      expect(await page.textContent('#landscape-verdict')).toBe('');
      expect(await figure(page, 'likelihood')).toBeGreaterThan(-12);
      expect(faults).toEqual([]);
      await page.close();
    },
  );

  it('with nothing to hold it up the energy collapses, and the page says so', async () => {
    const { page, faults } = await open();
    await page.check('#mechanism-nothing');
    await expect
      .poll(() => page.textContent('#landscape-verdict'), { timeout: patience })
      .toMatch(/^Collapsed/);
    // Flat is uniform: log(1 / 64) nats.
    expect(await figure(page, 'likelihood')).toBeCloseTo(-Math.log(64), 0);
    expect(faults).toEqual([]);
    await page.close();
  });

  it.each(['simclr', 'vicreg', 'barlow', 'byol'])(
    '%s holds the twins’ cloud up, and lets it fall without its mechanism',
    async (method) => {
      const { page, faults } = await open();
      await page.click('#tab-twins');
      await page.check(`#method-${method}`);
      await later(page, 20);
      expect(await figure(page, 'spread')).toBeGreaterThan(0.2);
      await page.uncheck('#held');
      await expect
        .poll(() => page.textContent('#twins-verdict'), { timeout: patience })
        .toMatch(/^Collapsed/);
      expect(await figure(page, 'gap')).toBeLessThan(0.05);
      expect(faults).toEqual([]);
      await page.close();
    },
  );

  it('agreement alone collapses', async () => {
    const { page } = await open();
    await page.click('#tab-twins');
    await page.check('#method-agreement');
    await expect
      .poll(() => page.textContent('#twins-verdict'), { timeout: patience })
      .toMatch(/^Collapsed/);
    await page.close();
  });

  it('Pause stops the pictures, and a training goes on from where it was', async () => {
    const { page } = await open();
    await later(page, 10);
    await page.click('#landscape-pause');
    await page.waitForTimeout(400);
    const before = await pictures(page);
    await page.waitForTimeout(500);
    expect(await pictures(page)).toBe(before);
    const missing = await figure(page, 'missing');
    await page.click('#landscape-pause');
    await later(page);
    expect(await figure(page, 'missing')).toBeLessThan(missing + 0.3);
    await page.close();
  });

  it('tabs are changed with arrows', async () => {
    const { page } = await open();
    await page.locator('#tab-landscape').focus();
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('#twins').isVisible()).toBe(true);
    expect(await page.locator('#tab-twins').getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('ArrowLeft');
    expect(await page.locator('#landscape').isVisible()).toBe(true);
    await page.close();
  });

  it('who wants less motion gets at most a picture a second', async () => {
    const { page } = await open({ reducedMotion: 'reduce' });
    const before = await pictures(page);
    await page.waitForTimeout(2500);
    expect((await pictures(page)) - before).toBeLessThanOrEqual(3);
    await page.close();
  });

  it('a finger adds a point, drags it without scrolling the page, and removes it by a double tap', async () => {
    const { page, faults } = await open(phone);
    await page.locator('#plane').scrollIntoViewIfNeeded();
    const scrolled = await page.evaluate<number>('scrollY');
    const [x, y] = await onPlane(page, 0.06, 0.06);
    await page.touchscreen.tap(x, y);
    await expect.poll(() => told(page), { timeout: patience }).toBe('Added; 161 points.');
    const finger = await page.context().newCDPSession(page);
    const [, below] = await onPlane(page, 0.06, 0.3);
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', at?: number) =>
      finger.send('Input.dispatchTouchEvent', {
        type,
        touchPoints: at === undefined ? [] : [{ x, y: at }],
      });
    await touch('touchStart', y);
    for (const share of [0.3, 0.6, 1]) await touch('touchMove', y + share * (below - y));
    await touch('touchEnd');
    await expect
      .poll(() => told(page), { timeout: patience })
      .toMatch(/^Point 161 of 161, at -3\.\d, 1\.\d$/);
    expect(await page.evaluate<number>('scrollY')).toBe(scrolled);
    await page.waitForTimeout(500);
    await page.touchscreen.tap(x, below);
    await page.touchscreen.tap(x, below);
    await expect.poll(() => told(page), { timeout: patience }).toMatch(/^Removed; 160 points/);
    expect(faults).toEqual([]);
    await page.close();
  });

  it.each([
    ['desk-light', {}],
    ['desk-dark', { colorScheme: 'dark' as const }],
    ['phone-light', phone],
    ['phone-dark', { ...phone, colorScheme: 'dark' as const }],
  ])('%s: axe-core finds nothing in either tab, and nothing is too wide', async (name, options) => {
    const { page, faults } = await open(options);
    mkdirSync(screenshots, { recursive: true });
    for (const tab of ['landscape', 'twins']) {
      await page.click(`#tab-${tab}`);
      await later(page, 15);
      await page.screenshot({ path: join(screenshots, `play-${tab}-${name}.png`) });
      expect(await axeFinds(page)).toEqual([]);
      expect(await tooWide(page)).toBeLessThanOrEqual(0);
    }
    expect(faults).toEqual([]);
    await page.close();
  });

  it('opened from a disk, where no browser lets it run, it says what to do', async () => {
    const page = await browser.newPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    await page.goto(pathToFileURL(join(folder, 'sub', 'index.html')).href);
    expect(await page.textContent('#landscape-verdict')).toMatch(/needs a web server/);
    expect(faults).toEqual([]);
    await page.close();
  });
});
