/** The project's own files as ES modules, run where they are. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import vm from 'node:vm';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { newCompiler, Notebook, originalFrames } from './compiler/support';

const home = mkdtempSync(path.join(tmpdir(), 'modules-test-'));
afterAll(() => rmSync(home, { recursive: true }));

let count = 0;
let project = '';
const file = (name: string): string => path.join(project, name);
const packageOf = (name: string, json: object): void =>
  write(`node_modules/${name}/package.json`, JSON.stringify({ name, ...json }));

/** A file system's clock may be coarser than a test is quick. */
let clock = Date.now() / 1000 - 10_000;
function write(name: string, text: string): void {
  mkdirSync(path.dirname(file(name)), { recursive: true });
  writeFileSync(file(name), text);
  utimesSync(file(name), (clock += 10), clock);
}
beforeEach(() => {
  project = path.join(home, String(count++));
  mkdirSync(project);
});

const newNotebook = (): Notebook => new Notebook(newCompiler(project, {}), project, {});
/** The messages of what goes wrong in a cell. */
const failing = (cell: Promise<unknown>): Promise<string> =>
  cell.then(
    () => 'nothing failed',
    (error: unknown) => String(error),
  );

describe('a local file', () => {
  it('knows its place by import.meta: url, dirname, filename and resolve', async () => {
    packageOf('there', { main: 'main.js' });
    write('node_modules/there/main.js', '');
    for (const name of ['a.ts', 'b.mts', 'c.mjs', 'd.tsx'])
      write(
        `deep/${name}`,
        `export const { url, dirname, filename } = import.meta;
         export const resolved = ['./x.csv', 'fs', 'there'].map((each) => import.meta.resolve(each));`,
      );
    const notebook = newNotebook();
    for (const name of ['a', 'b.mjs', 'c.mjs', 'd'])
      expect(await notebook.run(`(await import('./deep/${name}'))`)).toMatchObject({
        url: expect.stringMatching(new RegExp(`/deep/${name[0]}\\.`)) as string,
        dirname: file('deep'),
        filename: expect.stringContaining(file('deep/')) as string,
        resolved: [
          pathToFileURL(file('deep/x.csv')).href,
          'node:fs',
          pathToFileURL(file('node_modules/there/main.js')).href,
        ],
      });
    expect(await notebook.run("import.meta.resolve('./deep/a.ts')")).toBe(
      pathToFileURL(file('deep/a.ts')).href,
    );
    expect(await failing(notebook.run("import.meta.resolve('not-there')"))).toMatch(
      /Cannot find package 'not-there'/,
    );
  });

  it('awaits at its top level, and what imports it waits, whatever the way', async () => {
    const later = (value: string) => `await new Promise((go) => setTimeout(go, 5, ${value}))`;
    write('slow.ts', `export const slow: number = ${later('3')} as number;`);
    write('each.mjs', `export let sum = 0; for await (const n of [1, 2]) sum += n;`);
    write('alone.ts', `const n: number = ${later('4')} as number; (globalThis as any).alone = n;`);
    write('middle.ts', "import { slow } from './slow'; export const twice = 2 * slow;");
    write('again.ts', "export * from './middle'; export { sum } from './each.mjs';");
    const notebook = newNotebook();
    await notebook.run("import { twice, sum } from './again'; import './alone'");
    expect(await notebook.run('[twice, sum, (globalThis as any).alone]')).toEqual([6, 3, 4]);
    // It has been waited for, so that `require` has it too.
    expect(await notebook.run("(require('./slow') as { slow: number }).slow")).toBe(3);
    expect(await failing(newNotebook().run("require('./middle')"))).toMatch(
      /slow\.ts awaits as it is loaded|middle\.ts awaits as it is loaded/,
    );
  });

  it('that awaits runs once, for all who import it at the same time', async () => {
    write(
      'once.ts',
      'export const n = ((globalThis as any).runs ??= 0, ++(globalThis as any).runs); await null;',
    );
    write('left.ts', "export { n as left } from './once';");
    write('right.ts', "export { n as right } from './once';");
    const notebook = newNotebook();
    const cell =
      "const [a, b] = await Promise.all([import('./left'), import('./right')]); [a.left, b.right]";
    expect(await notebook.run(cell)).toEqual([1, 1]);
    delete (globalThis as { runs?: number }).runs;
  });

  it('runs after all that it imports, in their order, with or without awaiting', async () => {
    const says = (name: string, more = '') =>
      `((globalThis as any).order ??= []).push('${name}'); ${more}`;
    write('a.ts', says('a', "import './b'; import './c'; export {};"));
    write(
      'b.ts',
      says('b begins', "await null; (globalThis as any).order.push('b ends'); export {};"),
    );
    write('c.ts', says('c', 'export {};'));
    await newNotebook().run("import './a'");
    const global = globalThis as { order?: string[] };
    expect(global.order).toEqual(['b begins', 'c', 'b ends', 'a']);
    delete global.order;
  });

  it('imports an ES package that awaits at its top level', async () => {
    packageOf('waits', { type: 'module', exports: { import: './main.js' }, types: 'main.d.ts' });
    write(
      'node_modules/waits/main.js',
      'export const seven = await Promise.resolve(7); export default () => seven;',
    );
    write(
      'node_modules/waits/main.d.ts',
      'export declare const seven: number; declare const f: () => number; export default f;',
    );
    write(
      'a.ts',
      "import f, { seven } from 'waits'; import * as all from 'waits'; export const found = [f(), seven, all.seven];",
    );
    write(
      'b.ts',
      "export { seven as eight } from 'waits'; export const later = async () => (await import('waits')).default();",
    );
    const notebook = newNotebook();
    expect(await notebook.run("import { found } from './a'; found")).toEqual([7, 7, 7]);
    expect(
      await notebook.run("import { eight, later } from './b'; [eight, await later()]"),
    ).toEqual([7, 7]);
  });

  it('imports CommonJS as Node does, and exports that change are seen to change', async () => {
    write('function.cjs', 'module.exports = function () { return 7 }; module.exports.extra = 8;');
    packageOf('made', { main: 'main.js' });
    write(
      'node_modules/made/main.js',
      'Object.defineProperty(exports, "__esModule", { value: true }); exports.one = 1;',
    );
    write('count.ts', 'export let n = 0; export const more = (): void => void n++;');
    write(
      'a.mjs',
      `import seven, { extra } from './function.cjs';
       import made, { one } from 'made';
       import { n, more } from './count';
       const before = n;
       more();
       export const found = [seven(), extra, one, made.one, before, n];`,
    );
    expect(await newNotebook().run("(await import('./a.mjs')).found")).toEqual([7, 8, 1, 1, 0, 1]);
    write(
      'b.ts',
      "import seven = require('./function.cjs'); export const found = [seven(), require('./function.cjs') === seven];",
    );
    expect(await newNotebook().run("(await import('./b')).found")).toEqual([7, true]);
  });

  it('of CommonJS is CommonJS still, by its name or for want of anything else', async () => {
    write(
      'a.cts',
      'export const isHere: boolean = __filename.endsWith("a.cts") && typeof require === "function";',
    );
    write('b.ts', 'module.exports = { b: 2 };');
    write('package.json', '{ "type": "module" }');
    write(
      'c.ts',
      'export const strict = (function (this: unknown) { return this === undefined })();',
    );
    const notebook = newNotebook();
    expect(await notebook.run("(await import('./a.cjs')).isHere")).toBe(true);
    expect(await notebook.run("(require('./b') as { b: number }).b")).toBe(2);
    expect(await notebook.run("(await import('./c')).strict")).toBe(true);
  });

  it('holds JSX, of the kind that tsconfig.json names', async () => {
    packageOf('ui', { exports: { '.': './main.js', './jsx-runtime': './runtime.js' } });
    write(
      'node_modules/ui/main.js',
      'exports.h = (type, props, ...inner) => ["classic", type, ...inner];',
    );
    write(
      'node_modules/ui/runtime.js',
      'exports.jsx = (type, { children }) => ["automatic", type, children];',
    );
    const view = (text: string) => `${text} export const view: unknown = <b>{String(1 + 1)}</b>;`;
    write(
      'tsconfig.json',
      '{ "compilerOptions": { "jsx": "react", "jsxFactory": "h", "strict": false } }',
    );
    write('classic.tsx', view("import { h } from 'ui';"));
    expect(await newNotebook().run("(await import('./classic')).view")).toEqual([
      'classic',
      'b',
      '2',
    ]);
    for (const jsx of ['react-jsx', 'preserve']) {
      write(
        'tsconfig.json',
        JSON.stringify({ compilerOptions: { jsx, jsxImportSource: 'ui', strict: false } }),
      );
      write(`${jsx}.tsx`, view(''));
      expect(await newNotebook().run(`(await import('./${jsx}')).view`)).toEqual([
        'automatic',
        'b',
        '2',
      ]);
    }
  });

  it('imports in a circle, by names that are there when they are called', async () => {
    write('index.ts', "export * from './a'; export * from './b';");
    write(
      'a.ts',
      "import { b } from './index'; export const a = (): string => `a${b()}`; export function early(): string { return 'early' }",
    );
    write(
      'b.ts',
      "import { early } from './a'; export const at = early(); export const b = (): string => 'b'; await null;",
    );
    expect(await newNotebook().run("import { a, at } from './index'; [a(), at]")).toEqual([
      'ab',
      'early',
    ]);
  });

  it('keeps the order of what it does, with its imports first', async () => {
    write('base.ts', 'export class Base { n = 1 }; export const log: string[] = [];');
    write(
      'a.ts',
      `log.push('first');
       import { Base, log } from './base';
       export default [log.length];
       using open = { [Symbol.dispose]: () => void log.push('disposed') };
       export class Own extends Base { static early = log.push('class') }
       export const last = log.push('last');
       export { log };
       void open;`,
    );
    const cell = "import one, { log } from './a'; [one, log.join()]";
    expect(await newNotebook().run(cell)).toEqual([[1], 'first,class,last,disposed']);
  });

  it('that fails after an await fails its importers, and is tried again', async () => {
    write('late.ts', "await null; throw new Error('not yet');");
    write('a.ts', "import './late'; export const a = 1;");
    const notebook = newNotebook();
    expect(await failing(notebook.run("import { a } from './a'"))).toBe('Error: not yet');
    expect(await failing(notebook.run("import { a } from './a'"))).toBe('Error: not yet');
    write('late.ts', 'await null; export {};');
    expect(await notebook.run("import { a } from './a'; a")).toBe(1);
  });

  it('throws with its own lines, before an await and after', async () => {
    write(
      'a.mts',
      "interface Gone { a: 1 }\nexport const now = () => { throw new Error('x') };\nawait null;\n\nexport function later(): never {\n  throw new Error('y');\n}\n",
    );
    const notebook = newNotebook();
    await notebook.run("import { now, later } from './a.mjs'");
    for (const [call, place] of [
      ['now()', '2:34'],
      ['later()', '6:9'],
    ]) {
      const error = (await notebook.run(call!).catch((thrown: unknown) => thrown)) as Error;
      expect(originalFrames(error, notebook)[0]).toBe(`${file('a.mts')}:${place}`);
    }
  });
});

describe('hot reload', () => {
  it('reaches through modules that await, re-exports, packages of the workspace and import()', async () => {
    mkdirSync(file('node_modules/@own'), { recursive: true });
    symlinkSync(file('packages/own'), file('node_modules/@own/shapes'));
    write(
      'packages/own/package.json',
      '{ "name": "@own/shapes", "type": "module", "main": "src/index.ts" }',
    );
    write('packages/own/src/index.ts', "export { sides } from './sides.js';");
    write('packages/own/src/sides.ts', 'export const sides: number = 3;');
    write(
      'a.ts',
      "import { sides } from '@own/shapes'; await null; export const a = (): number => sides;",
    );
    write(
      'b.ts',
      "export { a } from './a'; export const late = async () => (await import('./a')).a();",
    );
    const notebook = newNotebook();
    await notebook.run("import { a, late } from './b'");
    expect(await notebook.run('[a(), await late()]')).toEqual([3, 3]);
    write('packages/own/src/sides.ts', 'export const sides: number = await Promise.resolve(4);');
    expect(await notebook.run('[a(), await late()]')).toEqual([4, 4]);
    expect(notebook.stale).toEqual([]);
  });

  it('keeps the value of a name that is gone, and says so', async () => {
    write('a.ts', 'export const one = 1, two = 2;');
    const notebook = newNotebook();
    await notebook.run("import { one, two } from './a'");
    write('a.ts', 'export const two = 3;');
    expect(await notebook.run('[one, two]')).toEqual([1, 3]);
    expect(notebook.stale.map(String)).toEqual([
      "SyntaxError: The requested module './a' does not provide an export named 'one'",
    ]);
  });

  it('a hundred times keeps the last module only', async () => {
    setFlagsFromString('--expose-gc');
    const collect = vm.runInNewContext('gc') as () => void;
    write('leaf.ts', 'export const leaf = {};');
    const notebook = newNotebook();
    const old: WeakRef<object>[] = [];
    for (let i = 0; i < 100; i++) {
      write(
        'a.ts',
        `import { leaf } from './leaf'; export const a = { leaf, i: ${i}, large: new Array(1000).fill(${i}) };`,
      );
      if (i === 0) await notebook.run("import { a } from './a'");
      await notebook.loader.runtime.refresh();
      old.push(new WeakRef(notebook.scope['a'] as object));
    }
    expect(notebook.scope['a']).toMatchObject({ i: 99 });
    await new Promise((go) => setTimeout(go));
    collect();
    expect(old.filter((each) => each.deref() !== undefined).length).toBeLessThan(5);
  });
});

describe('a package of the workspace', () => {
  const link = (name: string, json: object): void => {
    mkdirSync(file('node_modules'), { recursive: true });
    symlinkSync(file(`packages/${name}`), file(`node_modules/${name}`));
    write(`packages/${name}/package.json`, JSON.stringify({ name, ...json }));
  };

  it('may have a .ts file as its main, its exports or its imports', async () => {
    link('main', { main: './src/index.ts' });
    write('packages/main/src/index.ts', "export const main: string = 'main';");
    link('mapped', {
      type: 'module',
      exports: { '.': { import: './src/index.mts' }, './*': './src/*.tsx' },
      imports: { '#inner': './src/inner.ts' },
    });
    write('packages/mapped/src/index.mts', "export { inner as mapped } from '#inner';");
    write(
      'packages/mapped/src/inner.ts',
      "import { main } from 'main'; export const inner: string = `mapped ${main}`;",
    );
    write('packages/mapped/src/sub.tsx', "export const sub: string = 'sub';");
    write(
      'a.ts',
      "export { main } from 'main'; export { mapped } from 'mapped'; export { sub } from 'mapped/sub';",
    );
    const notebook = newNotebook();
    expect(
      await notebook.run("import { main, mapped, sub } from './a'; [main, mapped, sub]"),
    ).toEqual(['main', 'mapped main', 'sub']);
    expect(await notebook.run("import { mapped as same } from 'mapped'; same === mapped")).toBe(
      true,
    );
  });

  it('that was built is left to Node', async () => {
    link('ready', { main: './dist/index.js', types: './src/index.ts' });
    write('packages/ready/src/index.ts', "export const ready: string = 'source';");
    write('packages/ready/dist/index.js', "exports.ready = 'built';");
    expect(await newNotebook().run("import { ready } from 'ready'; ready")).toBe('built');
  });
});

describe('a name that the other module lacks', () => {
  beforeEach(() => {
    packageOf('common', { main: 'main.js' });
    write('node_modules/common/main.js', 'exports.there = 1;');
    write('node_modules/common/index.d.ts', '');
    packageOf('modern', {
      type: 'module',
      exports: { types: './main.d.ts', default: './main.js' },
    });
    write('node_modules/modern/main.js', 'export const there = 1;');
    for (const name of ['common', 'modern'])
      write(
        `node_modules/${name}/main.d.ts`,
        'export declare const there: number, lost: number; declare const d: number; export default d;',
      );
    write('local.ts', 'export const there = 1; export interface Shape { a: 1 }');
  });

  it('is an error in a cell, whatever the types say', async () => {
    const notebook = newNotebook();
    const names: [string, string][] = [
      ["{ there, lost } from 'common'", 'lost'],
      ["{ lost as found } from 'modern'", 'lost'],
      ["d, { there } from 'modern'", 'default'],
    ];
    for (const [what, name] of names)
      expect(await failing(notebook.run(`import ${what}`))).toMatch(
        new RegExp(
          `SyntaxError: The requested module '(common|modern)' does not provide an export named '${name}'`,
        ),
      );
    expect(await notebook.run("import { there } from 'modern'; there")).toBe(1);
  });

  it('is an error in a local file, which names the place', async () => {
    const files = {
      'a.ts': "\nimport { there, lost } from 'common';\nexport const sum = there + lost;",
      'b.mjs': "\nimport { there, lost } from 'modern';",
      'c.ts': "\nimport { there, lost } from './local';\nexport default [there, lost];",
      'd.mjs': "\nexport { there, lost } from './local';",
      'e.ts': "\nimport { yes as lost, join } from 'node:path'; lost(join);",
    };
    for (const [name, text] of Object.entries(files)) {
      write(name, text);
      const said = await failing(newNotebook().run(`await import('./${name}' as string)`));
      expect(said).toMatch(/does not provide an export named '(lost|yes)'/);
      expect(said).toContain(`${file(name)}(2,`);
    }
  });

  it('may be a type whose name is also a label, or a member of a namespace', async () => {
    write(
      'local.ts',
      'export type Shape = number; export type Area = number; export const there = 1;',
    );
    write(
      'a.ts',
      `import { Shape, Area, there } from './local';
       namespace Land { export const Area = 5; }
       import size = Land.Area;
       export let n: Shape = there;
       Shape: for (;;) { n += size; break Shape; }
       export const area: Area = n;`,
    );
    expect(await newNotebook().run("import { area } from './a'; area")).toBe(6);
  });

  it('may be a type, where it is only named as one or passed on', async () => {
    write(
      'shapes.ts',
      "export { there, Shape } from './local'; import { Shape as Own } from './local'; export { Own };",
    );
    write(
      'a.ts',
      `import { Shape, there, Own } from './shapes';
       class Square implements Shape { a = 1 as const; area(by: Own): number { return by.a * there } }
       const { Shape: unit } = { Shape: { a: 1 as const } };
       export const area = new Square().area(unit);
       export { Shape };`,
    );
    write(
      'metadata.ts',
      `
       import { Shape } from './local';
       const note = (...of: unknown[]): void => {};
       export class Model { @note method(shape: Shape): void {} }`,
    );
    write(
      'tsconfig.json',
      '{ "compilerOptions": { "experimentalDecorators": true, "emitDecoratorMetadata": true } }',
    );
    const notebook = newNotebook();
    expect(await notebook.run("import { area } from './a'; area")).toBe(1);
    expect(await notebook.run("import { Model } from './metadata'; typeof Model")).toBe('function');
    // Passed on it is nothing, and nobody can take it for a value.
    write('b.mjs', "import { Shape } from './shapes'; export const shape = Shape;");
    expect(await failing(notebook.run("await import('./b.mjs' as string)"))).toMatch(
      /named 'Shape'/,
    );
  });
});

it('a package installed by one cell is found by the next, with its types, tried before or not', async () => {
  const notebook = newNotebook();
  for (const [name, type] of [
    ['old', 'commonjs'],
    ['new', 'module'],
  ] as const) {
    const [statement, call] = [
      `import { n } from '${name}-kind'; n`,
      `await import('${name}-kind')`,
    ];
    expect(await failing(notebook.run(statement))).toMatch(/TS2307/);
    expect(await failing(notebook.run(call.replace(')', ' as string)')))).toMatch(/Cannot find/);
    packageOf(`${name}-kind`, { type, main: 'main.js', types: 'main.d.ts' });
    write(
      `node_modules/${name}-kind/main.js`,
      type === 'module' ? 'export const n = 5;' : 'exports.n = 5;',
    );
    write(`node_modules/${name}-kind/main.d.ts`, 'export declare const n: number;');
    expect(await notebook.run(statement)).toBe(5);
    expect(await notebook.run(`(${call}).n`)).toBe(5);
    expect(await failing(notebook.run('const text: string = n'))).toMatch(/TS2322/);
  }
});
