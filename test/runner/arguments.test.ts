import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../kernel-setup/runner/arguments.mjs';

describe('the command line of npm run notebooks', () => {
  it('takes every option', () => {
    const line =
      '05 1* -p steps=50 --parameter name=a=b --cell-timeout 300 --timeout 0.5 --jobs 2 --out DIR --html --report r.json --report r.xml';
    expect(parseArguments(line.split(' '))).toEqual({
      patterns: ['05', '1*'],
      parameters: [
        ['steps', '50'],
        ['name', 'a=b'],
      ],
      cellTimeout: 300,
      timeout: 0.5,
      jobs: 2,
      out: 'DIR',
      html: true,
      save: false,
      knobs: false,
      reports: ['r.json', 'r.xml'],
      help: false,
    });
  });

  it('runs everything, one at a time, for at most 300 s a cell and 900 s a notebook, when nothing is said', () => {
    expect(parseArguments([])).toMatchObject({
      patterns: [],
      parameters: [],
      cellTimeout: 300,
      timeout: 900,
      jobs: 1,
      html: false,
      reports: [],
    });
  });

  it('gives the full budget, five seeds long, as much time as it takes, unless a limit is said', () => {
    expect(parseArguments(['-p', 'budget=full'])).toMatchObject({ cellTimeout: 0, timeout: 0 });
    expect(parseArguments(['-p', 'budget=full', '--timeout', '60'])).toMatchObject({
      cellTimeout: 0,
      timeout: 60,
    });
    expect(parseArguments(['-p', 'budget=quick'])).toMatchObject({
      cellTimeout: 300,
      timeout: 900,
    });
  });

  it.each([
    [['--nonsense'], /--nonsense/],
    [['-p', 'steps'], /"steps" given, NAME=VALUE expected/],
    [['-p', '5=steps'], /NAME=VALUE expected/],
    [['-p', 'a=1', '-p', 'a=2'], /a is given twice/],
    [['--knobs', '--save'], /--knobs: .* give no -p and no --save/],
    [['--knobs', '-p', 'a=1'], /--knobs: .* give no -p and no --save/],
    [['--jobs', '0'], /--jobs: "0" given/],
    [['--jobs', '1.5'], /--jobs: "1.5" given/],
    [['--timeout', 'soon'], /--timeout: "soon" given, a number of seconds expected/],
    [['--cell-timeout=-1'], /--cell-timeout: "-1" given/],
    [['--timeout', ''], /--timeout: "" given/],
    [['--report', 'r.txt'], /"r.txt" given, a file ending in .json or .xml/],
    [['--out'], /--out/],
  ])('%j is refused with a sentence that names it', (argv, message) => {
    expect(() => parseArguments(argv)).toThrow(message);
  });

  it('keeps the whole text of a value, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseArguments(['-p', `name=${text}`]).parameters).toEqual([['name', text]]);
      }),
    );
  });
});
