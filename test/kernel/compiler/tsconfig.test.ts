import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import ts from 'typescript';
import { afterAll, describe, expect, it } from 'vitest';
import { nodeLibraries } from '../../../kernel-setup/kernel/compiler/nodeLibraries';
import { hasDom, projectOptions } from '../../../kernel-setup/kernel/compiler/tsconfig';
import { createCellCompiler } from '../../../kernel-setup/kernel/compiler';
import { newCompiler, Notebook } from './support';

const home = mkdtempSync(path.join(tmpdir(), 'tsconfig-test-'));
afterAll(() => rmSync(home, { recursive: true }));
let count = 0;

/** A project with these files, and its folder `notebooks`. */
function projectWith(files: Readonly<Record<string, string | object>>): string {
  const root = path.join(home, String(count++));
  for (const [name, content] of Object.entries({ 'notebooks/a.txt': '', ...files })) {
    const file = path.join(root, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  }
  return path.join(root, 'notebooks');
}
const withOptions = (compilerOptions: object, files = {}) =>
  projectWith({ 'tsconfig.json': { compilerOptions }, ...files });

/** Codes of the errors that a cell has. */
const errors = (folder: string, source: string): number[] =>
  newCompiler(folder, {})
    .check(source, { name: 'In[1]' })
    .filter(({ category }) => category === 'error')
    .map(({ code }) => code);

const loose = 'function twice(x) { return 2 * x } twice(1)';

describe('the nearest tsconfig.json', () => {
  it('says how strictly cells are checked; without one it is strict', () => {
    expect(errors(projectWith({}), loose)).toEqual([7006]);
    expect(errors(withOptions({ strict: true }), loose)).toEqual([7006]);
    expect(errors(withOptions({}), loose)).toEqual([7006]);
    expect(errors(withOptions({ strict: false }), loose)).toEqual([]);
    const indexed = 'const first: number = [1, 2][0]';
    expect(errors(withOptions({ strict: true }), indexed)).toEqual([]);
    expect(errors(withOptions({ strict: true, noUncheckedIndexedAccess: true }), indexed)).toEqual([
      2322,
    ]);
  });

  it('extends others, and the nearest wins', () => {
    const folder = projectWith({
      'base.json': { compilerOptions: { strict: false } },
      'tsconfig.json': { extends: './base.json' },
    });
    expect(errors(folder, loose)).toEqual([]);
    writeFileSync(path.join(folder, 'tsconfig.json'), '{ "compilerOptions": { "strict": true } }');
    expect(errors(folder, loose)).toEqual([7006]);
  });

  it('says which globals there are', () => {
    const dom = 'const width = (element: HTMLElement): number => element.clientWidth';
    expect(errors(projectWith({}), dom)).toEqual([2304]);
    expect(errors(withOptions({ lib: ['ES2023', 'DOM'] }), dom)).toEqual([]);
    // As in TypeScript, the DOM is there where nothing is said.
    expect(errors(withOptions({ target: 'ES2022' }), dom)).toEqual([]);
  });

  it('has a target that Node can run', () => {
    const targetOf = (target: string) => projectOptions(withOptions({ target })).options.target;
    expect(targetOf('ES5')).toBe(ts.ScriptTarget.ES2022);
    expect(targetOf('ES2023')).toBe(ts.ScriptTarget.ES2023);
    expect(targetOf('ESNext')).toBe(ts.ScriptTarget.ES2024);
    expect(projectOptions(projectWith({})).options.target).toBeUndefined();
  });

  it('has no say in what belongs to the kernel: modules, and names that the next cell may use', () => {
    const folder = withOptions({
      module: 'CommonJS',
      noUnusedLocals: true,
      verbatimModuleSyntax: true,
      isolatedModules: true,
      outDir: 'dist',
    });
    expect(errors(folder, "import { join } from 'node:path'; const later = await 1")).toEqual([]);
  });

  it('is told of where it is wrong, and what can be read of it holds', () => {
    const { problems, options } = projectOptions(
      projectWith({
        'tsconfig.json':
          '{ "compilerOptions": { "strict": false, "jsx": "none" }, "extends": "./no" }',
      }),
    );
    expect(problems.join('\n')).toMatch(/Argument for '--jsx' option must be[^]*not found/);
    expect(options.strict).toBe(false);
  });
});

describe('paths of a tsconfig.json', () => {
  const files = {
    'src/model.ts': "import { two } from '@/numbers/two'; export const four = () => two + two;",
    'src/numbers/two.ts': 'export const two = 2;',
  };

  it('are where cells and local files find modules, with their types', async () => {
    const folder = withOptions({ paths: { '@/*': ['./src/*'], model: ['./src/model.ts'] } }, files);
    const notebook = new Notebook(newCompiler(folder, {}), folder, {});
    expect(await notebook.run("import { four } from '@/model'; four()")).toBe(4);
    expect(await notebook.run("(await import('model')).four()")).toBe(4);
    expect(errors(folder, "import { four } from '@/model'; const text: string = four()")).toEqual([
      2322,
    ]);
  });

  it('start from baseUrl where there is one, the longest pattern first, the first file that exists', async () => {
    const paths = { '#/*': ['nowhere/*', '*'], '#/numbers/*': ['numbers/*'] };
    const folder = withOptions({ baseUrl: './src', paths }, files);
    const notebook = new Notebook(newCompiler(folder, {}), folder, {});
    expect(await notebook.run("import { two } from '#/numbers/two'; two")).toBe(2);
  });
});

describe('decorators', () => {
  const decorated = `
    const seen: string[] = [];
    function log(target: object, name: string): void { seen.push(name) }
    class Model { @log value = 1 }
    new Model();
    seen.join()`;

  it('are those of TypeScript where experimentalDecorators says so, else those of ECMAScript', async () => {
    const old = withOptions({ experimentalDecorators: true });
    expect(await new Notebook(newCompiler(old, {}), old, {}).run(decorated)).toBe('value');
    expect(errors(withOptions({}), decorated)).not.toEqual([]);
    const standard = withOptions({});
    const cell = `
      const seen: unknown[] = [];
      const log = (_: undefined, { name }: ClassFieldDecoratorContext) => void seen.push(name);
      class Model { @log value = 1 }
      seen.join()`;
    expect(await new Notebook(newCompiler(standard, {}), standard, {}).run(cell)).toBe('value');
  });

  it('hold in local files too, with the types of what they decorate', async () => {
    const options = { experimentalDecorators: true, emitDecoratorMetadata: true };
    const folder = withOptions(options, {
      'model.ts': `
        export const types: unknown[] = [];
        (Reflect as any).metadata = (_key: string, type: unknown) => () => void types.push(type);
        const field = (_target: object, _name: string): void => {};
        export class Model { @field size: number = 1 }`,
    });
    const notebook = new Notebook(newCompiler(folder, {}), folder, {});
    expect(await notebook.run("import { types } from '../model'; types.includes(Number)")).toBe(
      true,
    );
  });
});

it('JSX in local files becomes what the project says', async () => {
  const folder = withOptions(
    { jsx: 'react', jsxFactory: 'h', strict: false },
    {
      'view.tsx':
        'const h = (name, props, ...inner) => [name, ...inner]; export const view = <b>x</b>;',
    },
  );
  const notebook = new Notebook(newCompiler(folder, {}), folder, {});
  expect(await notebook.run("import { view } from '../view'; view.join()")).toBe('b,x');
});

describe('without a tsconfig.json the built-in objects are those of the Node that runs', () => {
  it.each([
    ['20.19.0', 'es2024.string', 'es2024.object'],
    ['21.0.0', 'es2024.object', 'es2024.promise'],
    ['22.12.0', 'esnext.iterator', 'esnext.promise'],
  ])('Node %s has %s, and not %s', (version, there, missing) => {
    expect(nodeLibraries(version)).toContain(`lib.${there}.d.ts`);
    expect(nodeLibraries(version)).not.toContain(`lib.${missing}.d.ts`);
  });

  it('each library is there exactly where what it describes is', () => {
    const probes = {
      'es2024.object': 'groupBy' in Object,
      'es2024.promise': 'withResolvers' in Promise,
      'esnext.array': 'fromAsync' in Array,
      'esnext.collection': 'union' in Set.prototype,
      'esnext.iterator': 'Iterator' in globalThis,
    };
    for (const [name, there] of Object.entries(probes))
      expect(nodeLibraries().includes(`lib.${name}.d.ts`), name).toBe(there);
  });

  it('regular expressions have the v flag', () => {
    expect(errors(projectWith({}), String.raw`/[\p{L}--[a-z]]/v.test('A')`)).toEqual([]);
  });
});

it("the DOM's library is known by its names", () => {
  const domWith = (options: object) => hasDom(projectOptions(withOptions(options)));
  expect(domWith({ lib: ['ES2023'] })).toBe(false);
  expect(domWith({ lib: ['ES2023', 'DOM', 'DOM.Iterable'] })).toBe(true);
  expect(domWith({ target: 'ES2022' })).toBe(true);
  expect(domWith({})).toBe(true);
  expect(hasDom(projectOptions(projectWith({})))).toBe(false);
});

describe('cells of JavaScript', () => {
  const folder = projectWith({});
  const compiler = createCellCompiler({ folder, aliases: {}, untyped: true });
  const notebook = new Notebook(compiler, folder, {});

  it('know no type errors, and complete all the same', async () => {
    expect(await notebook.run("let n = 1; n = 'two'; const o = {}; o.late = n; o.late")).toBe(
      'two',
    );
    expect(await notebook.run('const sum = (a, b) => a + b; sum(n, 3)')).toBe('two3');
    await notebook.run("const word = 'two'");
    expect(compiler.complete('word.toUpp', 10).matches).toContain('toUpperCase');
  });

  it('must be well-formed', async () => {
    await expect(notebook.run('const = 3')).rejects.toThrow(/expected/);
    await expect(notebook.run('missing + 1')).rejects.toThrow(ReferenceError);
  });
});

it("Node's types are the project's own, where it has some", () => {
  const own = {
    'node_modules/@types/node/package.json': { name: '@types/node', types: 'index.d.ts' },
    'node_modules/@types/node/index.d.ts':
      "declare module 'node:tomorrow' { export const later: number; }",
  };
  const source = "import { later } from 'node:tomorrow'; const text: string = later";
  expect(errors(projectWith(own), source)).toEqual([2322]);
  expect(errors(projectWith({}), source)).toEqual([2307]);
});
