import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { CellCompiler, Completions } from '../../../kernel-setup/kernel/compiler';
import { Notebook } from './support';

let compiler: CellCompiler;

beforeAll(async () => {
  const notebook = new Notebook();
  compiler = notebook.compiler;
  await notebook.run(`
/**
 * Adds two numbers.
 * @param a the first
 */
function add(a: number, b = 1): number { return a + b }
const conf = { alpha: 1, beta: 'x', "with-dash": 2 };
let mode: 'fast' | 'slow' = 'fast';
let maybe: { inner: number } | undefined;
interface Options { name: string; size?: number }
class Counter { count = 0; increment() { this.count++ } }
enum Colour { Red, Green }
import * as fs from 'node:fs';
import { readFileSync } from 'node:fs';
`);
});

/** The cursor is where the bar is. */
function at(marked: string): [source: string, offset: number] {
  const offset = marked.indexOf('|');
  return [marked.replace('|', ''), offset];
}

function completed(marked: string): Completions {
  return compiler.complete(...at(marked));
}

/** The text after the match was chosen. */
function choose(marked: string, match: string): string {
  const [source] = at(marked);
  const { matches, start, end } = completed(marked);
  expect(matches).toContain(match);
  return source.slice(0, start) + match + source.slice(end);
}

describe('completion', () => {
  test.each([
    ['an earlier function', 'ad|', 'add', 'add'],
    ['a name within a word', 'new Cou|nt()', 'Counter', 'new Counter()'],
    ['a member', 'conf.al|', 'alpha', 'conf.alpha'],
    ['a member, nothing typed', 'conf.|', 'beta', 'conf.beta'],
    ['a member, with more code after', 'conf.|\nconst z = 1', 'alpha', 'conf.alpha\nconst z = 1'],
    ['a member of what may be undefined', 'maybe.|', '?.inner', 'maybe?.inner'],
    ['a method of a literal', '"abc".toUp|', 'toUpperCase', '"abc".toUpperCase'],
    ['an enum member', 'Colour.R|', 'Red', 'Colour.Red'],
    [
      'a key of an object that is expected',
      'const o: Options = { na|',
      'name',
      'const o: Options = { name',
    ],
    ['a key by a string', 'conf["wi|"]', 'with-dash', 'conf["with-dash"]'],
    ['a string of a union', 'mode = "sl|"', 'slow', 'mode = "slow"'],
    ['an open string of a union', "mode = '|", 'slow', "mode = 'slow"],
    [
      'a local of a half-typed function',
      'function f() { const zebra = 1; return ze|',
      'zebra',
      'function f() { const zebra = 1; return zebra',
    ],
    ['a name in an open template', '`${con|', 'conf', '`${conf'],
    ['a type', 'let o: Opt|', 'Options', 'let o: Options'],
    [
      'a named import',
      'import { readF| } from "node:fs"',
      'readFile',
      'import { readFile } from "node:fs"',
    ],
    ['a package', 'import x from "dark-|"', 'dark-matter', 'import x from "dark-matter"'],
    ['a built-in module', 'import x from "node:f|"', 'node:fs', 'import x from "node:fs"'],
    ['a path', 'import x from "../li|"', 'lib', 'import x from "../lib"'],
    ['a global', 'consol|', 'console', 'console'],
    ['a keyword', 'awai|', 'await', 'await'],
    ['whatever the case typed', 'CONF|', 'conf', 'conf'],
  ])('of %s: %s', (_what, marked, match, result) => {
    expect(choose(marked, match)).toBe(result);
  });

  test('gives only what begins with what was typed', () => {
    for (const match of completed('conf.al|').matches) expect(match.toLowerCase()).toMatch(/^al/);
    expect(completed('conf.al|').matches).toEqual(['alpha']);
  });

  test('of members comes before anything else, and of own names before globals', () => {
    expect(completed('conf.|').matches).toEqual(['alpha', 'beta']);
    expect(completed('add|').matches[0]).toBe('add');
  });

  test('tells kinds, in the same order as the matches', () => {
    const { matches, types } = completed('co|');
    expect(types.map(({ text }) => text)).toEqual(matches);
    expect(types.find(({ text }) => text === 'conf')!.type).toBe('const');
    expect(completed('Coun|').types[0]!.type).toBe('class');
    expect(completed('conf.|').types[0]!.type).toBe('property');
  });

  test('shows nothing of how cells see each other', () => {
    expect(completed('|').matches.filter((name) => name.includes('__'))).toEqual([
      '__dirname',
      '__filename',
    ]);
  });

  test.each([
    ['a comment', '// con|'],
    ['a plain string', 'const s = "con|"'],
    ['an unknown name’s members', 'unheardOf.|'],
  ])('in %s is empty', (_what, marked) => {
    expect(completed(marked).matches).toEqual([]);
  });

  test('commits nothing', () => {
    completed('const typed = 1; typ|');
    const result = compiler.compile('typed', { name: 'In[9]' });
    expect(result.ok).toBe(false);
  });

  test('at any offset of any text, the range is around the cursor and within the text', () => {
    const text = fc.oneof(
      fc.string({ maxLength: 30 }),
      fc.constantFrom(
        'conf.al + mode',
        'const { a } = conf; `x${a}y`',
        'import { x } from "',
        'f(`',
        '\ud800 = "',
        '/* ',
      ),
    );
    fc.assert(
      fc.property(text, fc.integer({ min: -2, max: 40 }), (source, offset) => {
        const { start, end, matches, types } = compiler.complete(source, offset);
        const cursor = Math.max(0, Math.min(source.length, offset));
        expect([
          start >= 0,
          start <= cursor,
          end >= cursor,
          end <= source.length,
          matches.length === types.length,
        ]).toEqual([true, true, true, true, true]);
      }),
      { numRuns: 60 },
    );
  });
});

describe('inspection', () => {
  const inspected = (marked: string, detail: 0 | 1 = 0) => compiler.inspect(...at(marked), detail);

  test('of a function gives its signature and documentation, as text and as Markdown', () => {
    const found = inspected('ad|d(1)')!;
    expect(found['text/plain']).toMatch(
      /^(function )?add\(a: number, b\?: number\): number\n\nAdds two numbers\.\n\n@param a the first$/,
    );
    expect(found['text/markdown']).toMatch(
      /^```typescript\n.*add\(a: number, b\?: number\): number\n```\n\nAdds two numbers\./,
    );
  });

  test.each([
    ['within a call’s brackets', 'add(1, |)', /add\(a: number, b\?: number\): number/],
    ['behind a word', 'add|', /add\(a: number/],
    ['before a word', '|add', /add\(a: number/],
    ['of a variable', 'mo|de', /^let mode: "fast" \| "slow"$/],
    ['of a constant object', 'conf|', /^const conf: \{/],
    ['of a class', 'Counter|', /^class Counter$/],
    ['of a property', 'conf.al|pha', /alpha: number/],
    ['of an import', 'readFile|Sync', /readFileSync\(path/],
    ['of an own name', 'const n = conf.beta; n|', /^const n: string$/],
    ['of a type', 'let o: Opt|ions', /^interface Options$/],
    ['in half-typed code', 'if (add(|', /add\(a: number/],
  ])('%s', (_what, marked, text) => {
    expect(inspected(marked)!['text/plain'].split('\n\n')[0]).toMatch(text);
  });

  test('in detail shows the definition and where it is', () => {
    const found = inspected('Count|er', 1)!['text/plain'];
    expect(found).toContain('In[1]:');
    expect(found).toContain('increment() { this.count++ }');
    expect(inspected('Math.max|', 1)!['text/plain']).toContain('lib.es5.d.ts');
  });

  test('of nothing is nothing', () => {
    expect(inspected('   |   ')).toBeUndefined();
    expect(inspected('|')).toBeUndefined();
    expect(inspected('unheardOf|')).toSatisfy(
      (found) => found === undefined || typeof found === 'object',
    );
  });

  test('shows nothing of how cells see each other', () => {
    for (const marked of ['add|', 'conf|', 'Counter|', 'fs|', 'const c = new Counter(); c|'])
      expect(inspected(marked, 1)!['text/plain']).not.toMatch(/__cell|import\("/);
  });
});

test('what a library re-exports is labelled by what it is, not as an alias', () => {
  const { types } = completed("import * as lab from 'dark-matter';\nlab.|");
  const typeOf = (name: string): string | undefined =>
    types.find(({ text }) => text.endsWith(name))?.type;
  expect([typeOf('lab.train'), typeOf('train')]).toContain('function');
  expect(typeOf('contrastive')).toBe('module');
});
