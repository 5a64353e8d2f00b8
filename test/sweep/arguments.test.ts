import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../kernel-setup/sweep/arguments.mjs';

describe('the command line of a sweep', () => {
  it('has notebooks, axes and limits', () => {
    expect(
      parseArguments([
        '06',
        '-p',
        'temperature=0.1,0.5',
        '-p',
        'seed=0..1',
        '--workers',
        '3',
        '--timeout',
        '60',
      ]),
    ).toMatchObject({
      patterns: ['06'],
      axes: [
        ['temperature', ['0.1', '0.5']],
        ['seed', ['0', '1']],
      ],
      workers: 3,
      timeout: 60,
      cellTimeout: 300,
      again: false,
      scheduler: undefined,
    });
  });

  it('gives a grid that reaches the full budget as much time as it takes', () => {
    expect(parseArguments(['06', '-p', 'budget=quick,full'])).toMatchObject({
      cellTimeout: 0,
      timeout: 0,
    });
  });

  it.each([
    [[], /NOTEBOOK/],
    [['06', '-p', 'seed'], /NAME=VALUE/],
    [['06', '-p', 'seed=1', '-p', 'seed=2'], /seed is given twice/],
    [['06', '--workers', '0'], /--workers/],
    [['06', '--scheduler', 'host:8786'], /tcp:\/\/host:8786 expected/],
    [['06', '--scheduler', 'tcp://host:8786', '--workers', '2'], /the workers are those/],
    [['06', '--timeout', 'soon'], /--timeout/],
    [['06', '--patience', '-1'], /--patience/],
    [['06', '--html', 'page.txt'], /\.html/],
    [['06', '--chart', 'page.svg'], /\.png/],
    [['06', '--jobs', '2'], /--jobs/],
  ])('%j is refused', (argv, message) => {
    expect(() => parseArguments(argv)).toThrow(message);
  });
});
