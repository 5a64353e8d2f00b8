/** Check: the notebooks are well-formed files, and keep the house's rules. */
import { join } from 'node:path';
import { execa } from 'execa';
import { kernelSpec, kernelName } from '../kernelspec.mjs';
import { listNotebooks } from '../runner/choose.mjs';
import { findings, hasFailed, hasTag, readNotebook, sourceOf } from '../runner/notebook.mjs';
import { declaredParameters } from '../runner/parameters.mjs';
import { stale } from '../runner/saved.mjs';
import { judged } from './outcome.mjs';

/** @typedef {import('../runner/notebook.mjs').Notebook} Notebook */

/** nbformat's own validation, of all files in one process. */
const validate = `
import json, sys, warnings, nbformat
warnings.simplefilter("error")
found = {}
for path in sys.argv[1:]:
    try:
        nbformat.validate(json.load(open(path, encoding="utf-8")))
    except Exception as problem:
        found[path] = str(problem).splitlines()[0]
print(json.dumps(found))
`;

/** @type {import('./outcome.mjs').Check} */
export const format = {
  name: 'notebooks: format',
  async run(context) {
    const { paths, signal } = context;
    const folder = join(paths.root, 'notebooks');
    const files = listNotebooks(folder).map((name) => join(folder, name));
    const { stdout } = await execa(paths.python, ['-I', '-c', validate, ...files], {
      cancelSignal: signal,
    });
    /** @type {Record<string, string>} */
    const invalid = JSON.parse(stdout);
    return judged(
      new Map(
        files.map((file) => {
          const found = [
            ...(invalid[file] ? [invalid[file]] : []),
            ...findings(() => faults(readNotebook(file), paths.root)),
          ];
          return [file, found.map((finding) => `${file}: ${finding}`)];
        }),
      ),
      context,
    );
  },
};

/**
 * @param {Notebook} notebook
 * @param {string} root of the clone
 * @returns {string[]} what is wrong with it
 */
export function faults(notebook, root) {
  const { cells, metadata, nbformat, nbformat_minor } = notebook;
  const outdated = stale(notebook);
  const found = outdated ? [outdated] : [];
  if (!cells.some(({ outputs = [] }) => outputs.length > 0))
    found.push('it carries no outputs: `npm run notebooks -- --save` writes them');
  if (nbformat !== 4 || nbformat_minor !== 5)
    found.push(`format ${nbformat}.${nbformat_minor}, 4.5 expected`);
  const ids = cells.map(({ id }) => id);
  if (ids.includes(undefined)) found.push('a cell has no id');
  if (new Set(ids).size < ids.length) found.push('two cells have the same id');

  const { display_name, language } = kernelSpec(root);
  const { kernelspec } = metadata;
  if (
    kernelspec?.name !== kernelName ||
    kernelspec?.display_name !== display_name ||
    kernelspec?.language !== language
  ) {
    found.push(
      `kernelspec ${JSON.stringify(kernelspec)}, ${JSON.stringify({ name: kernelName, display_name, language })} expected`,
    );
  }
  const parameters = cells.filter((cell) => hasTag(cell, 'parameters'));
  if (parameters.length !== 1)
    found.push(`${parameters.length} cells tagged "parameters", one expected`);
  const declared = declaredParameters(parameters.map(sourceOf).join('\n'));
  for (const name of ['budget', 'seed'])
    if (!declared.has(name)) found.push(`no parameter ${name}`);

  for (const cell of cells) {
    if (hasFailed(cell)) found.push(`cell ${cell.id} holds an error`);
    if (hasTag(cell, 'injected-parameters'))
      found.push(`cell ${cell.id} was injected by a run: this is no source`);
  }
  return found;
}
