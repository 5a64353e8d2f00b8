/**
 * What a loop of a cell keeps in variables of its own, and that nobody can tell: each program gives
 * what JavaScript gives where it is one function.
 */
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { Notebook, sharedCompiler } from './support';

type Program = (...given: unknown[]) => Promise<unknown>;
const AsyncFunction = (async () => {}).constructor as new (code: string) => Program;

/** The cells as one function of JavaScript, the last of which is an expression. */
function asOneFunction(cells: readonly string[]): Promise<unknown> {
  const code = `${cells.slice(0, -1).join(';\n')};\nreturn (${cells.at(-1)!});`;
  const { outputText } = ts.transpileModule(`async () => {${code}}`, {
    compilerOptions: { target: ts.ScriptTarget.ES2022 },
  });
  return new AsyncFunction(`return (${outputText.trim().replace(/;$/, '')})()`)();
}

const data = 'const xs = Array.from({ length: 1000 }, (_, i) => i % 7); let s = 0; let n = 0';

const programs: [claim: string, ...cells: string[]][] = [
  ['a sum', data, 'for (const x of xs) s += x', 's'],
  [
    'all kinds of loops',
    data,
    'for (let i = 0; i < xs.length; i++) s += xs[i]!; for (const x of xs) s -= x / 2; for (const k in xs) n += Number(k); while (s > 10) s--; do { n++ } while (n % 13 !== 0)',
    '[s, n]',
  ],
  [
    'labels',
    data,
    'outer: for (const x of xs) { for (let i = 0; ; i++) { if (i > x) continue outer; if (s > 500) break outer; s += i } }',
    's',
  ],
  [
    'a loop without a block, within others',
    data,
    'if (xs.length) for (const x of xs) if (x > 3) s += x; else n -= x',
    '[s, n]',
  ],
  [
    'a function that the loop calls and that writes what the loop writes',
    data,
    'const bump = () => { s += 100 }',
    'for (let i = 0; i < 5; i++) { s++; bump() }',
    's',
  ],
  [
    'a function that the loop calls and that reads what the loop writes',
    data,
    'const seen: number[] = []; function see() { seen.push(s) }',
    'for (let i = 0; i < 5; i++) { s += i; see() }',
    '[s, seen]',
  ],
  [
    'a function that writes what the loop reads',
    data,
    'let step = 1; const grow = () => { step *= 2 }',
    'for (let i = 0; i < 5; i++) { s += step; grow() }',
    '[s, step]',
  ],
  [
    'a function declared after the loop',
    data,
    'for (let i = 0; i < 5; i++) { s += 1; late() } function late() { s *= 2 }',
    's',
  ],
  [
    'a getter, a conversion and an iterator that read what the loop writes',
    data,
    'const o = { get v() { return s }, valueOf: () => s, *[Symbol.iterator]() { for (let i = 0; i < 3; i++) yield s } }',
    'let t = 0; for (let i = 0; i < 3; i++) { s++; t += o.v + Number(o) }; for (const y of o) { s += 10; t += y }',
    '[s, t]',
  ],
  [
    'functions made in a loop',
    data,
    'const fs: (() => number)[] = []; for (let i = 0; i < 3; i++) { s += i; fs.push(() => s + i) }',
    's = 50',
    'fs.map((f) => f())',
  ],
  [
    'a callback in a loop that writes',
    data,
    'for (let i = 0; i < 3; i++) { xs.forEach((x) => { s += x }); s -= 1 }',
    's',
  ],
  [
    'destructuring, and what an assignment takes apart',
    data,
    'let a = 1, b = 2; for (let i = 0; i < 5; i++) { [a, b] = [b, a + b]; ({ s, t: n = 4 } = { s: s + a } as { s: number; t?: number }) }',
    '[a, b, s, n]',
  ],
  [
    'what is written behind a type assertion, in a loop and in a function that it calls',
    'let k: unknown = 0, n = 0; const bump = () => { (<number>k)++ }',
    'for (let i = 0; i < 3; i++) (<number>n)++',
    'let seen = 0; for (let i = 0; i < 3; i++) { bump(); seen += k as number }',
    '[k, n, seen]',
  ],
  [
    'loops over variables that are there',
    data,
    'let x: number, k: string; for (x of xs) s += x; for (k in { a: 1, b: 2 }) s++',
    '[x!, k!, s]',
  ],
  ['var', data, 'for (var i = 0, j = 9; i < j; i++, j--) { var last = i } ', '[i, j, last!]'],
  [
    'increments as expressions',
    data,
    'const out: number[] = []; while (n < 5) { out.push(n++, ++n, s--) }',
    '[out, n, s]',
  ],
  [
    'compound and nullish assignments',
    data,
    'let u: number | undefined, v: number | null = 3; for (let i = 0; i < 3; i++) { u ??= i + 5; v &&= v * 2; s ||= 7; s **= 1; n! += 2 }',
    '[u, v, s, n]',
  ],
  [
    'what is awaited, and changes meanwhile',
    data,
    'const tick = () => { n += 1 }; for (let i = 0; i < 5; i++) { await Promise.resolve().then(tick); s += n; for (let j = 0; j < 3; j++) s += j * n }',
    '[s, n]',
  ],
  [
    'for await around and within',
    data,
    'async function* items() { for (let i = 0; i < 4; i++) { await null; yield i } }',
    'for await (const x of items()) { for (const y of xs) s += x * y } for (const x of xs) { n += x } for await (const y of [Promise.resolve(3), 4]) s += y',
    '[s, n]',
  ],
  [
    'generators, whose loops pause',
    data,
    'let top = 3; function* g() { for (let i = 0; i < top; i++) { s += i; yield i } }',
    'for (const x of g()) { top = 5; n += x + s; if (n > 1000) break }',
    '[s, n, top]',
  ],
  [
    'a function’s loop over constants',
    data,
    'function sum() { let t = 0; for (const x of xs) { t += x; } for (let i = 0; i < xs.length; i++) t += xs[i]! * 2; return t }',
    '[sum(), sum()]',
  ],
  [
    'a function’s loop over variables',
    data,
    'const f = () => { for (const x of xs) s += x; return s }',
    'const r = f(); s = 1',
    '[r, f()]',
  ],
  [
    'classes in a loop',
    data,
    'const ks: number[] = []; for (let i = 0; i < 3; i++) { class K { static v = s + i; get s() { return s } } s += K.v; ks.push(new K().s) }',
    '[s, ks]',
  ],
  [
    'names that shadow',
    data,
    'for (const s of xs) n += s; { let s = 5; for (let i = 0; i < 3; i++) s += i; n += s }',
    '[s, n]',
  ],
  [
    'names that the compiler might use',
    data,
    'let __scope_s = 3, __scope_ = 1; for (const x of xs) { s += x; __scope_s++; __scope_ += 2 }',
    '[s, __scope_s, __scope_]',
  ],
  [
    'a loop’s error, and how far it came',
    data,
    'try { for (const x of xs) { s += x; if (s > 100) throw new Error() } } catch { n = s }',
    '[s, n]',
  ],
];

describe('a cell’s loops do what they do in one function of JavaScript:', () => {
  test.each(programs)('%s', async (_claim, ...cells) => {
    const notebook = new Notebook();
    let last: unknown;
    for (const cell of cells) last = await notebook.run(cell);
    expect(last).toEqual(await asOneFunction(cells));
  });
});

test('how far a loop came that failed is there for the next cell', async () => {
  const notebook = new Notebook();
  await notebook.run('let s = 0; const limit = 100');
  const failing =
    'for (let i = 0; ; i++) { s += i; if (s > limit) throw new RangeError("too far") }';
  await expect(notebook.run(failing)).rejects.toThrow('too far');
  expect(await notebook.run('s')).toBe(105);
});

test('a function sees what a later cell declares anew, loops or not', async () => {
  const notebook = new Notebook();
  await notebook.run(
    'const xs = [1, 2]; function sum() { let t = 0; for (const x of xs) t += x; return t }',
  );
  await notebook.run('const before = sum()');
  await notebook.run('const xs = [10, 20]');
  expect(await notebook.run('[before, sum()]')).toEqual([3, 30]);
});

test.each([
  [
    'an iterator',
    'function f(xs: Iterable<number>) { let t = 0; for (const x of xs) t += x * n; return t }',
    'f(g())',
    1 * 3 + 2 * 4,
  ],
  [
    'a spread',
    'function f(xs: Iterable<number>) { let t = 0; for (let i = 0; i < 1; i++) t += [...xs].length * n; return t }',
    'f(g())',
    3 * 4,
  ],
  [
    'a pattern of a declaration',
    'function f(xs: Iterable<number>) { let t = 0; for (let i = 0; i < 1; i++) { const [a, b] = xs; t += (a! + b!) * n } return t }',
    'f(g())',
    (0 + 1) * 3,
  ],
  [
    'a pattern of an assignment',
    'function f(xs: Iterable<number>) { let a = 0, t = 0; for (let i = 0; i < 1; i++) { [a] = xs as [number]; t += a + n } return t }',
    'f(g())',
    0 + 2,
  ],
  [
    'a resource',
    'function f(r: Disposable) { let t = 0; for (let i = 0; i < 2; i++) { using own = r; void own; t += n } return t }',
    'f({ [Symbol.dispose]: grow })',
    1 + 2,
  ],
  [
    'a class',
    'function f(start: () => void) { let t = 0; for (let i = 0; i < 2; i++) { class K { static begun = start() } void K; t += n } return t }',
    'f(grow)',
    2 + 3,
  ],
  [
    'an await in a class’s head',
    'async function f(base: Promise<new () => object>) { let t = 0; for (let i = 0; i < 2; i++) { class K extends (await base) {} void K; t += n } return t }',
    '(void Promise.resolve().then(grow), await f(Promise.resolve(Object)))',
    2 + 2,
  ],
  [
    'an await in a method’s name',
    'async function f(key: Promise<string>) { let t = 0; for (let i = 0; i < 2; i++) { void { [await key]() {} }; t += n } return t }',
    '(void Promise.resolve().then(grow), await f(Promise.resolve("k")))',
    2 + 2,
  ],
])(
  'a function sees what a later cell declares anew and changes within its loop, by %s',
  async (_, f, call, value) => {
    const notebook = new Notebook();
    await notebook.run(`const n = 1; ${f}`);
    await notebook.run(
      'let n = 1; function* g() { for (let i = 0; i < 3; i++) { n++; yield i } } const grow = () => { n++ }',
    );
    expect(await notebook.run(call)).toBe(value);
  },
);

test('a name that a loop keeps need not have a value yet', async () => {
  const cells =
    'const early = f(); const xs = [1]; function f() { try { for (const x of xs) return x } catch (error) { return (error as Error).name } }';
  const notebook = new Notebook();
  await notebook.run(cells);
  expect(await notebook.run('early')).toBe('TypeError');
});

describe('the scope is asked', () => {
  /** How often a cell reads or writes each name of the scope. */
  async function accesses(setUp: readonly string[], cell: string): Promise<Record<string, number>> {
    const notebook = new Notebook(sharedCompiler());
    const counts: Record<string, number> = {};
    const count = (name: string | symbol): void => {
      counts[String(name)] = (counts[String(name)] ?? 0) + 1;
    };
    const counting = new Proxy(notebook.scope, {
      get: (scope, name) => (count(name), Reflect.get(scope, name)),
      set: (scope, name, value) => (count(name), Reflect.set(scope, name, value)),
    });
    Object.assign(notebook, { scope: counting });
    for (const each of setUp) await notebook.run(each);
    for (const name of Object.keys(counts)) delete counts[name];
    await notebook.run(cell);
    return counts;
  }
  const setUp = [
    'let s = 0; const xs = new Float64Array(10_000).fill(1); const twice = (x: number) => 2 * x',
  ];

  test('a few times in a loop of 10,000 turns', async () => {
    const { s, xs } = await accesses(setUp, 'for (let i = 0; i < xs.length; i++) s += xs[i]!');
    expect(s).toBeLessThan(50);
    expect(xs).toBe(1);
  });

  test('once for a function that a loop calls, and at each turn for what Stop is to find', async () => {
    const { s, twice } = await accesses(setUp, 'for (const x of xs) s += twice(x)');
    expect(s).toBeGreaterThan(10_000);
    expect(twice).toBe(1);
  });

  test('at each turn for what Stop is to find where an iterator may take its time', async () => {
    const cells = [...setUp, 'const items = xs.values()'];
    const { s } = await accesses(cells, 'for (const x of items) s += x');
    expect(s).toBeGreaterThan(10_000);
  });

  test('once in a function’s loop over a constant', async () => {
    const cells = [
      ...setUp,
      'function sum() { let t = 0; for (let i = 0; i < xs.length; i++) t += xs[i]!; return t }',
    ];
    expect(await accesses(cells, 'const total = sum()')).toMatchObject({ xs: 1 });
  });

  test('at each turn where a function of an earlier cell may write the same', async () => {
    const cells = [...setUp, 'function reset() { s = 0 }'];
    expect((await accesses(cells, 'for (const x of xs) s += x'))['s']).toBeGreaterThan(10_000);
  });
});
