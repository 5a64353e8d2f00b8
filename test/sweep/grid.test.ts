import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { axisValues, combinations, mostRuns } from '../../kernel-setup/sweep/grid.mjs';

describe('the values of a parameter', () => {
  it.each([
    ['0.05,0.1,0.5', ['0.05', '0.1', '0.5']],
    ['0..4', ['0', '1', '2', '3', '4']],
    ['0..10..5', ['0', '5', '10']],
    ['0..9..5', ['0', '5']],
    ['3..1', ['3', '2', '1']],
    ['-1..1', ['-1', '0', '1']],
    ['7..7', ['7']],
    ['0..2,9', ['0', '1', '2', '9']],
    ['[64,128],[256]', ['[64,128]', '[256]']],
    ['{"a":[1,2]},{}', ['{"a":[1,2]}', '{}']],
    ['"a,b",c', ['"a,b"', 'c']],
    [String.raw`"a\",b"`, [String.raw`"a\",b"`]],
    ['"0..4"', ['"0..4"']],
    ['../x', ['../x']],
    ['', ['']],
    ['a,', ['a', '']],
  ])('%s is %j', (text, expected) => {
    expect(axisValues(text)).toEqual(expected);
  });

  it.each(['[1,2', '1]', '[1}', '"open', '0..4..0', '0..10000', '0..99999999999999999999'])(
    '%s is refused, naming it',
    (text) => {
      expect(() => axisValues(text)).toThrow(text);
    },
  );

  it('any texts without commas, brackets, quotes and ranges come back as they were', () => {
    const plain = fc.string().filter((text) => !/[,[\]{}"]|\.\./.test(text));
    fc.assert(
      fc.property(fc.array(plain, { minLength: 1 }), (texts) => {
        expect(axisValues(texts.join(','))).toEqual(texts);
      }),
    );
  });

  it('any values of JSON come back as they were, whatever commas, brackets and quotes they hold', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { minLength: 1, maxLength: 5 }), (values) => {
        expect(
          axisValues(values.map((value) => JSON.stringify(value)).join(',')).map(
            (text) => JSON.parse(text) as unknown,
          ),
        ).toEqual(JSON.parse(JSON.stringify(values)));
      }),
    );
  });

  it('a range begins at its first number, goes by its step, and never passes its last', () => {
    const whole = fc.integer({ min: -500, max: 500 });
    fc.assert(
      fc.property(whole, whole, fc.integer({ min: 1, max: 50 }), (first, last, step) => {
        const values = axisValues(`${first}..${last}..${step}`).map(Number);
        expect(values[0]).toBe(first);
        for (const [i, value] of values.entries())
          if (i > 0) expect(Math.abs(value - values[i - 1]!)).toBe(step);
        expect(Math.abs(last - values.at(-1)!)).toBeLessThan(step);
        expect(
          values.every((value) => value >= Math.min(first, last) && value <= Math.max(first, last)),
        ).toBe(true);
      }),
    );
  });
});

describe('the grid', () => {
  const axes = fc.uniqueArray(
    fc.tuple(
      fc.string({ minLength: 1 }),
      fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 5 }),
    ),
    { selector: ([name]) => name, maxLength: 4 },
  );

  it('is every combination once, the names in their order', () => {
    fc.assert(
      fc.property(axes, (given) => {
        const all = combinations(given);
        expect(all).toHaveLength(given.reduce((product, [, values]) => product * values.length, 1));
        expect(new Set(all.map((each) => JSON.stringify(each))).size).toBe(all.length);
        for (const each of all) {
          expect(each.map(([name]) => name)).toEqual(given.map(([name]) => name));
          expect(each.every(([, value], i) => given[i]![1].includes(value))).toBe(true);
        }
      }),
    );
  });

  it('changes its last axis fastest', () => {
    expect(
      combinations([
        ['a', ['1', '2']],
        ['b', ['x', 'y']],
      ]).map((each) => each.map(([, value]) => value).join('')),
    ).toEqual(['1x', '1y', '2x', '2y']);
  });

  it('of too many combinations is refused before it is made', () => {
    const many = Array.from({ length: 1000 }, (_, i) => String(i));
    expect(() =>
      combinations([
        ['a', many],
        ['b', many],
        ['c', many],
      ]),
    ).toThrow(`1000000000 combinations given, at most ${mostRuns}`);
  });
});
