/** JSX in cells. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { newCompiler, Notebook, originalFrames } from './support';

const home = mkdtempSync(path.join(tmpdir(), 'jsx-test-'));
afterAll(() => rmSync(home, { recursive: true }));
let count = 0;

/** A notebook in a project with these options, and with a library of elements. */
function notebookWith(compilerOptions?: object): Notebook {
  const folder = path.join(home, String(count++));
  const files: Record<string, string> = {
    ...(compilerOptions && { 'tsconfig.json': JSON.stringify({ compilerOptions }) }),
    'node_modules/ui/package.json':
      '{ "name": "ui", "exports": { ".": "./main.js", "./jsx-runtime": "./runtime.js" } }',
    'node_modules/ui/main.js': `
      exports.h = (type, props, ...inner) => ({ by: 'h', type, props, inner });
      exports.Fragment = 'fragment';
      exports.createElement = exports.h;`,
    'node_modules/ui/main.d.ts': `
      export declare const Fragment: string;
      export declare function h(type: unknown, props: object | null, ...inner: unknown[]): JSX.Element;
      export declare const createElement: typeof h;
      declare global {
        namespace JSX {
          interface Element { by: string; type: unknown; props: any; inner: any[] }
          interface IntrinsicElements { p: { id?: string; children?: unknown }; b: { children?: unknown } }
        }
      }`,
    'node_modules/ui/runtime.js': `
      const element = (type, { children, ...props }) => ({ by: 'jsx', type, props, inner: [children].flat() });
      exports.jsx = exports.jsxs = element;
      exports.Fragment = 'fragment';`,
    'node_modules/ui/runtime.d.ts': `
      export declare const jsx: any, jsxs: any, Fragment: any;
      export namespace JSX {
        interface Element { by: string; type: unknown; props: any; inner: any[] }
        interface IntrinsicElements { p: { id?: string; children?: unknown }; b: { children?: unknown } }
      }`,
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return new Notebook(newCompiler(folder, {}), folder, {});
}

const cell = `
  const name = 'x';
  const Large = ({ of }: { of: string }) => <b>{of.toUpperCase()}</b>;
  const view = <><p id="a">one {name}</p><Large of={name} /></>;`;

describe('JSX in a cell', () => {
  it('becomes calls of React.createElement, or of the factory that the project names', async () => {
    const react = notebookWith();
    await react.run("import * as React from 'ui'");
    await react.run(cell);
    expect(await react.run('view')).toMatchObject({
      by: 'h',
      type: 'fragment',
      inner: [
        { type: 'p', props: { id: 'a' }, inner: ['one ', 'x'] },
        { type: expect.any(Function) as unknown, props: { of: 'x' } },
      ],
    });
    expect(await react.run('Large({ of: "y" })')).toMatchObject({ type: 'b', inner: ['Y'] });
    const own = notebookWith({ jsx: 'react', jsxFactory: 'h', jsxFragmentFactory: 'Fragment' });
    await own.run("import { h, Fragment } from 'ui'");
    // A variable of the same name that is nearer is the cell's own business.
    expect(await own.run('[1].map((h) => h).concat((<p>{2}</p>).inner)')).toEqual([1, 2]);
    expect(await own.run('(<><b>1</b></>).type')).toBe('fragment');
  });

  it.each(['react-jsx', 'preserve'])('with %s needs no import', async (jsx) => {
    const notebook = notebookWith({ jsx, jsxImportSource: 'ui' });
    await notebook.run(cell);
    expect(await notebook.run('view')).toMatchObject({
      by: 'jsx',
      inner: [{ type: 'p', props: { id: 'a' }, inner: ['one ', 'x'] }, { props: { of: 'x' } }],
    });
  });

  it('is checked: what an element takes, what is in scope, and how it is written', async () => {
    const notebook = notebookWith({ jsx: 'react-jsx', jsxImportSource: 'ui' });
    await expect(notebook.run('<p id={3} />')).rejects.toThrow(/TS2322/);
    await expect(notebook.run('<p>{missing}</p>')).rejects.toThrow(/TS2304/);
    await expect(notebook.run('<p>1</b>')).rejects.toThrow(/TS17002/);
    await expect(notebookWith().run('<p>1</p>')).rejects.toThrow(/React/);
  });

  it('leaves casts and generic arrows what they are in TypeScript', async () => {
    const notebook = notebookWith({ jsx: 'react-jsx', jsxImportSource: 'ui' });
    expect(await notebook.run('const id = <T>(x: T): T => x; id(<number>(3 as unknown)) + 1')).toBe(
      4,
    );
    expect(await notebook.run('const a = 1, b = 2, c = 3; [a < b, b >c]')).toEqual([true, false]);
  });

  it('throws in its own line, is complete when it is closed, and completes', async () => {
    const notebook = notebookWith({ jsx: 'react-jsx', jsxImportSource: 'ui' });
    await notebook.run('const fail = (): string => { throw new Error("x") }');
    const error = (await notebook
      .run('const a = 1;\nconst view = <p>\n  {fail()}\n</p>;')
      .catch((thrown: unknown) => thrown)) as Error;
    expect(originalFrames(error, notebook)[1]).toMatch(/^In\[2\]:3:/);
    const { compiler } = notebook;
    expect(compiler.isComplete('const view = <p>').status).toBe('incomplete');
    expect(compiler.isComplete('const view = <p>1</p>').status).toBe('complete');
    const typed = 'const text = "x"; const view = <p>{text.toUpp}</p>';
    expect(compiler.complete(typed, typed.indexOf('}')).matches).toContain('toUpperCase');
  });
});
