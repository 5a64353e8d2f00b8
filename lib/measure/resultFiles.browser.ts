/**
 * Results in a browser: files beside the script, which are read and not written. Stands for
 * `resultFiles.ts` there.
 */
import { fetchedText } from '../core/fetched';
import type * as files from './resultFiles';

export const writable: boolean = false;

export const textOf: typeof files.textOf = fetchedText;

export const library: typeof files.library = () => './library';

export const resultsFolder: typeof files.resultsFolder = ({ folder = 'results' }) => folder;

/** What the library and the notebook were when the page was made. */
export const hashOfCode: typeof files.hashOfCode = async (notebook) => {
  const hashes = JSON.parse((await fetchedText('results/code.json')) ?? '{}') as Readonly<
    Record<string, string>
  >;
  for (let name = notebook; name !== ''; name = name.replace(/-?[^-]*$/, ''))
    if (hashes[name] !== undefined) return hashes[name];
  return 'unknown';
};
