/** Where results lie on disk, and the code that they are of. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Whether results can be kept here at all. */
export const writable: boolean = true;

/** What a file says; undefined where there is none. */
export const textOf = async (file: string): Promise<string | undefined> =>
  existsSync(file) ? readFile(file, 'utf8') : undefined;

/** Where the files are. */
export const resultsFolder = ({ folder }: { readonly folder?: string }): string =>
  folder ?? process.env['DARK_MATTER_RESULTS'] ?? join(dirname(library()), 'results');

/** The library's folder, whether its sources run or what they were compiled to. */
export function library(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

/**
 * Of the library's sources and the notebook's code cells, 16 hexadecimal digits. Prose may change
 * after a figure was measured; code may not.
 *
 * @param notebook a record's name: that of the notebook, or with further parts (`recordName`).
 * @param folder the library's, with `notebooks` beside it.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { measure } from 'dark-matter';
 * // Of the library's sources and the notebook's code: the same as long as neither changes.
 * assert.equal(
 *   await measure.hashOfCode('06-contrastive'),
 *   await measure.hashOfCode('06-contrastive'),
 * );
 * ```
 */
export async function hashOfCode(notebook: string, folder = library()): Promise<string> {
  const hash = createHash('sha256');
  const sources = (await readdir(folder, { recursive: true }))
    .filter((path) => path.endsWith('.ts') && !path.startsWith('dist'))
    .sort();
  for (const path of sources) hash.update(`${path}\0`).update(await readFile(join(folder, path)));
  const page = pageOf(notebook, join(dirname(folder), 'notebooks'));
  if (page) {
    const { cells } = JSON.parse(await readFile(page, 'utf8')) as {
      cells: { cell_type: string; source: string | string[] }[];
    };
    for (const { cell_type: kind, source } of cells)
      if (kind === 'code') hash.update([source].flat().join('')).update('\0');
  }
  return hash.digest('hex').slice(0, 16);
}

/** The notebook that a record's name begins with: '06-contrastive-race' is of 06-contrastive. */
function pageOf(name: string, folder: string): string | undefined {
  const page = join(folder, `${name}.ipynb`);
  if (existsSync(page)) return page;
  const shorter = name.replace(/-[^-]*$/, '');
  return shorter === name ? undefined : pageOf(shorter, folder);
}
