/** Widgets in JupyterLab, in a real browser. Screenshots: .dark-matter/screenshots. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { chromium } from './chromium';
import { startLab, type Lab } from './lab';
import { NotebookPage, patience } from './notebookPage';
import { launch } from './page';

declare function getComputedStyle(element: unknown): {
  readonly color: string;
  readonly colorScheme: string;
};

const cells = [
  `import { show, widget, widgets } from 'dark-matter';`,
  `const power = widgets.slider({ label: 'power', min: 1, max: 5, step: 1, value: 2 }, (k) =>
  said.update(\`2 to the power of \${k} is \${2 ** k}\`));
await show(power);
const said = await show('not moved yet');`,
  `await show(power);
const toy = widgets.select({ label: 'data', options: ['moons', 'spirals', 'rings'] }, (name) => bar.set('label', name));
await show(toy);
const bar = widgets.progress({ label: 'moons', max: 4 });
await show(bar);
await show(widgets.button('One more', () => bar.set('value', bar.get('value') + 1)));`,
  `const counter = widget({
  css: '.counted { color: rgb(200, 0, 100); }',
  state: { count: 0, bytes: new Float32Array([1, 2]) },
  esm: \`export default {
    render({ model, el }) {
      const button = el.appendChild(document.createElement('button'));
      button.className = 'counted';
      const view = () => new Float32Array(model.get('bytes').buffer.slice(0));
      const draw = () => (button.textContent = model.get('count') + ' of ' + view().join());
      button.onclick = () => {
        model.set('count', model.get('count') + 1);
        model.set('bytes', new DataView(new Float32Array([7, 8, 9]).buffer));
        model.save_changes();
        model.send({ pressed: true });
      };
      model.on('msg:custom', ({ answer }) => (button.title = answer));
      model.on('change', draw);
      draw();
    },
  }\`,
});
counter.on('change:bytes', (bytes) => console.log(bytes));
counter.on('msg:custom', (content) => (console.log(content), counter.send({ answer: 'heard' })));
counter`,
  `const gate = widgets.button('Go on');
await show(gate);
await new Promise<void>((done) => void gate.on('change:clicks', () => done()));
console.log('went on');`,
  '',
];
const scratch = 5;

describe.skipIf(!chromium)('widgets in JupyterLab', { timeout: 4 * patience }, () => {
  let lab: Lab;
  let browser: Browser;
  let notebook: NotebookPage;

  const soon = { timeout: patience };
  const printed = (i: number): Promise<string> =>
    notebook
      .cell(i)
      .locator('.jp-RenderedText')
      .allInnerTexts()
      .then((all) => all.join('\n'));
  const slide = (i: number) => notebook.cell(i).locator('.dm-control input[type=range]');

  beforeAll(async () => {
    [lab, browser] = await Promise.all([startLab(), launch()]);
    notebook = new NotebookPage(await browser.newPage({ viewport: { width: 1100, height: 1300 } }));
    await notebook.open(lab.add('widgets.ipynb', cells));
  }, 5 * patience);

  afterEach(async ({ task }) => {
    await notebook.screenshot(task.name.replace(/[^a-z0-9]+/gi, '-'));
  });

  afterAll(async () => {
    await browser?.close();
    await lab?.end();
  }, patience);

  it('a slider that is moved has the kernel answer, below its cell', async () => {
    await notebook.menu('Run', 'Run All Cells');
    await notebook.ran(3);
    await slide(1).fill('4');
    await expect.poll(() => printed(1), soon).toMatch('2 to the power of 4 is 16');
    await slide(1).fill('5');
    await expect.poll(() => printed(1), soon).toBe('2 to the power of 5 is 32');
  });

  it('a second view of it follows', async () => {
    await expect.poll(() => slide(2).inputValue(), soon).toBe('5');
    await slide(2).fill('1');
    await expect.poll(() => slide(1).inputValue(), soon).toBe('1');
    expect(await notebook.cell(1).locator('.dm-control output').innerText()).toBe('1');
  });

  it('a choice, a bar and a button hear and are heard', async () => {
    const cell = notebook.cell(2);
    await cell.locator('select').selectOption('rings');
    await expect
      .poll(() => cell.locator('.dm-control:has(progress)').innerText(), soon)
      .toMatch(/^rings\s+0 of 4$/);
    await cell.locator('button', { hasText: 'One more' }).click();
    await cell.locator('button', { hasText: 'One more' }).click();
    await expect
      .poll(() => cell.locator('.dm-control:has(progress)').innerText(), soon)
      .toMatch(/2 of 4$/);
    expect(await cell.locator('progress').getAttribute('value')).toBe('2');
  });

  it('a module of one’s own draws, styles, and exchanges bytes and messages', async () => {
    const button = notebook.cell(3).locator('button.counted');
    await expect.poll(() => button.innerText(), soon).toBe('0 of 1,2');
    expect(await button.evaluate((it: unknown) => getComputedStyle(it).color)).toBe(
      'rgb(200, 0, 100)',
    );
    await button.click();
    await expect.poll(() => button.innerText(), soon).toBe('1 of 7,8,9');
    await expect.poll(() => button.getAttribute('title'), soon).toBe('heard');
    expect(await printed(3)).toMatch(/Float32Array\(3\) \[ 7, 8, 9 \][^]*{ pressed: true }/);
  });

  it('a cell waits for a click', async () => {
    await notebook.running(4);
    await notebook.cell(4).locator('button', { hasText: 'Go on' }).click();
    await expect.poll(() => printed(4), soon).toMatch('went on');
    await notebook.ran(4);
  });

  it('running its cell again takes the old one away everywhere', async () => {
    await notebook.cell(1).locator('.cm-content').click();
    await notebook.page.keyboard.press('Control+Enter');
    await expect.poll(() => slide(1).inputValue(), soon).toBe('2');
    await expect.poll(() => slide(2).count(), soon).toBe(0);
    await notebook.run(
      scratch,
      `Object.keys((globalThis as any)[Symbol.for('dark-matter.host')].comms.info('jupyter.widget').comms).length`,
    );
    // The slider, the choice, the bar, two buttons and the counter.
    await expect.poll(() => notebook.outputs(scratch).innerText(), soon).toBe('6');
  });

  it('in the dark they are dark', async () => {
    await notebook.menu('Settings', 'Theme');
    await notebook.page.locator('.lm-Menu-itemLabel', { hasText: /^JupyterLab Dark$/ }).click();
    await notebook.page.locator('body[data-jp-theme-light=false]').waitFor({ state: 'attached' });
    expect(
      await notebook
        .cell(1)
        .locator('.dm-control')
        .evaluate((it: unknown) => getComputedStyle(it).colorScheme),
    ).toBe('dark');
  });
});
