/** What users read when they point at a name: each public function explains itself, and its example works. */
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { publicNames } from './publicSurface';
import { run, typeFaults } from './runExamples';

const names = publicNames();
const functions = names.filter(({ kind }) => kind === 'function');
const examples = new Map(
  functions.flatMap(({ name, examples: codes }) =>
    codes.map((code, i) => [i === 0 ? name : `${name}, ${i + 1}`, code]),
  ),
);

/** How many statements a piece has, without its imports. */
const statements = (code: string): number =>
  ts
    .createSourceFile('example.ts', code, ts.ScriptTarget.ES2022)
    .statements.filter((statement) => !ts.isImportDeclaration(statement)).length;

describe('each public function', () => {
  it('has a docstring', () => {
    expect(functions.filter(({ summary }) => !summary).map(({ name }) => name)).toEqual([]);
  });

  it('has an example', () => {
    const without = functions.filter(({ examples: codes }) => codes.length === 0);
    expect(without.map(({ name, file }) => `${name} (${file})`)).toEqual([]);
  });

  it('has examples of at most 8 statements, that import what they use', () => {
    const long = [...examples].filter(([, code]) => statements(code) > 8);
    expect(long.map(([name]) => name)).toEqual([]);
    const foreign = [...examples].filter(([, code]) => !code.includes("from 'dark-matter'"));
    expect(foreign.map(([name]) => name)).toEqual([]);
  });

  it('has examples whose types are right', { timeout: 120_000 }, () => {
    expect(Object.fromEntries(typeFaults(examples))).toEqual({});
  });
});

describe('the example of', () => {
  it.each([...examples.keys()])('%s runs', async (name) => run(examples.get(name)!));
});

describe('the test itself', () => {
  it('finds a type that is wrong, and an assertion that does not hold', async () => {
    const wrong = "import { tf } from 'dark-matter';\nconst n: string = tf.scalar(1).rank;";
    expect(typeFaults(new Map([['wrong', wrong]])).get('wrong')?.[0]).toMatch(/not assignable/);
    const fails =
      "import assert from 'node:assert/strict';\nassert.equal(await Promise.resolve(1), 2);";
    await expect(run(fails)).rejects.toThrow(/strictly equal/);
  });
});
