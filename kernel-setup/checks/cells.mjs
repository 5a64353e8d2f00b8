/**
 * Check: the notebooks' cells have the types that they claim, as the kernel itself would see them.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { listNotebooks } from '../runner/choose.mjs';
import { findings } from '../runner/notebook.mjs';
import { judged } from './outcome.mjs';

/** @type {import('./outcome.mjs').Check} */
export const typesOfCells = {
  name: "types: notebooks' cells",
  async run(context) {
    const { paths } = context;
    const require = createRequire(import.meta.url);
    /** @type {{ checkNotebook(file: string): { formatted: string }[] }} */
    const { checkNotebook } = require(
      join(paths.root, 'kernel-setup', 'dist', 'kernel', 'compiler', 'checkNotebook.js'),
    );
    const folder = join(paths.root, 'notebooks');
    return judged(
      new Map(
        listNotebooks(folder).map((name) => [
          name,
          findings(() => checkNotebook(join(folder, name)).map(({ formatted }) => formatted)),
        ]),
      ),
      context,
    );
  },
};
