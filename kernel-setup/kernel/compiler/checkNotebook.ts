/**
 * Type-checks a notebook's cells in their order, as running them all would, without running them.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { projectOf } from '../modules/project';
import { createCellCompiler, type CellCompiler, type Diagnostic } from './index';
import { projectOptions } from './tsconfig';

/** The parts of nbformat 4 that matter here. */
interface Notebook {
  readonly cells: readonly {
    readonly cell_type: string;
    readonly source: string | readonly string[];
    readonly metadata?: { readonly tags?: readonly string[] };
  }[];
}

/** One compiler for all notebooks of a folder: what they import is parsed once. */
const compilers = new Map<string, CellCompiler>();

/**
 * @returns the errors, each under a name such as `04-vicreg.ipynb[3]`: 3 is the cell's number when
 * all cells are run. A cell tagged `raises-exception` may have errors; they are not among them.
 * @throws Error if the file is no notebook
 */
export function checkNotebook(file: string): Diagnostic[] {
  const compiler = compilerFor(path.dirname(path.resolve(file)));
  compiler.reset();
  const cells = readNotebook(file).cells.filter(({ cell_type }) => cell_type === 'code');
  return cells.flatMap(({ source, metadata }, index) => {
    const found = compiler.check(typeof source === 'string' ? source : source.join(''), {
      name: `${path.basename(file)}[${index + 1}]`,
    });
    return metadata?.tags?.includes('raises-exception')
      ? []
      : found.filter(({ category }) => category === 'error');
  });
}

function compilerFor(folder: string): CellCompiler {
  const known =
    compilers.get(folder) ??
    createCellCompiler({
      folder,
      aliases: projectOf(folder).aliases,
      project: projectOptions(folder).options,
    });
  compilers.set(folder, known);
  return known;
}

function readNotebook(file: string): Notebook {
  try {
    const notebook = JSON.parse(readFileSync(file, 'utf8')) as Partial<Notebook>;
    if (Array.isArray(notebook.cells)) return withSources(notebook as Notebook);
  } catch (error) {
    throw new Error(
      `${file} is no notebook: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  throw new Error(`${file} is no notebook: it has no list of cells`);
}

function withSources(notebook: Notebook): Notebook {
  const index = notebook.cells.findIndex(
    (cell: Partial<Notebook['cells'][number]> | null) =>
      typeof cell?.source !== 'string' && !Array.isArray(cell?.source),
  );
  if (index < 0) return notebook;
  throw new Error(`cell ${index + 1} of all has no source`);
}
