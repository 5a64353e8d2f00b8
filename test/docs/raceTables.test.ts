import { studyRecord } from 'dark-matter';
import { expect, it } from 'vitest';
import { raceTable, withTables } from '../../docs/raceTables.mjs';

const record = studyRecord({
  seeds: [0, 1],
  date: new Date('2026-11-30T01:00:00Z'),
  settings: {
    steps: 2000,
    batch: 128,
    features: 128,
    learn: 7000,
    validation: 1000,
    test: 2000,
    note: '',
  },
  figures: {
    'PCA, 128': { '20-NN, %': [94], 'linear, %': [90], 'effective rank': [60.04] },
    SimCLR: { '20-NN, %': [95, 97], 'linear, %': [97, 98], 'effective rank': [20, 22] },
  },
});

it('a table names its steps, feature width, seeds and date, and has the best first', () => {
  expect(raceTable(record, 'digits').split('\n')).toEqual([
    '*digits: 2,000 steps of 128 images; 128 features; 7,000 images to learn from, 1,000 to choose by; 2,000 to judge; seeds 0, 1; measured 2026-11-30.*',
    '',
    '| | 20-NN, % | linear, % | 10 labels a class, % | effective rank |',
    '|---|---|---|---|---|',
    '| SimCLR | 96.0 ± 1.4 | 97.5 ± 0.7 | - | 21.0 ± 1.4 |',
    '| PCA, 128 | 94.0 | 90.0 | - | 60.0 |',
  ]);
});

it('a text keeps what stands around its tables, however often they are written', () => {
  const empty = 'above\n<!-- the race: node docs/raceTables.mjs --><!-- end of the race -->\nbelow';
  const once = withTables(empty, ['| a |']);
  expect(once).toMatch(/^above\n.*\n\n\| a \|\n\n.*\nbelow$/);
  expect(withTables(once, ['| a |'])).toBe(once);
  expect(() => withTables('none', [])).toThrow('text: none given with <!-- the race');
});
