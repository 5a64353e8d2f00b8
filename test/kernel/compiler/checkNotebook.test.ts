import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkNotebook } from '../../../kernel-setup/kernel/compiler/checkNotebook';
import { root } from './support';

let folder: string;
// Within the project, so that 'dark-matter' and node's types are found as from notebooks/.
beforeAll(() => {
  folder = mkdtempSync(path.join(root, 'test', '.check-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type CellJson = { cell_type: string; source: string | string[]; metadata?: object };
const code = (source: string | string[], ...tags: string[]): CellJson => ({
  cell_type: 'code',
  source,
  metadata: { tags },
});

function notebook(...cells: CellJson[]): string {
  const file = path.join(folder, 'made.ipynb');
  writeFileSync(file, JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells }));
  return file;
}

describe('a notebook is checked without being run', () => {
  test('one without errors has none', () => {
    const file = notebook(
      { cell_type: 'markdown', source: '# const wrong: string = 1' },
      code(['import { tree } from "dark-matter";\n', 'let n = 1;']),
      code('n = 2; throw new Error("not run")'),
      code('const list = [n, n]; list.map((x) => x.toFixed())'),
    );
    expect(checkNotebook(file)).toEqual([]);
  });

  test('errors name the notebook, the cell, line and column', () => {
    const found = checkNotebook(
      notebook(
        code('const a = 1'),
        { cell_type: 'markdown', source: '' },
        code('\nconst s: string = a'),
      ),
    );
    expect(found.map(({ formatted }) => formatted.split('\n')[0])).toEqual([
      "made.ipynb[2]:2:7 - error TS2322: Type 'number' is not assignable to type 'string'.",
    ]);
  });

  test('a name declared in a cell with an error is not missed in the next', () => {
    expect(
      checkNotebook(notebook(code('const a: string = 1'), code('a.length'))).map(
        ({ code: number }) => number,
      ),
    ).toEqual([2322]);
  });

  test('one notebook knows nothing of another', () => {
    expect(checkNotebook(notebook(code('const a = 1')))).toEqual([]);
    expect(checkNotebook(notebook(code('a'))).map(({ code: number }) => number)).toEqual([2304]);
  });

  test('a cell tagged raises-exception may be wrong', () => {
    expect(checkNotebook(notebook(code('const s: string = 1', 'raises-exception')))).toEqual([]);
  });

  test('what is no notebook is an error that says so', () => {
    expect(() => checkNotebook(path.join(folder, 'absent.ipynb'))).toThrow(
      /absent\.ipynb is no notebook: ENOENT/,
    );
    writeFileSync(path.join(folder, 'odd.ipynb'), '{}');
    expect(() => checkNotebook(path.join(folder, 'odd.ipynb'))).toThrow(/no list of cells/);
    writeFileSync(path.join(folder, 'odd.ipynb'), '{ "cells": [{ "cell_type": "code" }] }');
    expect(() => checkNotebook(path.join(folder, 'odd.ipynb'))).toThrow(
      /odd\.ipynb is no notebook: cell 1 of all has no source/,
    );
  });
});
