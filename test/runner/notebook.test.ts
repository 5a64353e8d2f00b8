import { describe, expect, it } from 'vitest';
import { cellNumbers, sourceOf, withParameters } from '../../kernel-setup/runner/notebook.mjs';
import { notebookOf } from './support';

const plain = notebookOf(['import 1', ['const seed = 1;', 'parameters'], 'seed']);

describe('a notebook with parameters', () => {
  it('has them in a cell of their own, directly after the tagged one', () => {
    const { cells } = withParameters(plain, [['seed', '2']], 'x.ipynb');
    expect(cells.map(sourceOf)).toEqual([
      'import 1',
      'const seed = 1;',
      '// Parameters given on the command line.\nconst seed: number = 2;',
      'seed',
    ]);
    expect(cells[2]!.metadata.tags).toEqual(['injected-parameters']);
    expect(new Set(cells.map(({ id }) => id)).size).toBe(4);
  });

  it('given again, they replace those of the run before', () => {
    const once = withParameters(plain, [['seed', '2']], 'x.ipynb');
    const twice = withParameters(once, [['seed', '3']], 'x.ipynb');
    expect(twice.cells.map(sourceOf).filter((source) => source.includes('seed: number'))).toEqual([
      expect.stringContaining('= 3;'),
    ]);
  });

  it('is left as it is when none are given, and is never changed in place', () => {
    const before = JSON.stringify(plain);
    expect(withParameters(plain, [], 'x.ipynb')).toBe(plain);
    withParameters(plain, [['seed', '2']], 'x.ipynb');
    expect(JSON.stringify(plain)).toBe(before);
  });

  it('numbers the code cells of the source, not the injected one', () => {
    const { cells, ...rest } = withParameters(plain, [['seed', '2']], 'x.ipynb');
    const prose = { cell_type: 'markdown', source: '# title', metadata: {} };
    expect(cellNumbers({ ...rest, cells: [prose, ...cells] })).toEqual([null, 1, 2, null, 3]);
  });
});
