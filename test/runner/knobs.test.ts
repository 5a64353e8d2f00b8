import { describe, expect, it } from 'vitest';
import type { Result } from '../../kernel-setup/runner/execution.mjs';
import { knobsOf, withoutClaims } from '../../kernel-setup/runner/knobs.mjs';

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
