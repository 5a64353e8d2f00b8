import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Notebook, originalFrames } from './support';

/**
 * Runs the last of the cells, which must throw; its frames as `file:line:column`, innermost first.
 */
async function framesOf(notebook: Notebook, ...cells: string[]): Promise<string[]> {
  for (const cell of cells.slice(0, -1)) await notebook.run(cell);
  const error = await notebook.run(cells.at(-1)!).then(
    () => new Error('the cell did not throw'),
    (thrown: unknown) => thrown as Error,
  );
  return originalFrames(error, notebook);
}

describe('a stack trace', () => {
  test('points at the line and column of a throw', async () => {
    expect((await framesOf(new Notebook(), 'const a = 1;\n\n  throw new Error("x");'))[0]).toBe(
      'In[1]:3:9',
    );
  });

  test('goes through functions of other cells', async () => {
    const frames = await framesOf(
      new Notebook(),
      '// a comment\nfunction outer(f: () => void) {\n  f();\n}',
      'interface Gone { a: 1 }\nconst inner = (n: number): void => {\n  if (n > 0) throw new Error(`${n}`);\n};',
      'let k = 3;\nouter(() => {\n  inner(k);\n});',
    );
    expect(frames.slice(0, 4)).toEqual(['In[2]:3:20', 'In[3]:3:3', 'In[1]:3:3', 'In[3]:2:1']);
  });

  test('names the functions', async () => {
    const notebook = new Notebook();
    await notebook.run(
      'const broken = () => { throw new Error("here") }; class K { method() { broken() } }',
    );
    const error = await notebook
      .run('new K().method()')
      .catch((thrown: unknown) => thrown as Error);
    expect((error as Error).stack).toMatch(/at broken .*\n\s+at K\.method /);
  });

  test('after an await still points into the cell', async () => {
    expect(
      (
        await framesOf(
          new Notebook(),
          'const x = 1;\nawait null;\n(null as unknown as string).trim();',
        )
      )[0],
    ).toBe('In[1]:3:29');
  });

  test('points at a marker wherever it stands', async () => {
    const line = fc.constantFrom(
      '',
      '// comment',
      'const unused = { a: [1, 2] };',
      'type T = { a: 1 };',
      'interface I { b: 2 }',
      'let s = `a\n  b`;',
      'if (true) { var v = 1; void v }',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 6 }), fc.nat(8), async (lines, indent) => {
        const before = lines
          .map((text, index) => text.replace(/\b(unused|T|I|s|v)\b/g, `$1${index}`))
          .join('\n');
        const cell = `${before}\n${' '.repeat(indent)}throw new Error('marker');`;
        const [first] = await framesOf(new Notebook(), cell);
        expect(first).toBe(`In[1]:${cell.split('\n').length}:${indent + 7}`);
      }),
      { numRuns: 25 },
    );
  });
});
