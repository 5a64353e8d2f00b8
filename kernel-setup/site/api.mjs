/** The library's own pages, made of its docstrings by TypeDoc, and where each name's page is. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Application, ReflectionKind } from 'typedoc';

/**
 * @param {string} root of the clone
 * @param {string} out the folder that the pages go to
 * @returns {Promise<Map<string, string>>} what the docstrings say, by the name that has them, for
 * searching
 * @throws where TypeDoc finds an error
 */
export async function writeApi(root, out) {
  const application = await Application.bootstrapWithPlugins({
    name: 'dark-matter',
    entryPoints: [join(root, 'lib', 'index.ts')],
    tsconfig: join(root, 'lib', 'tsconfig.json'),
    readme: join(root, 'docs', 'library.md'),
    out,
    excludePrivate: true,
    excludeInternal: true,
    disableSources: true,
    githubPages: false,
    hideGenerator: true,
    logLevel: 'Error',
    skipErrorChecking: true,
    navigationLinks: { Notebooks: '../index.html' },
    customJs: fileURLToPath(new URL('api.js', import.meta.url)),
    customCss: fileURLToPath(new URL('api.css', import.meta.url)),
  });
  const project = await application.convert();
  if (!project) throw new Error('TypeDoc could not read the library.');
  await application.generateDocs(project, out);
  for (const file of readdirSync(out, { recursive: true, encoding: 'utf8' })) {
    if (file.endsWith('.html'))
      writeFileSync(join(out, file), accessible(readFileSync(join(out, file), 'utf8')));
  }
  return new Map(
    project
      .getReflectionsByKind(ReflectionKind.SomeExport)
      .map((named) => [named.getFullName(), docstringsOf(named)]),
  );
}

/**
 * The words about a name, its parameters and properties; no examples, which are code.
 *
 * @param {import('typedoc').Reflection} reflection
 * @returns {string}
 */
function docstringsOf(reflection) {
  const { comment } = reflection;
  const own = [
    ...(comment?.summary ?? []),
    ...(comment?.blockTags ?? [])
      .filter(({ tag }) => tag !== '@example')
      .flatMap(({ name, content }) => [{ text: ` ${name ?? ''} ` }, ...content]),
  ];
  const texts = [own.map(({ text }) => text).join('')];
  // A module's names are found by themselves.
  if (!reflection.kindOf([ReflectionKind.Module, ReflectionKind.Namespace]))
    reflection.traverse((child) => void texts.push(child.name, docstringsOf(child)));
  return texts.join(' ').replace(/\s+/g, ' ').trim();
}

/**
 * What axe-core misses in TypeDoc's pages: landmarks, a name for a list of links, no link inside of
 * what folds a section, and no level of headings left out.
 *
 * @param {string} html
 */
export function accessible(html) {
  /** @type {number[]} The headings that a heading is below. */
  let above = [];
  return html
    .replace('<div class="col-content">', '<div class="col-content" role="main">')
    .replace('<div class="col-sidebar">', '<div class="col-sidebar" role="complementary">')
    .replace('<nav id="tsd-sidebar-links"', '<nav id="tsd-sidebar-links" aria-label="Site"')
    .replace(/<summary\b[\s\S]*?<\/summary>/g, (summary) =>
      summary.replace(/<a\b[^>]*class="tsd-anchor-icon"[\s\S]*?<\/a>/g, ''),
    )
    .replace(/<h([1-6])\b/g, (heading, given) => {
      above = [...above.filter((level) => level < Number(given)), Number(given)];
      return above.length === Number(given) ? heading : `${heading} aria-level="${above.length}"`;
    });
}

/**
 * @param {string} folder of the API's pages
 * @param {string} address of it from a page that links there
 * @returns {Map<string, string>}
 */
export function namesOf(folder, address) {
  const names = new Map();
  for (const kind of ['functions', 'classes', 'variables', 'interfaces', 'types', 'modules']) {
    for (const file of pages(join(folder, kind))) {
      const name = file.slice(0, -'.html'.length);
      if (!names.has(name)) names.set(name, `${address}/${kind}/${file}`);
    }
  }
  return names;
}

/** @param {string} folder */
function pages(folder) {
  try {
    return readdirSync(folder).filter((file) => file.endsWith('.html'));
  } catch {
    return [];
  }
}
