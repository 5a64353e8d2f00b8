import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Notebook, TypeErrors } from './support';

describe('names of earlier cells', () => {
  test('variables, functions, classes, enums and namespaces arrive with their values', async () => {
    const notebook = new Notebook();
    await notebook.run(`
      const a = 1; let b = 'b'; var c = [3];
      function f(x: number) { return x * 2 }
      async function g() { return 4 }
      function* h() { yield 5; yield 6 }
      class K { #secret = 7; get secret() { return this.#secret } }
      enum E { One = 1, Two }
      const enum CE { Nine = 9 }
      namespace N { export const v = 8 }
      abstract class Base<T> { abstract of(x: T): T }`);
    expect(
      await notebook.run(
        '[a, b, c, f(a), await g(), [...h()], new K().secret, E.Two, E[1], N.v, CE.Nine]',
      ),
    ).toEqual([1, 'b', [3], 2, 4, [5, 6], 7, 2, 'One', 8, 9]);
    expect(
      await notebook.run(
        'class D extends Base<number> { of(x: number) { return x + 1 } }; new D().of(1)',
      ),
    ).toBe(2);
  });

  test('types, interfaces and generics arrive whole', async () => {
    const notebook = new Notebook();
    await notebook.run(
      'interface Point { x: number; y?: number }; type Pair<T> = [T, T]; declare const phantom: unique symbol; type Id = string & { [phantom]: true }',
    );
    expect(
      await notebook.run('const p: Point = { x: 1 }; const q: Pair<Point> = [p, p]; q.length'),
    ).toBe(2);
    await expect(notebook.run('const r: Pair<Point> = [p, { x: "1" }]')).rejects.toThrow(/TS2322/);
    await expect(notebook.run('const i: Id = "plain"')).rejects.toThrow(/TS2322/);
  });

  test.each([
    ['does not compile', 'declare global { var leaked: number }; const wrong: number = "text"'],
    ['is rolled back', 'declare global { var leaked: number }; 1'],
  ])('a cell that %s leaves none of its global declarations behind', async (_, source) => {
    const notebook = new Notebook();
    const cell = notebook.compiler.compile(source, { name: 'In[1]' });
    if (cell.ok) notebook.compiler.rollback(cell);
    await expect(notebook.run('leaked')).rejects.toThrow(/TS2304/);
    // A cell that imports is checked with all that others bring from outside.
    await expect(notebook.run('import { sep } from "node:path"; [sep, leaked]')).rejects.toThrow(
      /TS2304: Cannot find name 'leaked'/,
    );
  });

  test('a private member keeps two classes of one shape apart, across cells', async () => {
    const notebook = new Notebook();
    await notebook.run('class A { private x = 1 }');
    await notebook.run('class B { private x = 1 }');
    await expect(notebook.run('const a: A = new B()')).rejects.toThrow(TypeErrors);
  });

  test('the type of a const is as wide in a later cell as in its own', async () => {
    const notebook = new Notebook();
    await notebook.run('const epochs = 5; const mode = "fast" as const');
    expect(await notebook.run('let e = epochs; e = 6; e')).toBe(6);
    await expect(notebook.run('let m = mode; m = "slow"')).rejects.toThrow(/TS2322/);
  });

  test('a later cell assigns to an earlier let, and closures of any cell see it', async () => {
    const notebook = new Notebook();
    await notebook.run('let n = 1; const read = () => n; function bump() { n += 1 }');
    await notebook.run('n = 10; bump(); const readHere = () => n');
    expect(await notebook.run('[n, read(), readHere()]')).toEqual([11, 11, 11]);
    await notebook.run('({ n } = { n: 20 }); [n] = [n + 1]; n++; for (n of [30, 31]);');
    expect(await notebook.run('[n, read(), readHere()]')).toEqual([31, 31, 31]);
  });

  test('an assignment is checked against the declared type', async () => {
    const notebook = new Notebook();
    await notebook.run('let n: number | undefined; n = 1; let free');
    await expect(notebook.run('n = "1"')).rejects.toThrow(/TS2322/);
    expect(await notebook.run('n = undefined; free = 1; free = "any"; free')).toBe('any');
  });

  test.each([
    ['const k = 1', 'k = 2', /TS2588: Cannot assign to 'k' because it is a constant/],
    ['function k() {}', 'k = () => {}', /TS2630: Cannot assign to 'k' because it is a function/],
    ['class k {}', 'k = class {}', /TS2629: Cannot assign to 'k' because it is a class/],
    ['enum k {}', 'k = {}', /TS2628: Cannot assign to 'k' because it is an enum/],
    [
      'import * as k from "node:fs"',
      'k = 1',
      /TS2632: Cannot assign to 'k' because it is an import/,
    ],
  ])('after `%s`, `%s` is an error that says why', async (declaration, assignment, message) => {
    const notebook = new Notebook();
    await notebook.run(declaration);
    await expect(notebook.run(assignment)).rejects.toThrow(message);
  });

  test('a closure sees a name declared anew, as with one global scope', async () => {
    const notebook = new Notebook();
    await notebook.run('const rate = 0.1; const step = () => rate');
    await notebook.run('const rate = 0.5');
    expect(await notebook.run('step()')).toBe(0.5);
  });

  test('a name declared anew, as another kind and type, leaves the types of values made before as they were', async () => {
    const notebook = new Notebook();
    await notebook.run('const data = [1, 2]');
    await notebook.run('const first = data[0]!');
    await notebook.run('function data() { return "text" }');
    expect(await notebook.run('const n: number = first; const s: string = data(); [n, s]')).toEqual(
      [1, 'text'],
    );
    await notebook.run('class data { z = 1 }');
    expect(await notebook.run('const d: data = new data(); d.z + first.toFixed(1)')).toBe('11.0');
  });

  test('a cell that threw has declared what it reached, and no more', async () => {
    const notebook = new Notebook();
    await notebook.run('const later = "old"');
    await expect(
      notebook.run(
        'type T = number; const before: T = 1; f(); const later = 2; function f(): never { throw new Error("stop") }',
      ),
    ).rejects.toThrow('stop');
    expect(await notebook.run('const t: T = before; [t, typeof f, later.length]')).toEqual([
      1,
      'function',
      3,
    ]);
  });

  test('a cell with a type error declares nothing', async () => {
    const notebook = new Notebook();
    await expect(notebook.run('const a = 1; const b: string = a')).rejects.toThrow(/TS2322/);
    await expect(notebook.run('a')).rejects.toThrow(/TS2304: Cannot find name 'a'/);
  });

  test('rolled back and reset names are gone', async () => {
    const notebook = new Notebook();
    const cell = notebook.compiler.compile('const gone = 1', { name: 'In[1]' });
    expect(cell.ok).toBe(true);
    if (cell.ok) notebook.compiler.rollback(cell);
    await expect(notebook.run('gone')).rejects.toThrow(/TS2304/);
    await notebook.run('const here = 1');
    notebook.compiler.reset();
    await expect(notebook.run('here')).rejects.toThrow(/TS2304/);
  });

  test('names of globals can be declared, as in a module', async () => {
    const notebook = new Notebook();
    await notebook.run(
      'const process = 1; const name = "n"; class Map2 extends Map {}; const fetch = () => 2',
    );
    expect(await notebook.run('[process + 1, name, new Map2().size, fetch()]')).toEqual([
      2,
      'n',
      0,
      2,
    ]);
  });

  test('hundreds of cells, each using the last, go on compiling', async () => {
    const notebook = new Notebook();
    await notebook.run('const x0 = 0');
    for (let i = 1; i <= 150; i++) await notebook.run(`const x${i} = x${i - 1} + 1`);
    for (let i = 0; i < 100; i++) await notebook.run(`const again = x150 + ${i}`);
    expect(await notebook.run('[x150, again]')).toEqual([150, 249]);
  }, 120_000);

  test('redeclaring at random, in any kind, every name has its last value and type', async () => {
    const declare = {
      const: (name: string, value: number) => `const ${name} = ${value}`,
      let: (name: string, value: number) => `let ${name} = ${value}`,
      var: (name: string, value: number) => `var ${name} = ${value}`,
      function: (name: string, value: number) => `function ${name}() { return ${value} }`,
      class: (name: string, value: number) => `class ${name} { static readonly v = ${value} }`,
      pattern: (name: string, value: number) =>
        `const { a: { ${name} } } = { a: { ${name}: ${value} } }`,
    };
    const read: Record<keyof typeof declare, (name: string) => string> = {
      const: (name) => `${name}.toFixed(0)`,
      let: (name) => `${name}.toFixed(0)`,
      var: (name) => `${name}.toFixed(0)`,
      function: (name) => `${name}().toFixed(0)`,
      class: (name) => `${name}.v.toFixed(0)`,
      pattern: (name) => `${name}.toFixed(0)`,
    };
    const step = fc.record({
      name: fc.constantFrom('a', 'b', 'c'),
      kind: fc.constantFrom(...(Object.keys(declare) as (keyof typeof declare)[])),
      value: fc.nat(99),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        const notebook = new Notebook();
        const last = new Map<string, (typeof steps)[number]>();
        for (const { name, kind, value } of steps) {
          await notebook.run(declare[kind](name, value));
          last.set(name, { name, kind, value });
        }
        const reading = [...last.values()].map(({ name, kind }) => read[kind](name));
        expect(await notebook.run(`[${reading.join(', ')}]`)).toEqual(
          [...last.values()].map(({ value }) => String(value)),
        );
      }),
      { numRuns: 25 },
    );
  }, 120_000);
});

describe('cells of long ago', () => {
  /** The turn of the event loop after which a cell is known by its declarations. */
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  test('keep their types, of whatever kind, when they are known by their declarations alone', async () => {
    const notebook = new Notebook();
    const cells = [
      'import { EventEmitter } from "node:events"; const url = new URL("http://a.b/c")',
      'class Base<T> { #hidden = 1; protected kept: T[] = []; constructor(readonly first: T) {} get size() { return this.kept.length + this.#hidden } }',
      'class Sub extends Base<string> { add(x: string): this { this.kept.push(x); return this } }',
      'const made = { sub: new Sub("f"), list: [1, "a", null] as const, when: new Date(0), emitter: new EventEmitter(), of: <T,>(x: T) => [x] }',
      'const symbol = Symbol("s"); const keyed = { [symbol]: 1 }; enum Level { Low, High = 5 }; const level = Level.High as Level',
      'function isText(x: unknown) { return typeof x === "string" } function assertIs(x: unknown): asserts x is number {} async function* later() { yield 1 }',
      'const { sub: { first }, ...others } = made; let evolving; let union: "a" | "b" = "a"; const tuple: [x: number, y?: string] = [1]; const anonymous = class { z = 1 }',
    ];
    for (const cell of cells) {
      await notebook.run(cell);
      await turn();
    }
    const uses = [
      ['made.sub.add("x").size', 2],
      ['const u: URL = url; u.pathname', '/c'],
      [
        'const e: EventEmitter = made.emitter; const d: Date = others.when; d.getTime() + e.listenerCount("x")',
        0,
      ],
      ['const third: null = made.list[2]; const n: number[] = made.of(1); [third, n]', [null, [1]]],
      [
        'const one: number = keyed[symbol]; const low: Level = Level.Low; [one, low, level === Level.High]',
        [1, 0, true],
      ],
      ['const v: unknown = "t"; let out = 0; if (isText(v)) out = v.length; out', 1],
      ['const w: unknown = 3; assertIs(w); w + 1', 4],
      ['const got: number[] = []; for await (const x of later()) got.push(x); got', [1]],
      [
        'evolving = 5; union = "b"; const y: string | undefined = tuple[1]; [first.length, evolving, union, y, new anonymous().z]',
        [1, 5, 'b', undefined, 1],
      ],
      ['class Third extends Sub { more() { return this.kept.length } } new Third("q").more()', 0],
    ] as const;
    for (const [source, value] of uses) {
      expect(await notebook.run(source)).toEqual(value);
      await turn();
    }
    for (const wrong of [
      'made.sub.kept',
      'union = "c"',
      'made.list[0] === "b"',
      'const b: Base<number> = made.sub',
      'level.nope',
      'made.sub.first = ""',
    ]) {
      await expect(notebook.run(wrong), wrong).rejects.toThrow(TypeErrors);
    }
  });

  test('whose types have no spelling keep them all the same', async () => {
    const notebook = new Notebook();
    await notebook.run(
      'function mixin() { return class { private secret = 1; open() { return this.secret } } } const Mixed = mixin()',
    );
    await turn();
    expect(await notebook.run('new Mixed().open()')).toBe(1);
    await expect(notebook.run('new Mixed().secret')).rejects.toThrow(/TS2341/);
  });

  test('know the library’s types, however they came by them', async () => {
    const notebook = new Notebook();
    await notebook.run('import { tf } from "dark-matter"');
    await turn();
    await notebook.run(
      'const x = tf.tensor2d([[1, 2], [3, 4]]); const grad = tf.grad((t) => t.square().sum())',
    );
    await turn();
    await notebook.run('const y = [x.add(1)] as const; const both = { x, y, grad }');
    await turn();
    await notebook.run('import { type Tensor } from "dark-matter"');
    expect(
      await notebook.run(
        'const t: Tensor = both.grad(both.x); const shape: number[] = both.y[0].shape; [t.shape, shape]',
      ),
    ).toEqual([
      [2, 2],
      [2, 2],
    ]);
    await expect(notebook.run('const s: string = both.x')).rejects.toThrow(/Tensor2D|Tensor</);
  });
});
