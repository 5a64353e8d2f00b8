import { race } from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { parseOptions } from '../../kernel-setup/race/options.mjs';

describe('the options of a race', () => {
  it('are those of the full race by default', () => {
    expect(parseOptions([])).toEqual({
      data: 'digits',
      rows: undefined,
      seeds: [0, 1, 2, 3, 4],
      steps: { short: 200, long: 2000 },
      sizes: {},
      limit: undefined,
      note: '',
    });
  });

  it('name pieces: rows, whose names have spaces, seeds, minutes', () => {
    const args = ['--rows', 'SimCLR (transformer), BYOL', '--seeds', '3,4', '--minutes', '24.5'];
    expect(parseOptions([...args, '--learn', '100'])).toMatchObject({
      rows: ['SimCLR (transformer)', 'BYOL'],
      seeds: [3, 4],
      limit: 1_470_000,
      sizes: { learn: 100 },
    });
  });

  it('give any part of a minute, in whole milliseconds, up to the longest that a timer takes', () => {
    // 60,000 x 4.35 is 260,999.99999999997.
    for (const [minutes, limit] of [
      ['4.35', 261_000],
      ['0.000001', 0],
      ['35791', 2_147_460_000],
    ] as const) {
      expect(parseOptions(['--minutes', minutes]).limit).toBe(limit);
      expect(() => AbortSignal.timeout(limit)).not.toThrow();
    }
  });

  it('know the sets that a race is run on', async () => {
    for (const set of ['digits', 'emoji', 'fashionMnist', 'cifar10'])
      expect(parseOptions(['--data', set]).data).toBe(set);
    await expect(race.images('foo' as 'digits')).rejects.toThrow(
      "'digits' or 'emoji' or 'fashionMnist' or 'cifar10' expected",
    );
  });

  it.each([
    [['--data', 'foo'], '--data: foo given, one of digits, emoji, fashionMnist, cifar10 expected'],
    [['--minutes', '40000'], '--minutes: 40000 given, at most 35791 expected'],
    [['--minutes', 'Infinity'], '--minutes: Infinity given, a number above 0 expected'],
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
