/** What all tests of pages do with Chromium: start it, hear what a page complains of, and look it over. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium as playwright, type Browser, type Page } from 'playwright-core';
import { root } from '../runner/support';
import { chromium, flags } from './chromium';
import { patience } from './notebookPage';

const axe = readFileSync(join(root, 'node_modules', 'axe-core', 'axe.min.js'), 'utf8');

export const launch = (): Promise<Browser> =>
  playwright.launch({ executablePath: chromium!, args: flags, timeout: patience });

/** The page's exceptions, errors and warnings, to which later ones are added. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  return complaints;
}

/** What axe-core finds on the page as it is now, with the elements that it means. */
export async function axeFinds(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate<string[]>(
    `axe.run({ preload: false }).then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.slice(0, 3).map(({ html }) => html.slice(0, 300)).join(' | ')))`,
  );
}

/** By how many pixels something is wider than the window. */
export const tooWide = (page: Page): Promise<number> =>
  page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
