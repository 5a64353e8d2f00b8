import { describe, expect, test } from 'vitest';
import { Notebook } from './support';

/** Each claim: cells, the last of which evaluates to the value. */
const claims: [claim: string, cells: string[], value: unknown][] = [
  ['the last expression is the value', ['1; 2; 3'], 3],
  ['a semicolon after it changes nothing', ['3;;'], 3],
  ['a declaration has no value', ['3; const x = 1'], undefined],
  ['an assignment has one', ['let x = 0', 'x = 5'], 5],
  ['an object in brackets is a value', ['({ a: 1 })'], { a: 1 }],
  [
    'shorthand properties of earlier names',
    ['const a = 1; let b = 2', '({ a, b })'],
    { a: 1, b: 2 },
  ],
  ['shorthand properties of own names', ['const a = 1; ({ a })'], { a: 1 }],
  ['shorthand of a local that shadows', ['const a = 1', '((a: number) => ({ a }))(2)'], { a: 2 }],
  [
    'destructuring with defaults, renames, rests and holes',
    [
      'const { a, b: [c = 4, , ...d], ...e } = { a: 1, b: [undefined, 0, 2, 3] as (number | undefined)[], f: 9 }',
      '[a, c, d, e]',
    ],
    [1, 4, [2, 3], { f: 9 }],
  ],
  [
    'destructuring evaluates computed keys and defaults with earlier names',
    [
      'const key = "k"; const fallback = () => 7',
      'const { [key]: v = fallback() } = {} as { k?: number }',
      'v',
    ],
    7,
  ],
  [
    'destructuring assignment to earlier names',
    ['let a = 0, b = 0', '({ a, b = 5 } = { a: 1 } as { a: number; b?: number }); [a, b]'],
    [1, 5],
  ],
  ['swapping', ['let a = 1, b = 2', '[a, b] = [b, a]', '[a, b]'], [2, 1]],
  [
    'nested destructuring of an array of objects',
    ['const [{ x }, { x: y }] = [{ x: 1 }, { x: 2 }]', '[x, y]'],
    [1, 2],
  ],
  [
    'var in blocks and loops belongs to the cell',
    [
      'if (true) { var p = 1 } for (var i = 0; i < 3; i++) {} for (var q of [7, 8]); for (var r in { z: 1 });',
      '[p, i, q, r]',
    ],
    [1, 3, 8, 'z'],
  ],
  [
    'var without a value keeps what it has',
    [
      'var out: number[] = []; for (const k of [1, 2]) { var t: number; if (k === 1) t = 5; out.push(t!) }',
      'out',
    ],
    [5, 5],
  ],
  [
    'let in a loop is its own each time round',
    [
      'const fs: (() => number)[] = []; for (let i = 0; i < 3; i++) fs.push(() => i)',
      'fs.map((f) => f())',
    ],
    [0, 1, 2],
  ],
  ['block-scoped names stay in their block', ['const a = 1; { const a = 2; void a }', 'a'], 1],
  [
    'parameters and locals shadow',
    ['const a = 1', '[(function (a: number) { a = 3; return a })(2), a]'],
    [3, 1],
  ],
  ['functions are hoisted', ['const early = late(); function late() { return 1 }', 'early'], 1],
  [
    'a function called by name gets no `this`',
    [
      'function self<T>(this: unknown, ..._: T[]) { return this }',
      '[self(), (self)(), self!(), self?.(), (<any>self)(), (self<number>)(1)]',
    ],
    Array.from({ length: 6 }, () => undefined),
  ],
  [
    'a tagged template gets no `this`',
    [
      'function tag(this: unknown, s: TemplateStringsArray, ...v: unknown[]) { return [this, s.raw[0], v] }',
      'tag`a${1}`',
    ],
    [undefined, 'a', [1]],
  ],
  ['a method keeps its `this`', ['const o = { v: 1, get() { return this.v } }', 'o.get()'], 1],
  [
    'functions and classes take the name of their variable',
    [
      'const f = () => 1, g = function () {}, K = class {}; const { h = () => 2 } = {} as { h?: () => number }',
      '[f.name, g.name, K.name, h.name]',
    ],
    ['f', 'g', 'K', 'h'],
  ],
  [
    'recursion and mutual recursion',
    [
      'const even = (n: number): boolean => n === 0 || odd(n - 1); function odd(n: number): boolean { return n !== 0 && even(n - 1) }',
      'even(10)',
    ],
    true,
  ],
  [
    'generators and async generators',
    [
      'function* g() { yield 1 } async function* h() { yield* g(); yield 2 }',
      'const out: number[] = []; for await (const x of h()) out.push(x); out',
    ],
    [1, 2],
  ],
  [
    'top-level await',
    ['const a = await Promise.resolve(1); const b = await (async () => a + 1)()', 'b'],
    2,
  ],
  [
    'top-level for await',
    ['let s = 0; for await (const x of [Promise.resolve(1), 2]) s += x; s'],
    3,
  ],
  [
    'a promise as the last expression is not awaited',
    ['Promise.resolve(1).constructor === Promise'],
    true,
  ],
  [
    'decorators',
    [
      'function twice(f: (this: unknown, n: number) => number, _: ClassMethodDecoratorContext) { return function (this: unknown, n: number) { return 2 * f.call(this, n) } }',
      'class C { @twice m(n: number) { return n + 1 } }',
      'new C().m(1)',
    ],
    4,
  ],
  [
    'class decorators',
    [
      'const seen: string[] = []; function note(_: unknown, c: ClassDecoratorContext) { seen.push(c.name!) }',
      '@note class C {}',
      'seen',
    ],
    ['C'],
  ],
  [
    'a class knows itself by its name',
    [
      'class C { static made = 0; static make() { C.made++; return new C() } }; C.make()',
      'class D { static self = D.name }; [C.made, D.self]',
    ],
    [1, 'D'],
  ],
  [
    'private fields, accessors and static blocks',
    [
      'class C { #x = 1; static y: number; static { C.y = 5 } get x() { return this.#x } set x(v) { this.#x = v } }',
      'const c = new C(); c.x = 4; [c.x, C.y]',
    ],
    [4, 5],
  ],
  ['an enum of an enum', ['enum A { X = 2 }', 'enum B { Y = A.X * 2, Z }', '[B.Y, B.Z]'], [4, 5]],
  [
    'a namespace merged with a function',
    ['function f() { return f.v } namespace f { export const v = 3 }', 'f()'],
    3,
  ],
  ['type-only cells have no value', ['interface I { a: 1 }'], undefined],
  [
    'satisfies, as const, non-null',
    ['const o = { a: [1, 2] } satisfies Record<string, number[]>; o.a[0]!'],
    1,
  ],
  [
    'optional chaining and nullish assignment of earlier names',
    ['let o: { a?: { b: number } } | undefined', 'o ??= {}; o.a ??= { b: 1 }; o?.a?.b'],
    1,
  ],
  ['typeof of a name', ['const a = 1', 'typeof a'], 'number'],
  [
    'labels are not names',
    ['const outer = 1', 'outer: for (;;) { for (;;) { break outer } } outer'],
    1,
  ],
  ['property names are not names', ['const a = 1', '({ a: 2, b: { a: 3 } }).b.a'], 3],
  [
    'export before a declaration means nothing',
    [
      'export const a = 1; export function f() { return a } export default class K {}; export { a as b }',
      '[a, f(), typeof K]',
    ],
    [1, 1, 'function'],
  ],
  [
    'using disposes at the end of its cell',
    [
      'const log: string[] = []',
      '{ using r = { [Symbol.dispose]() { log.push("gone") } }; void r; log.push("in") }',
      'log',
    ],
    ['in', 'gone'],
  ],
  [
    'names that the wrapper might use',
    ['const __scope = 1, __cell = 2, value = 3, require = 4', '[__scope, __cell, value, require]'],
    [1, 2, 3, 4],
  ],
  [
    '__filename, __dirname and import.meta are of the notebook',
    [
      '[__filename.endsWith("notebooks/cell.ts"), __dirname.endsWith("notebooks"), import.meta.url.endsWith("notebooks/cell.ts")]',
    ],
    [true, true, true],
  ],
  ['cells are strict code', ['(function (this: unknown) { return this })()'], undefined],
  [
    'an object spread, template and regular expression',
    ['const a = { x: 1 }', '[{ ...a, y: 2 }, `${a.x}`, /a/u.test("a")]'],
    [{ x: 1, y: 2 }, '1', true],
  ],
  ['a variable named by Unicode', ['const µ = 1, 変数 = 2', 'µ + 変数'], 3],
];

describe('a cell runs over the shared scope', () => {
  test.each(claims)('%s', async (_claim, cells, value) => {
    const notebook = new Notebook();
    let last: unknown;
    for (const cell of cells) last = await notebook.run(cell);
    expect(last).toEqual(value);
  });

  test('only top-level names are on the scope', async () => {
    const notebook = new Notebook();
    await notebook.run(
      'const a = 1; { const hidden = 2; void hidden } (() => { const alsoHidden = 3; return alsoHidden })(); type T = 1',
    );
    expect(Object.keys(notebook.scope)).toEqual(['a']);
  });

  test('a cell tells the names that it declares, and which of them have a value', async () => {
    const notebook = new Notebook();
    await notebook.run(
      'import { readFileSync, type Stats } from "node:fs"; interface I {} const { a, b: [c] } = { a: 1, b: [2] }; enum E {} ',
    );
    const cell = notebook.cells.at(-1)!;
    expect([...cell.names].sort()).toEqual(['E', 'I', 'Stats', 'a', 'c', 'readFileSync']);
    expect([...cell.values].sort()).toEqual(['E', 'a', 'c', 'readFileSync']);
  });
});
