/**
 * "Run it here", as readers use it: notebook 00 whole, an edit, a type error, Stop, Restart, the
 * notebook as a file; from a plain file server below a sub-path, and from one that isolates its pages.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readNotebook } from '../../kernel-setup/runner/notebook.mjs';
import { writePages } from '../../kernel-setup/site/write.mjs';
import { notebookOf, root } from '../runner/support';
import { chromium } from './chromium';
import { patience } from './notebookPage';
import { axeFinds, complaintsOf, launch, tooWide } from './page';
import { serve } from './serve';

const screenshots = join(root, '.dark-matter', 'screenshots');
const saved = readNotebook(join(root, 'notebooks', '00-start-here.ipynb'));

/** A small notebook under the name of one that runs here. */
const small = notebookOf([
  'const seed: number = 1;',
  "import { plot, show, tf } from 'dark-matter';\nawait show(plot.lines([3, 2, seed]));",
  'tf.scalar(seed + 1).dataSync()[0]',
]);

const codes = small.cells.map(({ source }) => source);
small.cells.unshift({ cell_type: 'markdown', id: 'title', metadata: {}, source: '# 99 · Small' });

/** What a server says that isolates its pages. */
const isolation = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

describe.skipIf(!chromium)('run it here', { timeout: 3 * patience }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'dark-matter-here-'));
  let browser: Browser;
  let plain: Awaited<ReturnType<typeof serve>>;
  let isolated: Awaited<ReturnType<typeof serve>>;

  beforeAll(async () => {
    await writePages(
      join(folder, 'sub'),
      [
        { name: '00-start-here', notebook: saved },
        { name: '99-small', notebook: small },
        { name: '17-leaderboard', notebook: small },
      ],
      {
        names: new Map(),
        modules: join(root, 'node_modules'),
        runs: new Map([
          ['00-start-here', 120],
          ['99-small', 1],
        ]),
      },
    );
    mkdirSync(screenshots, { recursive: true });
    [plain, isolated] = [await serve(folder), await serve(folder, isolation)];
    browser = await launch();
  }, 2 * patience);
  afterAll(async () => {
    await browser?.close();
    plain?.close();
    isolated?.close();
    rmSync(folder, { recursive: true });
  });

  async function open(address: string, options: Parameters<Browser['newPage']>[0] = {}) {
    const page = await browser.newPage({ viewport: { width: 1500, height: 950 }, ...options });
    page.setDefaultTimeout(patience);
    const faults = complaintsOf(page);
    await page.goto(address);
    return { page, faults };
  }

  async function live(name: string, base = plain.base, options = {}) {
    const opened = await open(`${base}/sub/${name}.html`, options);
    await opened.page.click('#here-start');
    await opened.page.waitForSelector('#here[data-ready]');
    return opened;
  }

  const cell = (page: Page, at: number) => page.locator('.cell[data-id]').nth(at);
  const ended = (page: Page, at: number, state: string) =>
    cell(page, at)
      .and(page.locator(`[data-state="${state}"]`))
      .waitFor();
  const said = (page: Page, at: number) => cell(page, at).locator('.outputs').innerText();

  async function type(page: Page, at: number, text: string): Promise<void> {
    await cell(page, at).locator('.cm-content').click();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.insertText(text);
  }

  async function run(page: Page, at: number, state = 'ok'): Promise<string> {
    await cell(page, at).getByRole('button', { name: /^Run/ }).click();
    await ended(page, at, state);
    return said(page, at);
  }

  it(
    '00 runs whole: its claims hold, and its loss is the one that was saved',
    { timeout: 5 * patience },
    async () => {
      const { page, faults } = await live('00-start-here');
      await page.getByRole('button', { name: 'Run all' }).click();
      // At once it is shown where it is, and pictures follow while it trains.
      await page.locator('.cell[data-state="running"] figure.live canvas').first().waitFor();
      await page.waitForSelector('#here[data-running="false"]', { timeout: 4 * patience });
      const states = await page
        .locator('.cell[data-id]')
        .evaluateAll((cells) => cells.map((each) => each.getAttribute('data-state')));
      expect(states).toEqual(states.map(() => 'ok'));
      expect(await page.textContent('#here-told')).toMatch(/every claim held/);

      const lossIn = (text: string): number => Number(/1500 steps, loss ([\d.]+)/.exec(text)?.[1]);
      const before = lossIn(JSON.stringify(saved));
      const now = lossIn(await page.locator('#cell-train .outputs').innerText());
      expect(before).toBeGreaterThan(0.2);
      expect(Math.abs(now - before)).toBeLessThan(2e-3);
      await page.screenshot({ path: join(screenshots, 'here.png') });
      expect(faults).toEqual([]);
      await page.close();
    },
  );

  it('runs as well where a server isolates its pages', async () => {
    const { page } = await live('99-small', isolated.base);
    expect(await page.evaluate('crossOriginIsolated')).toBe(true);
    await run(page, 0);
    await run(page, 1);
    expect(await run(page, 2)).toBe('2');
    await page.close();
  });

  it('a cell is changed, checked, completed and run; variables stay', async () => {
    const { page, faults } = await live('99-small');
    expect(await page.evaluate('crossOriginIsolated')).toBe(false);
    await page.getByRole('button', { name: 'Run all' }).click();
    await ended(page, 2, 'ok');
    expect(await said(page, 2)).toBe('2');
    expect(await cell(page, 1).locator('figure.live canvas').count()).toBe(1);

    await type(page, 0, "const seed: number = 'one';");
    // What is wrong is told while it is typed, and nothing of it runs.
    await cell(page, 0).locator('.cm-lintRange-error').waitFor();
    expect(await run(page, 0, 'failed')).toContain(
      "error TS2322: Type 'string' is not assignable to type 'number'",
    );
    expect(await run(page, 2)).toBe('2');

    await type(page, 2, 'plot.lin');
    await page.locator('.cm-tooltip-autocomplete', { hasText: 'lines' }).waitFor();
    await page.keyboard.press('Escape');
    await type(page, 0, 'const seed: number = 41;');
    await type(page, 2, 'tf.scalar(seed + 1).dataSync()[0]');
    await run(page, 0);
    expect(await run(page, 2)).toBe('42');

    await type(page, 2, 'seed;\nthrow new RangeError("on purpose");');
    expect(await run(page, 2, 'failed')).toMatch(/RangeError: on purpose\s+at line 2 of this cell/);
    expect(faults).toEqual([]);
    await page.close();
  });

  it('changes are kept from visit to visit, taken home as a notebook, and undone', async () => {
    const context = await browser.newContext({ viewport: { width: 1500, height: 950 } });
    const page = await context.newPage();
    page.setDefaultTimeout(patience);
    const visit = async () => {
      await page.goto(`${plain.base}/sub/99-small.html`);
      await page.click('#here-start');
      await page.waitForSelector('#here[data-ready]');
    };
    await visit();
    await type(page, 0, 'const seed: number = 7;');
    await visit();
    expect(await page.textContent('#here-told')).toContain('Your changes of last time');
    expect(await cell(page, 0).locator('.cm-content').innerText()).toBe('const seed: number = 7;');
    await run(page, 0);
    await run(page, 1);
    expect(await run(page, 2)).toBe('8');

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('99-small.ipynb');
    const file = await download.path();
    const [title, ...cells] = readNotebook(file).cells;
    expect(title).toEqual(small.cells[0]);
    expect(cells.map(({ source }) => [source].flat().join(''))).toEqual([
      'const seed: number = 7;',
      ...codes.slice(1),
    ]);
    expect(cells.map(({ execution_count: count }) => count)).toEqual([1, 2, 3]);
    expect(cells[2]!.outputs).toMatchObject([
      { output_type: 'execute_result', data: { 'text/plain': '8' } },
    ]);
    const [chart] = cells[1]!.outputs as { data: Record<string, unknown> }[];
    expect(Object.keys(chart!.data)).toContain('application/vnd.vegalite.v5+json');

    await page.getByRole('button', { name: 'Undo all changes' }).click();
    expect(await cell(page, 0).locator('.cm-content').innerText()).toBe('const seed: number = 1;');
    await visit();
    expect(await page.textContent('#here-told')).not.toContain('Your changes');
    await context.close();
  });

  it('Stop ends what waits and keeps the variables; it ends a loop with all of them', async () => {
    const { page } = await live('99-small');
    await run(page, 0);
    const stop = page.getByRole('button', { name: 'Stop' });
    expect(await stop.isDisabled()).toBe(true);
    const begin = async (code: string) => {
      await type(page, 1, `console.log('has begun');\n${code}`);
      await cell(page, 1).getByRole('button', { name: /^Run/ }).click();
      await cell(page, 1).locator('.outputs', { hasText: 'has begun' }).waitFor();
    };
    await begin('await new Promise(() => {});');
    await stop.click();
    await ended(page, 1, 'failed');
    expect(await said(page, 1)).toContain('InterruptedError: the cell was stopped');
    await type(page, 2, 'seed');
    expect(await run(page, 2)).toBe('1');

    await begin('for (;;) {}');
    await stop.click();
    await ended(page, 1, 'failed');
    expect(await said(page, 1)).toContain('ended by force');
    expect(await run(page, 2, 'failed')).toContain("Cannot find name 'seed'");
    await run(page, 0);
    expect(await run(page, 2)).toBe('1');
    await page.close();
  });

  it('a training is stopped where it is; Restart forgets all', async () => {
    const { page } = await live('99-small');
    await run(page, 0);
    await type(
      page,
      1,
      `import { contrastive, data, nn, optim, random, train } from 'dark-matter';
const { sample, bounds } = data.toys.moons;
const network = nn.sequential([nn.mlp([2, 8, 1]), nn.softplus()]);
let step = 0;
await train({ method: contrastive.nce({ network, bounds }), data: { x: sample(random.key(0), 100) },
  batch: 10, steps: 1e6, optimizer: optim.sgd({ learningRate: 0.1 }), display: 'bar',
  onStep: (event) => void (step = event.step) });`,
    );
    await cell(page, 1).getByRole('button', { name: /^Run/ }).click();
    await cell(page, 1).locator('progress').waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await ended(page, 1, 'failed');
    expect(await said(page, 1)).toMatch(/AbortError: train: NCE stopped after \d+ of/);
    await type(page, 2, 'step > 0 && step < 1e6');
    expect(await run(page, 2)).toBe('true');

    await page.getByRole('button', { name: 'Restart' }).click();
    await page.getByText('Restarted').waitFor();
    await type(page, 2, 'seed');
    expect(await run(page, 2, 'failed')).toContain("Cannot find name 'seed'");
    await page.close();
  });

  it('from a disk it says what to do instead, and a page that does not run here says why', async () => {
    const { page } = await open(pathToFileURL(join(folder, 'sub', '99-small.html')).href);
    await page.click('#here-start');
    expect(await page.textContent('#here-told')).toContain('python3 -m http.server');
    await page.goto(`${plain.base}/sub/17-leaderboard.html`);
    const told = await page.locator('aside.here').innerText();
    expect(told).toMatch(/does not run in a browser: .+npm ci.+npm start/);
    await page.close();
  });

  it.each([
    ['light', 1500],
    ['dark', 375],
  ] as const)(
    'in the %s at %d pixels axe finds nothing, and nothing is wider',
    async (scheme, width) => {
      const { page } = await live('99-small', plain.base, {
        viewport: { width, height: 850 },
        colorScheme: scheme,
      });
      await page.getByRole('button', { name: 'Run all' }).click();
      await ended(page, 2, 'ok');
      await page.screenshot({ path: join(screenshots, `here-${scheme}.png`), fullPage: true });
      expect(await axeFinds(page)).toEqual([]);
      expect(await tooWide(page)).toBe(0);
      await page.close();
    },
  );
});
