/** Which notebooks are meant: by number, name, glob or path. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { Usage } from '../setup/fault.mjs';

/**
 * The notebooks that the patterns name, each once, in the order of their names.
 *
 * A number, a name or a path that names nothing is an error; a glob may match nothing as long as
 * something is chosen.
 *
 * @param {string[]} patterns empty for every notebook of the folder
 * @param {{ folder: string, cwd: string }} where the notebooks' folder, and what paths are relative
 * to
 * @returns {{ notebooks: string[], unmatched: string[] }} absolute paths; and the globs that
 * matched nothing
 * @throws {Usage}
 */
export function choose(patterns, { folder, cwd }) {
  const names = listNotebooks(folder);
  /** @type {Set<string>} */
  const chosen = new Set();
  const unmatched = [];
  for (const pattern of patterns.length > 0 ? patterns : ['*']) {
    const found = find(pattern, folder, cwd);
    if (found.length === 0 && !isGlob(pattern))
      throw new Usage(`no notebook is called ${pattern}; there are: ${known(names)}`);
    if (found.length === 0) unmatched.push(pattern);
    for (const path of found) chosen.add(path);
  }
  if (chosen.size === 0)
    throw new Usage(`no notebook matches ${unmatched.join(' ')}; there are: ${known(names)}`);
  return { notebooks: [...chosen].sort((a, b) => (basename(a) < basename(b) ? -1 : 1)), unmatched };
}

/** @param {string} folder the .ipynb files in it, by name */
export function listNotebooks(folder) {
  return existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith('.ipynb'))
        .sort()
    : [];
}

/**
 * A pattern with a folder in it is looked for there; one without, among the collection, then where
 * the user is.
 *
 * @param {string} pattern @param {string} folder @param {string} cwd
 */
function find(pattern, folder, cwd) {
  const matches = matcher(basename(pattern));
  /** @param {string} place */
  const within = (place) =>
    listNotebooks(place)
      .filter(matches)
      .map((name) => join(place, name));
  if (pattern.includes('/')) return within(resolve(cwd, dirname(pattern)));
  const found = within(folder);
  return found.length === 0 && pattern.endsWith('.ipynb') ? within(cwd) : found;
}

/** @param {string} pattern */
const isGlob = (pattern) => /[*?[{]/.test(pattern);

/** @param {string[]} names */
const known = (names) =>
  names.length > 0 ? names.map((name) => basename(name, '.ipynb')).join(', ') : 'none';

/** @param {string} pattern @returns {(name: string) => boolean} */
function matcher(pattern) {
  if (/^\d+$/.test(pattern))
    return (name) => Number(/^(\d+)/.exec(name)?.[1] ?? NaN) === Number(pattern);
  const expression = globToRegExp(pattern);
  return (name) => expression.test(name) || expression.test(basename(name, '.ipynb'));
}

/**
 * The shell's glob over one name: `*`, `?`, `[a-c]`, `[!a-c]` and `{one,two}`.
 *
 * @param {string} glob
 */
export function globToRegExp(glob) {
  const token = /\*|\?|\[(!?)([^\]]+)\]|\{([^{}]*)\}|[^]/gu;
  /** @param {string} part @returns {string} */
  const translate = (part) =>
    part.replace(token, (text, not, set, choices) => {
      if (text === '*') return '.*';
      if (text === '?') return '.';
      if (set !== undefined) return `[${not ? '^' : ''}${set.replace(/[\\^[\]]/g, '\\$&')}]`;
      if (choices !== undefined) return `(?:${choices.split(',').map(translate).join('|')})`;
      return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
    });
  try {
    // Not with the u flag, under which escaping an ordinary character such as "-" is an error.
    return new RegExp(`^${translate(glob)}$`, 's');
  } catch {
    throw new Usage(`"${glob}" is not a glob`);
  }
}
