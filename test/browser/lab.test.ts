/**
 * JupyterLab in a real browser: what a person does with a notebook, and what they see. Screenshots:
 * .dark-matter/screenshots.
 */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { chromium } from './chromium';
import { startLab, type Lab } from './lab';
import { NotebookPage, patience } from './notebookPage';
import { launch } from './page';
import { backgroundOf, coverage, drawing } from './painted';

if (!chromium)
  console.warn(
    'No Chromium was found (chromium, chromium-browser or google-chrome on the PATH, or CHROME_PATH): the browser tests are skipped.',
  );

const cells = [
  `import { live, plot, show } from 'dark-matter';`,
  `const answer: number = 6 * 7;\nanswer`,
  `const half = Array.from({ length: 40 }, () => Array.from({ length: 40 }, (_, j) => (j < 20 ? 0 : 1)));
await show(plot.heatmap(half, { title: 'Two halves', height: 160 }));`,
  `const slope = Array.from({ length: 40 }, () => Array.from({ length: 40 }, (_, j) => j / 39));
await show(plot.energySurface({ x: [-1, 1], y: [-1, 1], energy: slope }, { title: 'A slope' }));`,
  `await show(plot.lines({ loss: [1000, 100, 10, 1, 0.1] }, { title: 'A straight line', logY: true }));`,
  `const bump = (at: number) => plot.lines({ hill: [0, 1, 2, 3, 4].map((x) => (x === at ? 1 : 0)) });
await show(plot.slider([bump(1), bump(3)], { name: 'place', values: [0, 1], initial: 0 }));`,
  '',
];
/** The empty one, in which the tests type. */
const scratch = 6;

describe.skipIf(!chromium)('a notebook in JupyterLab', { timeout: 4 * patience }, () => {
  let lab: Lab;
  let browser: Browser;
  let notebook: NotebookPage;
  let kernel = 0;

  /** Outputs are rendered a moment after they arrive. */
  const soon = { timeout: patience };
  const shown = (): Promise<string> => notebook.outputs(scratch).innerText();

  beforeAll(async () => {
    [lab, browser] = await Promise.all([startLab(), launch()]);
    // High enough that no cell is scrolled away, which would take it out of the page.
    notebook = new NotebookPage(await browser.newPage({ viewport: { width: 1280, height: 1900 } }));
    await notebook.open(lab.add('story.ipynb', cells));
  }, 5 * patience);

  afterEach(async ({ task }) => {
    await notebook.screenshot(task.name.replace(/[^a-z0-9]+/gi, '-'));
  });

  afterAll(async () => {
    await browser?.close();
    await lab?.end();
  }, patience);

  it('runs all cells, in order', async () => {
    await notebook.menu('Run', 'Run All Cells');
    await notebook.ran(5);
    expect(await Promise.all([0, 1, 2, 3, 4, 5].map((i) => notebook.count(i)))).toEqual([
      '[1]:',
      '[2]:',
      '[3]:',
      '[4]:',
      '[5]:',
      '[6]:',
    ]);
    await expect.poll(() => notebook.outputs(1).innerText(), soon).toBe('42');
  });

  it('a heatmap is drawn by JupyterLab itself: both values cover their half', async () => {
    const [first, second] = await coverage(notebook.charts(2));
    expect(first).toBeGreaterThan(0.2);
    expect(second! / first!).toBeGreaterThan(0.9);
  });

  it('an energy surface is drawn by JupyterLab itself, in its sixteen colours', async () => {
    const shares = await coverage(notebook.charts(3));
    expect(shares.filter((share) => share > 0.02).length).toBeGreaterThanOrEqual(14);
  });

  it('lines over a logarithmic axis are drawn by JupyterLab itself', async () => {
    const chart = notebook.charts(4);
    await chart.waitFor();
    const shares = await coverage(chart);
    expect(shares[0]!, 'ink').toBeGreaterThan(0.001);
    expect(
      await notebook.cell(4).locator('.jp-RenderedImage').count(),
      'the chart, not its picture',
    ).toBe(0);
  });

  it('a slider moves its chart from frame to frame, without the kernel', async () => {
    const chart = notebook.charts(5);
    await chart.waitFor();
    const slide = notebook.outputs(5).locator('input[type=range]');
    const first = await drawing(chart);
    await slide.fill('1');
    await expect.poll(() => drawing(chart), soon).not.toBe(first);
    await slide.fill('0');
    await expect.poll(() => drawing(chart), soon).toBe(first);
  });

  it('an edited cell runs anew, and shows its new value', async () => {
    await notebook.run(1, 'const answer: number = 6 * 8;\nanswer');
    await expect.poll(() => notebook.outputs(1).innerText(), soon).toBe('48');
    expect(await notebook.count(1)).toBe('[7]:');
  });

  it('Tab completes: a list where several names fit', async () => {
    await notebook.edit(scratch, 'plot.h');
    await notebook.page.keyboard.press('Tab');
    const list = notebook.page.locator('.jp-Completer');
    await list.waitFor();
    expect(await list.locator('.jp-Completer-match').allInnerTexts()).toEqual(
      expect.arrayContaining(['heatmap', 'histogram']),
    );
    await notebook.screenshot('Tab');
    await notebook.page.keyboard.press('Enter');
    await list.waitFor({ state: 'hidden' });
    expect(await notebook.source(scratch)).toMatch(/^plot\.h(eatmap|istogram)$/);
  });

  it('Shift-Tab inspects: the signature and what the library says of it', async () => {
    await notebook.edit(scratch, 'plot.heatmap');
    await notebook.page.keyboard.press('Shift+Tab');
    const tip = notebook.page.locator('.jp-Tooltip');
    await expect
      .poll(() => tip.innerText(), soon)
      .toMatch(/function heatmap\(matrix: [^]*A matrix \[rows, columns\] as a heatmap/);
    await notebook.screenshot('Shift-Tab');
    await notebook.page.keyboard.press('Escape');
  });

  it('an error is a red traceback that names the cell and the line', async () => {
    await notebook.run(scratch, 'const far = 3;\nthrow new RangeError(`too far: ${far}`);');
    const output = notebook.errors(scratch);
    await expect
      .poll(() => output.innerText(), soon)
      .toMatch(/^RangeError: too far: 3[^]*at In\[\d+\]:2:\d+/);
    const [red, green, blue] = await backgroundOf(output);
    expect(red! - Math.max(green!, blue!)).toBeGreaterThan(10);
    expect(await output.locator('.ansi-red-fg, .ansi-red-intense-fg').count()).toBeGreaterThan(0);
  });

  it('Stop ends an endless loop; variables remain', async () => {
    await notebook.edit(scratch, 'for (;;) {}');
    await notebook.start(scratch);
    await notebook.stop();
    await notebook.ran(scratch);
    await expect.poll(shown, soon).toMatch(/interrupt/i);
    await notebook.run(scratch, 'answer');
    await expect.poll(shown, soon).toBe('48');
  });

  it('a live chart moves while its cell runs; Stop ends that too', async () => {
    await notebook.edit(
      scratch,
      `const chart = live();
const walk: number[] = [];
for (;;) {
  walk.push(Math.sin(walk.length / 5));
  chart.update(() => plot.lines({ walk }, { title: \`After \${walk.length}\` }));
  await new Promise((resolve) => setTimeout(resolve, 50));
}`,
    );
    await notebook.start(scratch);
    const seen = new Set<string>();
    const deadline = Date.now() + patience;
    while (seen.size < 3 && Date.now() < deadline) {
      // A chart is taken out and put back when it is drawn anew; one caught in between is looked at
      // again.
      await drawing(notebook.charts(scratch)).then(
        (picture) => seen.add(picture),
        () => undefined,
      );
      if (seen.size === 1) await notebook.screenshot('live-1');
    }
    await notebook.screenshot('live-2');
    expect(seen.size).toBe(3);
    expect(await notebook.count(scratch), 'the cell still runs').toBe('[*]:');
    await notebook.stop();
    await notebook.ran(scratch);
  });

  it('Restart forgets variables, and the next cell runs', async () => {
    await notebook.run(scratch, 'process.pid');
    await expect.poll(shown, soon).toMatch(/^\d+$/);
    const before = Number(await shown());
    await notebook.restart();
    await notebook.run(scratch, 'answer');
    await expect.poll(shown, soon).toMatch(/answer/);
    expect(await notebook.count(scratch)).toBe('[1]:');
    await notebook.run(scratch, 'process.pid');
    await expect.poll(shown, soon).toMatch(/^\d+$/);
    kernel = Number(await shown());
    expect(kernel).not.toBe(before);
    expect(isRunning(before)).toBe(false);
  });

  it('notebook 00 opens as it is shipped, and Shift-Enter walks to its first chart', async () => {
    await notebook.open(await lab.copy('00-start-here.ipynb'));
    // Parameters, imports, pictures of the idea, and the data that the model will see.
    const sample = (await notebook.codeCells())[6]!;
    await notebook.cell(0).click();
    for (let i = 0; i <= sample; i++) await notebook.page.keyboard.press('Shift+Enter');
    // As shipped it holds a picture; the chart itself is there once its cell has run.
    await expect.poll(() => coverage(notebook.charts(sample)), soon).not.toHaveLength(0);
    expect(await notebook.allErrors().count()).toBe(0);
  });

  it('Ctrl-C ends JupyterLab with exit code 0, and its kernel', async () => {
    expect(isRunning(kernel)).toBe(true);
    expect(await lab.end()).toBe(0);
    await expect.poll(() => isRunning(kernel), { timeout: 10_000 }).toBe(false);
  });
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
