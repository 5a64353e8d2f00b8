/** The notebook as a file: what the site has of it, and what the reader takes home. */

export interface NotebookCell {
  readonly cell_type: 'code' | 'markdown' | 'raw';
  readonly id: string;
  readonly source: string | readonly string[];
  readonly outputs?: readonly unknown[];
  readonly execution_count?: number | null;
}

export interface Notebook {
  readonly cells: readonly NotebookCell[];
}

export const sourceOf = ({ source }: NotebookCell): string =>
  typeof source === 'string' ? source : source.join('');

/** What became of a code cell in the page. */
export interface Ran {
  readonly source: string;
  readonly outputs: readonly unknown[];
  readonly count: number | null;
}

/** Lines that keep their ends, as nbformat has them. */
const lines = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

/** The notebook with the sources and the outputs of the page. */
export function asFile(notebook: Notebook, cells: ReadonlyMap<string, Ran>): string {
  const now = notebook.cells.map((cell) => {
    const ran = cells.get(cell.id);
    if (!ran) return cell;
    return { ...cell, source: lines(ran.source), outputs: ran.outputs, execution_count: ran.count };
  });
  return `${JSON.stringify({ ...notebook, cells: now }, null, 1)}\n`;
}
