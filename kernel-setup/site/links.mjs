/** Whether a site leads anywhere that is not there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The pages of a folder, not those below it, and where each of their links within the site goes.
 *
 * @param {string} folder
 * @returns {{ pages: string[], dead: string[] }} dead links as "page -> address", those to a
 * heading that is none among them
 */
export function checkLinks(folder) {
  const pages = readdirSync(folder).filter((file) => file.endsWith('.html'));
  const texts = new Map(pages.map((file) => [file, readFileSync(join(folder, file), 'utf8')]));
  const dead = pages.flatMap((file) => {
    const addresses = new Set(
      [
        .../** @type {string} */ (texts.get(file)).matchAll(/<(?:a|link)\b[^>]*? href="([^"]+)"/g),
      ].map((match) => /** @type {string} */ (match[1])),
    );
    return [...addresses]
      .filter((address) => !leads(folder, file, address, texts))
      .map((address) => `${file} -> ${address}`);
  });
  return { pages, dead };
}

/**
 * @param {string} folder
 * @param {string} file of the page
 * @param {string} address
 * @param {Map<string, string>} texts
 */
function leads(folder, file, address, texts) {
  if (/^[a-z]+:/i.test(address)) return true; // elsewhere
  const [path = '', anchor] = decodeURI(address).split('#');
  const target = join(dirname(file), path === '' ? file : path);
  if (!existsSync(join(folder, target))) return false;
  return (
    !anchor ||
    !texts.has(target) ||
    /** @type {string} */ (texts.get(target)).includes(`id="${anchor}"`)
  );
}
