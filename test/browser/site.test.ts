/**
 * A page of the site as readers see it: without a network, in the light and in the dark, on a desk
 * and on a phone, and with axe-core's eyes.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writePages } from '../../kernel-setup/site/write.mjs';
import { notebookOf, root } from '../runner/support';
import { runCommand } from '../setup/support';
import { chromium } from './chromium';
import { patience } from './notebookPage';
import { axeFinds, launch, tooWide } from './page';
import { drawing } from './painted';

const dot =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const chart = {
  data: {
    values: [
      { a: 1, b: 2 },
      { a: 2, b: 3 },
    ],
  },
  params: [{ name: 'size', value: 50, bind: { input: 'range', min: 50, max: 500, step: 50 } }],
  mark: { type: 'point', size: { expr: 'size' } },
  encoding: { x: { field: 'a', type: 'quantitative' }, y: { field: 'b', type: 'quantitative' } },
  width: 700,
};
const prose = (id: string, source: string) => ({ cell_type: 'markdown', id, metadata: {}, source });

/** What axe-core finds, and whether something is wider than the page. */
async function faultsOf(page: Page): Promise<string[]> {
  const violations = await axeFinds(page);
  const over = await tooWide(page);
  return over > 0 ? [...violations, `${over} pixels wider than the page`] : violations;
}

/** One of everything. */
function notebook() {
  const page = notebookOf([
    'const wide = "' + 'x'.repeat(200) + '"; // a comment',
    'draw()',
    'table()',
    'fail()',
  ]);
  page.cells[1]!.outputs = [
    {
      output_type: 'display_data',
      data: {
        'image/png': dot,
        'text/plain': 'Points: 2',
        'application/vnd.vegalite.v5+json': chart,
      },
      metadata: {},
    },
    {
      output_type: 'display_data',
      data: { 'image/png': dot, 'text/plain': 'A wide picture' },
      metadata: { 'image/png': { width: 1000, height: 20 } },
    },
  ];
  page.cells[2]!.outputs = [
    {
      output_type: 'display_data',
      data: {
        'text/html': `<p class="evil">x<img alt="" src="x" onerror="window.ran = 1"></p><script>window.ran = 1</script><table><thead><tr><th>a</th></tr></thead><tbody><tr><td>${'wide '.repeat(100)}</td><td class="figure" style="text-align: right">0.403 [0.374, 0.431]</td></tr></tbody></table>`,
        'text/plain': 'A table',
      },
      metadata: {},
    },
  ];
  page.cells[3]!.outputs = [
    { output_type: 'stream', name: 'stderr', text: 'a warning\n' },
    { output_type: 'error', ename: 'RangeError', evalue: 'on purpose', traceback: [] },
  ];
  page.cells.unshift(
    prose(
      'p1',
      '# 01 · First\n\nA formula, $x_i^2$, one with something below, $\\underset{i}{\\operatorname{mean}}$, and a list:\n\n- one\n- two\n\n| | a |\n|---|---|\n| b | 1 |\n\n## Pineapple\n\nText. <img src="x" onerror="window.ran = 1">',
    ),
  );
  return page;
}

describe.skipIf(!chromium)('a page of the site', { timeout: 2 * patience }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'dark-matter-site-'));
  let browser: Browser;

  beforeAll(async () => {
    const second = notebookOf([]);
    second.cells.push(prose('q', '# 02 · Second'));
    await writePages(
      folder,
      [
        { name: '01-first', notebook: notebook() },
        { name: '02-second', notebook: second },
      ],
      {
        names: new Map([
          ['measure.knn', 'api/functions/measure.knn.html'],
          ...Array.from({ length: 30 }, (_, i) => [`many.n${i}`, `api/many.n${i}.html`] as const),
        ]),
        docs: new Map([['measure.knn', 'The accuracy of the nearest kiwifruit.']]),
        modules: join(root, 'node_modules'),
      },
    );
    browser = await launch();
  }, patience);
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  const open = async (
    name: string,
    options: Parameters<Browser['newPage']>[0] = {},
  ): Promise<{ page: Page; fetched: string[]; errors: string[] }> => {
    const page = await browser.newPage(options);
    page.setDefaultTimeout(patience);
    const [fetched, errors]: [string[], string[]] = [[], []];
    page.on('request', (request) => fetched.push(request.url()));
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(pathToFileURL(join(folder, `${name}.html`)).href);
    return { page, fetched, errors };
  };

  it('fetches nothing from anywhere, and its charts come alive when they are scrolled to', async () => {
    const { page, fetched, errors } = await open('01-first');
    await page.locator('figure.chart').scrollIntoViewIfNeeded();
    await page.waitForSelector('figure.live canvas');
    expect(fetched.filter((url) => !/^(file|data|blob):/.test(url))).toEqual([]);
    expect(errors).toEqual([]);
    await page.close();
  });

  it('a chart’s slider moves it', async () => {
    const { page } = await open('01-first');
    await page.locator('figure.chart').scrollIntoViewIfNeeded();
    const canvas = page.locator('figure.live canvas');
    await canvas.waitFor();
    const before = await drawing(canvas);
    await page.locator('figure.live input[type=range]').fill('500');
    await expect.poll(() => drawing(canvas), { timeout: patience }).not.toBe(before);
    await page.close();
  });

  it('runs no script and no handler that prose or outputs bring along', async () => {
    const { page } = await open('01-first');
    await page.waitForSelector('.evil');
    expect(await page.evaluate('window.ran')).toBeUndefined();
    await page.close();
  });

  it.each([
    ['on a desk, light', { viewport: { width: 1280, height: 900 } }],
    ['on a desk, dark', { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' as const }],
    ['on a phone', { viewport: { width: 375, height: 812 } }],
  ])('%s: axe-core finds nothing, and nothing is wider than the page', async (_, options) => {
    for (const name of ['01-first', 'index']) {
      const { page } = await open(name, options);
      if (name === '01-first') {
        await page.locator('figure.chart').scrollIntoViewIfNeeded();
        await page.waitForSelector('figure.live canvas');
      }
      expect(await faultsOf(page)).toEqual([]);
      await page.close();
    }
  });

  it('keeps a figure and its interval on one line, wide pictures legible, and what stands under a name below it', async () => {
    const { page } = await open('01-first', { viewport: { width: 375, height: 812 } });
    const box = async (part: string) => (await page.locator(part).first().boundingBox())!;
    const lines = `const words = document.createRange(); words.selectNodeContents(document.querySelector('td.figure')); words.getClientRects().length`;
    expect(await page.evaluate(lines)).toBe(1);
    expect((await box('img[alt="A wide picture"]')).width).toBe(600);
    const [name, below] = [await box('munder > :first-child'), await box('munder > :last-child')];
    expect(below.y).toBeGreaterThan(name.y + name.height / 2);
    await page.close();
  });

  it('finds words in all pages, and leads there', async () => {
    const { page } = await open('02-second');
    await page.fill('#search', 'pineapple');
    await page.click('#found a');
    expect(page.url()).toMatch(/01-first\.html#pineapple$/);
    await page.fill('#search', 'measure.knn');
    expect(await page.getAttribute('#found a', 'href')).toBe('./api/functions/measure.knn.html');
    await page.fill('#search', 'nosuchword');
    expect(await page.textContent('#found')).toBe('Nothing found.');
    await page.fill('#search', 'kiwifruit');
    expect(await page.getAttribute('#found a', 'href')).toBe('./api/functions/measure.knn.html');
    await page.fill('#search', 'many');
    expect(await page.locator('#found li').count()).toBe(12);
    await page.click('#found button');
    expect(await page.locator('#found li').count()).toBe(30);
    await page.close();
  });

  it('leads to the page before and the one after, and remembers the theme', async () => {
    const { page } = await open('01-first');
    const theme = () => page.evaluate('document.documentElement.dataset.theme');
    const before = await theme();
    await page.click('#theme');
    expect(await theme()).not.toBe(before);
    await page.click('a[rel=next]');
    expect(page.url()).toMatch(/02-second\.html$/);
    expect(await theme()).not.toBe(before);
    await page.click('a[rel=prev]');
    expect(page.url()).toMatch(/01-first\.html$/);
    await page.close();
  });
});

describe.skipIf(!chromium)(
  'the whole site, as `npm run site -- --saved` writes it',
  { timeout: 10 * patience },
  () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'dark-matter-site-')), 'site');
    let browser: Browser;
    let said = '';

    beforeAll(async () => {
      const { code, stdout, stderr } = await runCommand(root, 'site', ['--saved', '--out', folder]);
      said = stdout;
      expect(code, stderr).toBe(0);
      browser = await launch();
    }, 10 * patience);
    afterAll(async () => {
      await browser?.close();
      rmSync(dirname(folder), { recursive: true, force: true, maxRetries: 3 });
    });

    it('has a page a notebook, and those of the library', () => {
      const notebooks = readdirSync(join(root, 'notebooks')).filter((file) =>
        file.endsWith('.ipynb'),
      );
      expect(
        readdirSync(folder)
          .filter((file) => file.endsWith('.html'))
          .sort(),
      ).toEqual(
        [
          ...notebooks.map((file) => file.replace('.ipynb', '.html')),
          'index.html',
          'licences.html',
        ].sort(),
      );
      expect(Number(/of notebooks and (\d+) of the library/.exec(said)?.[1])).toBeGreaterThan(500);
    });

    it.each([
      ['on a desk, light', { viewport: { width: 1500, height: 900 } }],
      ['on a desk, dark', { viewport: { width: 1500, height: 900 }, colorScheme: 'dark' as const }],
      ['on a phone, light', { viewport: { width: 375, height: 812 } }],
      ['on a phone, dark', { viewport: { width: 375, height: 812 }, colorScheme: 'dark' as const }],
    ])(
      '%s: axe-core finds nothing on any notebook’s page, and nothing is wider than the page',
      async (_, options) => {
        const found: Record<string, string[]> = {};
        for (const name of [
          ...readdirSync(folder)
            .filter((file) => file.endsWith('.html'))
            .map((file) => file.replace('.html', '')),
          'api/index',
          'api/functions/contrastive.simclr',
          'api/modules/measure',
          'api/interfaces/measure.SweepRun',
        ]) {
          const page = await browser.newPage(options);
          page.setDefaultTimeout(patience);
          await page.goto(pathToFileURL(join(folder, `${name}.html`)).href);
          const faults = await faultsOf(page);
          if (faults.length > 0) found[name] = faults;
          await page.close();
        }
        expect(found).toEqual({});
      },
    );
  },
);
