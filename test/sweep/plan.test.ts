import { describe, expect, it } from 'vitest';
import { keyOf, plan } from '../../kernel-setup/sweep/plan.mjs';
import { notebookOf, temporaryFolder, writeNotebook } from '../runner/support';

const declaring = [
  'const rate: number = 1;\nconst budget: "quick" | "full" = "quick";',
  'parameters',
] as const;
const path = writeNotebook(temporaryFolder(), 'tiny', [declaring, 'rate']);

describe('the plan', () => {
  it('has a run a combination, with its values as the notebook reads them', () => {
    const runs = plan(
      [path],
      [
        ['rate', ['.1', '2']],
        ['budget', ['full']],
      ],
      'library',
    );
    expect(runs.map(({ notebook, parameters }) => ({ notebook, parameters }))).toEqual([
      { notebook: 'tiny', parameters: { rate: 0.1, budget: 'full' } },
      { notebook: 'tiny', parameters: { rate: 2, budget: 'full' } },
    ]);
  });

  it('has a run once, however its value is written', () => {
    expect(plan([path], [['rate', ['0.1', '.1', '1e-1']]], 'library')).toHaveLength(1);
  });

  it.each([
    [[['rat', ['1']]], /no such parameter; it declares: rate, budget/],
    [[['rate', ['1', 'fast']]], /"fast" given, number expected/],
    [[['budget', ['huge']]], /expected/],
  ] as const)('%j is refused', (axes, message) => {
    expect(() => plan([path], axes, 'library')).toThrow(message);
  });

  it('of two notebooks of one name is refused', () => {
    expect(() =>
      plan([path, writeNotebook(temporaryFolder(), 'tiny', [declaring])], [], 'library'),
    ).toThrow('Two notebooks are called tiny');
  });
});

describe('the key of a run', () => {
  const page = notebookOf([declaring, 'rate']);
  const key = keyOf(page, 'tiny', { rate: 1, budget: 'full' }, 'library');

  it('is the same for other prose, outputs, ids, and order of parameters', () => {
    const cells = page.cells.map((cell, i) => ({
      ...cell,
      id: `other-${i}`,
      outputs: [{ text: 'said' }],
      execution_count: 7,
    }));
    const prose = { cell_type: 'markdown', source: '# Prose', metadata: {} };
    expect(
      keyOf({ ...page, cells: [prose, ...cells] }, 'tiny', { budget: 'full', rate: 1 }, 'library'),
    ).toBe(key);
  });

  it.each([
    [
      'code',
      keyOf(notebookOf([declaring, 'rate + 1']), 'tiny', { rate: 1, budget: 'full' }, 'library'),
    ],
    [
      'tags',
      keyOf(
        notebookOf([declaring, ['rate', 'skip-execution']]),
        'tiny',
        { rate: 1, budget: 'full' },
        'library',
      ),
    ],
    ['name', keyOf(page, 'other', { rate: 1, budget: 'full' }, 'library')],
    ['parameters', keyOf(page, 'tiny', { rate: 2, budget: 'full' }, 'library')],
    ['parameters given', keyOf(page, 'tiny', { rate: 1 }, 'library')],
    ['library', keyOf(page, 'tiny', { rate: 1, budget: 'full' }, 'another')],
  ])('is another for other %s', (_, other) => {
    expect(other).not.toBe(key);
  });
});
