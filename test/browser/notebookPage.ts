/** A notebook open in JupyterLab, worked with mouse and keyboard as people do. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright-core';

/** Ignored by git; CI keeps it. */
const screenshots = fileURLToPath(new URL('../../.dark-matter/screenshots', import.meta.url));

/** Long, for a busy machine: what takes longer is broken, not slow. */
export const patience = 60_000;

const traceback = '[data-mime-type="application/vnd.jupyter.stderr"]';

export class NotebookPage {
  constructor(readonly page: Page) {
    page.setDefaultTimeout(patience);
  }

  async open(address: string): Promise<void> {
    await this.page.goto(address);
    await this.idle();
  }

  cell(i: number): Locator {
    return this.page.locator('.jp-Notebook .jp-Cell').nth(i);
  }

  outputs(i: number): Locator {
    return this.cell(i).locator('.jp-OutputArea-output');
  }

  /** A cell's charts that JupyterLab's own Vega has drawn. */
  charts(i: number): Locator {
    return this.cell(i).locator('.jp-RenderedVegaCommon5 canvas.marks');
  }

  /** A cell's tracebacks. */
  errors(i: number): Locator {
    return this.cell(i).locator(traceback);
  }

  allErrors(): Locator {
    return this.page.locator(`.jp-Notebook ${traceback}`);
  }

  /** The places of the code cells among all. */
  async codeCells(): Promise<number[]> {
    return this.page
      .locator('.jp-Notebook .jp-Cell')
      .evaluateAll((all) =>
        [...all.keys()].filter((i) => all[i]!.classList.contains('jp-CodeCell')),
      );
  }

  async edit(i: number, source: string): Promise<void> {
    await this.cell(i).locator('.cm-content').click();
    await this.page.keyboard.press('Control+A');
    await this.page.keyboard.insertText(source);
  }

  /** What the cell's editor holds. */
  source(i: number): Promise<string> {
    return this.cell(i).locator('.cm-content').innerText();
  }

  /** Runs the cell that is being edited, and stays in it. */
  async start(i: number): Promise<void> {
    await this.page.keyboard.press('Control+Enter');
    await this.running(i);
  }

  /** Edits, runs and waits. */
  async run(i: number, source: string): Promise<void> {
    const before = await this.count(i);
    await this.edit(i, source);
    await this.page.keyboard.press('Control+Enter');
    await this.page.waitForFunction(
      ([text, old]) => /^\[\d+\]:$/.test(text!.textContent!) && text!.textContent !== old,
      [await this.prompt(i).elementHandle(), before] as const,
    );
  }

  prompt(i: number): Locator {
    return this.cell(i).locator('.jp-InputPrompt');
  }

  count(i: number): Promise<string> {
    return this.prompt(i).innerText();
  }

  async running(i: number): Promise<void> {
    await this.prompt(i).filter({ hasText: '[*]:' }).waitFor();
  }

  async ran(i: number): Promise<void> {
    await this.prompt(i)
      .filter({ hasText: /\[\d+\]:/ })
      .waitFor();
  }

  /** Waits until the notebook is there, and its kernel has started or has finished. */
  async idle(): Promise<void> {
    await this.cell(0).waitFor();
    await this.page
      .locator('#jp-main-statusbar')
      .getByText('TypeScript (Dark Matter) | Idle')
      .waitFor();
  }

  async menu(name: string, item: string): Promise<void> {
    await this.page.locator('.lm-MenuBar-itemLabel', { hasText: new RegExp(`^${name}$`) }).click();
    await this.page.locator('.lm-Menu-itemLabel', { hasText: new RegExp(`^${item}$`) }).click();
  }

  async toolbar(command: string): Promise<void> {
    await this.page.locator(`[data-command="notebook:${command}"]`).first().click();
  }

  async stop(): Promise<void> {
    await this.toolbar('interrupt-kernel');
  }

  async restart(): Promise<void> {
    await this.toolbar('restart-kernel');
    await this.page.locator('.jp-Dialog button.jp-mod-accept').click();
    await this.page.locator('.jp-Dialog').waitFor({ state: 'detached' });
    await this.idle();
  }

  async screenshot(name: string): Promise<void> {
    mkdirSync(screenshots, { recursive: true });
    await this.page.screenshot({ path: join(screenshots, `${name}.png`) });
  }
}
