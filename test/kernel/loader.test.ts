import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createLoader } from '../../kernel-setup/kernel/loader';
import { newCompiler, Notebook, originalFrames, root } from './compiler/support';
import type { CellCompiler } from '../../kernel-setup/kernel/compiler';

/**
 * A small project: a library of three layers, imported by name and by path from a notebooks folder.
 */
let project: string;
let compiler: CellCompiler;
const file = (name: string) => path.join(project, name);

/** A file system's clock may be coarser than a test is quick. */
let clock = Date.now() / 1000 - 10_000;
function write(name: string, text: string): void {
  mkdirSync(path.dirname(file(name)), { recursive: true });
  writeFileSync(file(name), text);
  utimesSync(file(name), (clock += 10), clock);
}

beforeAll(() => {
  project = mkdtempSync(path.join(root, 'test', '.loader-'));
});
beforeEach(() => {
  write('lib/package.json', '{ "name": "small" }');
  write(
    'lib/index.ts',
    'export { shout } from "./middle";\nexport * as middle from "./middle";\nexport { state } from "./state";\n',
  );
  write(
    'lib/middle.ts',
    'import { say } from "./deep/say";\nexport const shout = (name: string): string => say(name).toUpperCase();\n',
  );
  write(
    'lib/deep/say.ts',
    'export function say(name: string): string { return `hello ${name}`; }\n',
  );
  write(
    'lib/state.ts',
    'export const state = { loaded: ((globalThis as { loads?: number }).loads = ((globalThis as { loads?: number }).loads ?? 0) + 1) };\n',
  );
  mkdirSync(file('notebooks'), { recursive: true });
});
afterEach(() => {
  delete (globalThis as { loads?: number }).loads;
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

function newNotebook(): Notebook {
  compiler ??= newCompiler(file('notebooks'), { small: file('lib/index.ts') });
  compiler.reset();
  return new Notebook(compiler, file('notebooks'), { small: file('lib/index.ts') });
}

describe('a module of the library, edited', () => {
  test('is seen in the next cell, at any depth, with its types', async () => {
    const notebook = newNotebook();
    await notebook.run('import { shout } from "small"');
    expect(await notebook.run('shout("you")')).toBe('HELLO YOU');
    write(
      'lib/deep/say.ts',
      'export function say(name: string): string { return `good day ${name}`; }\n',
    );
    expect(await notebook.run('shout("you")')).toBe('GOOD DAY YOU');
    write(
      'lib/middle.ts',
      'export const shout = (name: string, times: number): number => name.length * times;\n',
    );
    await expect(notebook.run('shout("you")')).rejects.toThrow(/TS2554/);
    expect(await notebook.run('const n: number = shout("you", 2); n')).toBe(6);
  });

  test('is seen through a namespace, a default import, a path and a re-export', async () => {
    write('lib/plain.ts', 'export default 1;\n');
    const notebook = newNotebook();
    await notebook.run(
      'import * as small from "small"; import { middle } from "small"; import plain from "../lib/plain"; import { say } from "../lib/deep/say.ts"',
    );
    write('lib/plain.ts', 'export default 2;\n');
    write(
      'lib/deep/say.ts',
      'export function say(name: string): string { return `bye ${name}`; }\n',
    );
    expect(await notebook.run('[small.shout("a"), middle.shout("b"), plain, say("c")]')).toEqual([
      'BYE A',
      'BYE B',
      2,
      'bye c',
    ]);
  });

  test('leaves modules alone that do not depend on it', async () => {
    const notebook = newNotebook();
    await notebook.run('import { shout, state } from "small"');
    expect(await notebook.run('state.loaded')).toBe(1);
    write(
      'lib/deep/say.ts',
      'export function say(name: string): string { return `new ${name}`; }\n',
    );
    expect(await notebook.run('[shout("x"), state.loaded]')).toEqual(['NEW X', 1]);
    expect((globalThis as { loads?: number }).loads).toBe(1);
  });

  test('is not evaluated again for being touched', async () => {
    const notebook = newNotebook();
    await notebook.run('import { state } from "small"');
    write(
      'lib/state.ts',
      'export const state = { loaded: ((globalThis as { loads?: number }).loads = ((globalThis as { loads?: number }).loads ?? 0) + 1) };\n',
    );
    expect(await notebook.run('state.loaded')).toBe(1);
  });

  test('does not take back a name that a cell has given another value', async () => {
    const notebook = newNotebook();
    await notebook.run('import { shout } from "small"');
    await notebook.run('const shout = (x: string) => `mine ${x}`');
    write(
      'lib/deep/say.ts',
      'export function say(name: string): string { return `changed ${name}`; }\n',
    );
    expect(await notebook.run('shout("x")')).toBe('mine x');
  });

  test('with an error is told, the old one goes on, and the mended one is taken', async () => {
    const notebook = newNotebook();
    await notebook.run('import { shout } from "small"');
    write('lib/deep/say.ts', 'export function say(name: string): string { return `${ }\n');
    expect(await notebook.run('shout("x")')).toBe('HELLO X');
    expect(String(notebook.stale.at(-1))).toMatch(
      /SyntaxError: .*lib\/deep\/say\.ts\(1,\d+\): error TS/,
    );
    await expect(notebook.run('import { shout } from "small"')).rejects.toThrow(/say\.ts\(1,/);
    write(
      'lib/deep/say.ts',
      'export function say(name: string): string { return `mended ${name}`; }\n',
    );
    expect(await notebook.run('shout("x")')).toBe('MENDED X');
  });

  test('that throws when loaded is tried again', async () => {
    write(
      'lib/deep/say.ts',
      'throw new Error("not ready");\nexport const say = (x: string): string => x;\n',
    );
    const notebook = newNotebook();
    await expect(notebook.run('import { shout } from "small"')).rejects.toThrow('not ready');
    write('lib/deep/say.ts', 'export const say = (x: string): string => `ready ${x}`;\n');
    expect(await notebook.run('import { shout } from "small"; shout("a")')).toBe('READY A');
  });

  test('that is new, or imports a new one, is found', async () => {
    const notebook = newNotebook();
    await expect(notebook.run('import { fresh } from "../lib/fresh"')).rejects.toThrow(/TS2307/);
    write('lib/fresh.ts', 'export const fresh = 1;\n');
    expect(await notebook.run('import { fresh } from "../lib/fresh"; fresh')).toBe(1);
    write('lib/fresher.ts', 'export const more = "more";\n');
    write('lib/fresh.ts', 'import { more } from "./fresher";\nexport const fresh = more;\n');
    expect(await notebook.run('const text: string = fresh; text')).toBe('more');
  });

  test('that was removed is an error', async () => {
    write('lib/brief.ts', 'export const brief = 1;\n');
    const notebook = newNotebook();
    await notebook.run('import { brief } from "../lib/brief"');
    rmSync(file('lib/brief.ts'));
    await expect(notebook.run('import { brief } from "../lib/brief"')).rejects.toThrow(/TS2307/);
  });

  test('that imports in a circle is loaded, and loaded anew', async () => {
    write(
      'lib/a.ts',
      'import { b } from "./b";\nexport const a = 1;\nexport const sum = (): number => a + b();\n',
    );
    write('lib/b.ts', 'import { a } from "./a";\nexport const b = (): number => a + 10;\n');
    const notebook = newNotebook();
    expect(await notebook.run('import { sum } from "../lib/a"; sum()')).toBe(12);
    write('lib/b.ts', 'import { a } from "./a";\nexport const b = (): number => a + 20;\n');
    expect(await notebook.run('sum()')).toBe(22);
  });

  test('throws with frames in its .ts file', async () => {
    write(
      'lib/deep/say.ts',
      '// one\ninterface Gone { a: 1 }\nexport function say(name: string): string {\n  throw new Error(name);\n}\n',
    );
    const notebook = newNotebook();
    await notebook.run('import { shout } from "small"');
    const error = (await notebook.run('shout("x")').catch((thrown: unknown) => thrown)) as Error;
    expect(originalFrames(error, notebook).slice(0, 3)).toEqual([
      `${file('lib/deep/say.ts')}:4:9`,
      `${file('lib/middle.ts')}:2:51`,
      'In[2]:1:1',
    ]);
  });

  test('JSON is read anew too', async () => {
    write('notebooks/data.json', '{ "n": 1 }');
    const notebook = newNotebook();
    expect(await notebook.run('import data from "./data.json"; data.n')).toBe(1);
    write('notebooks/data.json', '{ "n": 2, "s": "x" }');
    expect(await notebook.run('data.n + data.s.length')).toBe(3);
    write('notebooks/data.json', '{ "n": ');
    await expect(notebook.run('import data from "./data.json"')).rejects.toThrow(/data\.json|TS1/);
  });
});

describe('a module by path', () => {
  test('may be JavaScript of either kind, JSON with its attribute, a folder, or named .js for .ts', async () => {
    write('notebooks/common.cjs', 'exports.kind = "cjs"; exports.here = __filename;');
    write(
      'notebooks/es.mjs',
      'import { kind } from "./common.cjs"; export const both = `mjs+${kind}`; export default 1;',
    );
    write('notebooks/plain.js', 'export function twice(x) { return 2 * x }');
    write('notebooks/data.json', '[1, 2]');
    write('notebooks/folder/index.ts', 'export const inFolder: string = "folder";\n');
    const notebook = newNotebook();
    expect(
      await notebook.run(`
        import { kind, here } from './common.cjs';
        import one, { both } from './es.mjs';
        import { twice } from './plain.js';
        import data from './data.json' with { type: 'json' };
        import { inFolder } from './folder';
        import { say } from '../lib/deep/say.js';
        [kind, here.endsWith('common.cjs'), one, both, twice(2), data, inFolder, say('x')]`),
    ).toEqual(['cjs', true, 1, 'mjs+cjs', 4, [1, 2], 'folder', 'hello x']);
  });

  test('by import(), by require and for its effects alone', async () => {
    write('notebooks/effect.ts', '(globalThis as { loads?: number }).loads = 7;\nexport {};\n');
    const notebook = newNotebook();
    await notebook.run('import "./effect"');
    expect((globalThis as { loads?: number }).loads).toBe(7);
    expect(
      await notebook.run(
        'const { say } = await import("../lib/deep/say"); const again: typeof import("../lib/deep/say") = require("../lib/deep/say"); again.say === say',
      ),
    ).toBe(true);
  });

  test('with types alone is not loaded', async () => {
    write('notebooks/types.ts', 'export interface I { a: 1 }\nthrow new Error("loaded");\n');
    const notebook = newNotebook();
    expect(
      await notebook.run(
        'import type { I } from "./types"; import { type I as J } from "./types"; import { I as K } from "./types"; const i: I & J & K = { a: 1 }; i',
      ),
    ).toEqual({ a: 1 });
  });

  test('with a type error of its own is still loaded, and with a syntax error is not', async () => {
    write('notebooks/wrong.ts', 'export const n: number = "text";\n');
    const notebook = newNotebook();
    expect(await notebook.run('import { n } from "./wrong"; n')).toBe('text');
    write('notebooks/broken.ts', 'export const m = ;\n');
    await expect(notebook.run('import { m } from "./broken"')).rejects.toThrow(
      /broken\.ts\(1,18\): error TS1109/,
    );
  });
});

describe('what was built', () => {
  test('is taken when it is newer than its source, and not when it is older', async () => {
    const load = () =>
      createLoader({
        folder: file('notebooks'),
        aliases: { small: file('lib/index.ts') },
        builds: { [file('lib')]: file('lib/dist') },
      });
    write('lib/deep/say.ts', 'export const say = (): string => "source";\n');
    write('lib/dist/deep/say.js', '"use strict";\nexports.say = () => "built";\n');
    expect((load().runtime.require('../lib/deep/say') as { say(): string }).say()).toBe('built');
    write('lib/deep/say.ts', 'export const say = (): string => "newer source";\n');
    expect((load().runtime.require('../lib/deep/say') as { say(): string }).say()).toBe(
      'newer source',
    );
    rmSync(file('lib/dist'), { recursive: true });
  });
});

describe('packages and built-in modules', () => {
  test('an ESM-only package with `exports`, by static and by dynamic import', async () => {
    const notebook = new Notebook();
    expect(
      await notebook.run(
        'import { execa } from "execa"; const { stdout } = await execa("node", ["-p", "1 + 1"]); stdout',
      ),
    ).toBe('2');
    expect(await notebook.run('(await import("execa")).execa === execa')).toBe(true);
  });

  test('a CommonJS package, by default, by name and as a namespace', async () => {
    write(
      'notebooks/node_modules/plain/package.json',
      '{ "name": "plain", "main": "main.js", "types": "main.d.ts" }',
    );
    write(
      'notebooks/node_modules/plain/main.js',
      'module.exports = { one: 1, two: function () { return 2 } };',
    );
    write(
      'notebooks/node_modules/plain/main.d.ts',
      'declare const plain: { one: number; two(): number }; export = plain;',
    );
    write(
      'notebooks/node_modules/made/package.json',
      '{ "name": "made", "main": "main.js", "types": "main.d.ts" }',
    );
    write(
      'notebooks/node_modules/made/main.js',
      'Object.defineProperty(exports, "__esModule", { value: true }); exports.default = "d"; exports.one = 1;',
    );
    write(
      'notebooks/node_modules/made/main.d.ts',
      'declare const d: string; export default d; export declare const one: number;',
    );
    write(
      'notebooks/node_modules/func/package.json',
      '{ "name": "func", "main": "main.js", "types": "main.d.ts" }',
    );
    write(
      'notebooks/node_modules/func/main.js',
      'module.exports = function () { return 7 }; module.exports.extra = 8;',
    );
    write(
      'notebooks/node_modules/func/main.d.ts',
      'declare function func(): number; declare namespace func { const extra: number } export = func;',
    );
    const notebook = newNotebook();
    expect(
      await notebook.run(
        'import plain, { one, two } from "plain"; import * as all from "plain"; [plain.one, one, two(), all.one, all.two()]',
      ),
    ).toEqual([1, 1, 2, 1, 2]);
    expect(
      await notebook.run('import d, * as made from "made"; [d, made.one, made.default]'),
    ).toEqual(['d', 1, 'd']);
    expect(
      await notebook.run(
        'import func, { extra } from "func"; import fromRequire = require("func"); [func(), extra, fromRequire === func]',
      ),
    ).toEqual([7, 8, true]);
  });

  test('a package of both kinds is the one that the library has', async () => {
    write(
      'notebooks/node_modules/both/package.json',
      '{ "name": "both", "exports": { ".": { "types": "./main.d.ts", "import": "./main.mjs", "require": "./main.cjs" }, "./sub": { "types": "./sub.d.ts", "default": "./sub.mjs" } } }',
    );
    write('notebooks/node_modules/both/main.mjs', 'export const kind = "esm";');
    write('notebooks/node_modules/both/main.cjs', 'exports.kind = "cjs";');
    write('notebooks/node_modules/both/main.d.ts', 'export declare const kind: string;');
    write(
      'notebooks/node_modules/both/sub.mjs',
      'export const sub = await Promise.resolve("waited for");',
    );
    write('notebooks/node_modules/both/sub.d.ts', 'export declare const sub: string;');
    const notebook = newNotebook();
    expect(
      await notebook.run(
        'import { kind } from "both"; import { sub } from "both/sub"; [kind, sub, (require("both") as { kind: string }).kind]',
      ),
    ).toEqual(['cjs', 'waited for', 'cjs']);
    await expect(notebook.run('import { kind } from "both/hidden"')).rejects.toThrow(/TS2307/);
  });

  test('node: modules, by default, by name and as a namespace', async () => {
    const notebook = new Notebook();
    expect(
      await notebook.run(
        'import fs, { existsSync } from "node:fs"; import * as all from "fs"; import { readFile } from "node:fs/promises"; [fs.existsSync === existsSync, all.existsSync === existsSync, typeof readFile]',
      ),
    ).toEqual([true, true, 'function']);
  });

  test('TensorFlow is loaded once, whatever is edited', async () => {
    const notebook = new Notebook();
    await notebook.run('import { tf } from "dark-matter"');
    const engine = createRequire(path.join(root, 'lib/core/engine.ts'))(
      '@tensorflow/tfjs-node',
    ) as unknown;
    expect(notebook.scope['tf']).toBe(engine);
    await notebook.run('import * as direct from "@tensorflow/tfjs-node"');
    expect(notebook.scope['direct']).toBe(engine);
  });

  test('a missing one is an error of Node’s where types cannot tell', async () => {
    await expect(
      new Notebook().run('const name: string = "no-such-module"; await import(name)'),
    ).rejects.toThrow(/Cannot find/);
  });
});

test('a loader without a listener keeps quiet about what it cannot load anew', async () => {
  const warn = vi.spyOn(console, 'error').mockImplementation(() => {});
  const { runtime } = createLoader({
    folder: file('notebooks'),
    aliases: { small: file('lib/index.ts') },
  });
  const scope: Record<string, unknown> = { shout: (await runtime.import('small'))['shout'] };
  runtime.follow(scope, 'small', { shout: 'shout' });
  write('lib/deep/say.ts', 'export const = ;\n');
  await runtime.refresh();
  expect(typeof scope['shout']).toBe('function');
  expect(warn).not.toHaveBeenCalled();
  warn.mockRestore();
});
