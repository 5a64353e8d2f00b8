import { describe, expect, it } from 'vitest';
import { parseOptions } from '../../kernel-setup/race/options.mjs';

describe('the options of a race', () => {
  it('are those of notebook 17’s record by default', () => {
    expect(parseOptions([])).toEqual({
      data: 'digits',
      rows: undefined,
      seeds: [0, 1, 2, 3, 4],
      steps: { short: 200, long: 2000 },
      sizes: {},
      minutes: Infinity,
      note: '',
    });
  });

  it('name pieces: rows, whose names have spaces, seeds, minutes', () => {
    const args = ['--rows', 'SimCLR (transformer), BYOL', '--seeds', '3,4', '--minutes', '24.5'];
    expect(parseOptions([...args, '--learn', '100'])).toMatchObject({
      rows: ['SimCLR (transformer)', 'BYOL'],
      seeds: [3, 4],
      minutes: 24.5,
      sizes: { learn: 100 },
    });
  });

  it.each([
    [['--short', '0'], '--short: 0 given, a whole number from 1 expected'],
    [['--learn', '1.5'], '--learn: 1.5 given, a whole number from 1 expected'],
    [['--seeds', '0,0'], '--seeds: 0,0 given, different ones expected'],
    [['--seeds', '1,a'], '--seeds: a given, whole numbers from 0'],
    [['--minutes', '0'], '--minutes: 0 given, a number above 0 expected'],
    [['--minutes', ''], '--minutes: nothing given'],
    [['--step', '3'], '--step'],
  ])('%j is told what is wrong', (args, message) => {
    expect(() => parseOptions(args)).toThrow(message);
  });
});
