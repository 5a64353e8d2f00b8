import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Result } from '../../kernel-setup/runner/execution.mjs';
import { knobsOf, withoutClaims } from '../../kernel-setup/runner/knobs.mjs';
import { notebookOf, outputsOf, printed, run, temporaryFolder } from './support';

const notebook = (source: string, id = 'knobs', cell_type = 'markdown') => ({
  cells: [{ cell_type, id, metadata: {}, source: source.split(/(?<=\n)/) }],
});

const exercises = `## Turn the knobs

From a terminal, such as \`npm run notebooks -- 05 -p seed=3\`.

1. Train for longer: \`-p steps=800\`.
   <details><summary>Answer</summary>It gets better, as with \`-p steps=900\`.</details>
2. On paper: what is the loss of a guess?
3. Two at once: \`npm run notebooks -- 05 -p batch=32 -p kind=plain\`, and \`steps\` as it was.
`;

describe('the knobs of a notebook', () => {
  it('are the parameters in the code of each numbered item, and not those of its answer', () => {
    expect(knobsOf(notebook(exercises))).toEqual([
      [['steps', '800']],
      [
        ['batch', '32'],
        ['kind', 'plain'],
      ],
    ]);
  });

  it('are whole sentences where they stand in quotation marks, as a shell takes them', () => {
    expect(
      knobsOf(notebook(`1. \`-p text='a cup of _'\`\n2. \`-p text="it's a _" -p n=2\`\n`)),
    ).toEqual([
      [['text', 'a cup of _']],
      [
        ['text', "it's a _"],
        ['n', '2'],
      ],
    ]);
  });

  it('stand in the markdown cell called knobs, and nowhere else', () => {
    expect(knobsOf(notebook(exercises, 'exercises'))).toEqual([]);
    expect(knobsOf(notebook(exercises, 'knobs', 'code'))).toEqual([]);
  });
});

/** A run whose second cell failed. */
const failing = (id: string, name: string) =>
  ({
    status: 'failed',
    cells: [
      { id: 'train', status: 'passed', error: null },
      { id, status: 'failed', error: { name, message: '', line: null, traceback: '' } },
    ],
  }) as unknown as Result;

describe('a run with a knob turned', () => {
  it('passes where only a claim falls', () => {
    expect(withoutClaims(failing('claims-labels', 'AssertionError')).status).toBe('passed');
  });

  it.each([
    ['train', 'AssertionError'],
    ['claims', 'TypeError'],
  ])('fails where cell %s ends in a %s', (id, name) => {
    expect(withoutClaims(failing(id, name)).status).toBe('failed');
  });
});

describe('npm run notebooks -- --knobs', () => {
  it.each([
    ['one after the other', [], /tiny: steps=2\npassed[^]*\ntiny: steps=3\nfailed/],
    ['two at a time', ['--jobs', '2'], /tiny: steps=2\ntiny: steps=3\n[^]*passed/],
  ])(
    'runs a notebook once a knob, %s, forgives claims, and leaves the source as it is',
    async (_, jobs, order) => {
      const folder = temporaryFolder();
      const tiny = notebookOf([
        ['const steps: number = 1;', 'parameters'],
        'console.log(steps);',
        'require("node:assert").equal(steps, 2);',
      ]);
      tiny.cells[2]!.id = 'claims';
      tiny.cells.push({
        cell_type: 'markdown',
        id: 'knobs',
        metadata: {},
        source: '1. `-p steps=2`\n2. `-p steps=3`\n',
      });
      const path = join(folder, 'tiny.ipynb');
      writeFileSync(path, JSON.stringify(tiny));
      const { code, stdout } = await run(path, '--knobs', ...jobs, '--out', join(folder, 'out'));
      expect(stdout).toMatch(order);
      expect(stdout).toMatch(/Of steps=3 only a claim fell/);
      expect(stdout.trimEnd().split('\n').at(-1)).toBe('2 passed, 0 failed');
      expect(code).toBe(0);
      for (const [i, said] of ['2\n', '3\n'].entries())
        expect(
          outputsOf(join(folder, 'out', 'knobs', `${i + 1}`, 'tiny.ipynb')).map(printed),
        ).toContain(said);
      expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(tiny);
    },
    120_000,
  );
});
