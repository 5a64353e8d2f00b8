/** The library's own pages, made of its docstrings by TypeDoc, and where each name's page is. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Application } from 'typedoc';

/**
 * @param {string} root of the clone
 * @param {string} out the folder that the pages go to
 * @throws where TypeDoc finds an error
 */
export async function writeApi(root, out) {
  const application = await Application.bootstrapWithPlugins({
    name: 'dark-matter', entryPoints: [join(root, 'lib', 'index.ts')], tsconfig: join(root, 'lib', 'tsconfig.json'), readme: 'none', out,
    excludePrivate: true, excludeInternal: true, disableSources: true, githubPages: false, hideGenerator: true, logLevel: 'Error', skipErrorChecking: true,
    navigationLinks: { Notebooks: '../index.html' },
  });
  const project = await application.convert();
  if (!project) throw new Error('TypeDoc could not read the library.');
  await application.generateDocs(project, out);
}

/** @param {string} folder of the API's pages @param {string} address of it from a page that links there @returns {Map<string, string>} */
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
