// @ts-check
/**
 * The pictures of docs/architecture.md: the rooms of the library and of the kernel's side, and which
 * imports which, read from the code's own imports.
 *
 *   node docs/architecture.mjs        after `npm run build`
 *
 * An arrow means "imports". One that follows from others (a room's rooms' rooms) is left out.
 */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { plot } from 'dark-matter';

const root = fileURLToPath(new URL('..', import.meta.url));

/** @param {string} folder @returns {string[]} the sources below it, from the root */
function sources(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory())
      return ['dist', 'node_modules', 'assets'].includes(entry.name) ? [] : sources(path);
    return /\.(ts|mjs)$/.test(entry.name) && !entry.name.endsWith('.d.ts') ? [path] : [];
  });
}

/**
 * Which rooms of a folder import which: files of the folder itself are left out.
 *
 * @param {string} folder
 * @returns {Map<string, Set<string>>}
 */
export function roomsOf(folder) {
  /** @type {Map<string, Set<string>>} */
  const imports = new Map();
  const roomOf = (/** @type {string} */ file) => relative(folder, file).split(sep)[0] ?? '';
  for (const file of sources(folder)) {
    const room = roomOf(file);
    if (!statSync(join(root, folder, room)).isDirectory()) continue;
    const others = imports.get(room) ?? new Set();
    imports.set(room, others);
    for (const [, path] of readFileSync(join(root, file), 'utf8').matchAll(
      /(?:from|import\()\s*'(\.[^']+)'/g,
    )) {
      const target = relative(root, resolve(root, dirname(file), String(path)));
      const other = roomOf(target);
      const isRoom = statSync(join(root, folder, other), { throwIfNoEntry: false })?.isDirectory();
      if (target.startsWith(folder + sep) && isRoom && other !== room) others.add(other);
    }
  }
  return imports;
}

/**
 * The arrows that do not follow from others, as a diagram's text.
 *
 * @param {Map<string, Set<string>>} imports
 */
export function diagramOf(imports) {
  const reaches = (/** @type {string} */ from, /** @type {string} */ to) => {
    /** @type {string[]} */
    const open = [from];
    for (let room = open.pop(); room !== undefined; room = open.pop()) {
      if (room === to) return true;
      open.push(...(imports.get(room) ?? []));
    }
    return false;
  };
  const lines = [...imports].sort().flatMap(([room, others]) => {
    const direct = [...others].filter(
      (other) => ![...others].some((between) => between !== other && reaches(between, other)),
    );
    return direct.sort().map((other) => `[${room}] -> [${other}]`);
  });
  return lines.join('\n');
}

/** The picture of a folder's rooms. @param {string} folder */
export const pictureOf = (folder) =>
  plot.diagram(diagramOf(roomsOf(folder)), { direction: 'down' }).svg();

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const folder of ['lib', 'kernel-setup'])
    writeFileSync(new URL(`architecture/${folder}.svg`, import.meta.url), await pictureOf(folder));
}
