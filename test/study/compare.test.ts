import { expect, test } from 'vitest';
import { compare, comparePairs, measure, plot, studyRecord, type Comparisons } from 'dark-matter';

const drug1 = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2];
const drug2 = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
const record = studyRecord({
  seeds: drug1.map((_, i) => i),
  figures: {
    'drug 1': { hours: drug1 },
    'drug 2': { hours: drug2 },
    nothing: { hours: [0], other: [1] },
    elsewhere: { other: [1] },
  },
});
const compared = compare(record, { metric: 'hours', against: 'drug 1' });

test('a comparison is the paired t test, and those that have the figure are compared', () => {
  expect(compared.all.map(({ contestant }) => contestant)).toEqual(['drug 2', 'nothing']);
  expect(compared.of('drug 2')).toMatchObject(measure.pairedTest(drug2, drug1));
});

test('p-values are corrected for all comparisons made, and decide whether there is a difference', () => {
  const p = compared.all.map((each) => each.p);
  expect(compared.all.map(({ pHolm }) => pHolm)).toEqual(measure.holm(p));
  expect(compared.of('drug 2').differs).toBe(true);
  expect(compared.of('nothing').differs).toBe(false);
});

test('what has one value for all seeds is compared with each seed', () => {
  expect(compared.of('nothing').mean).toBeCloseTo(-measure.mean(drug1), 12);
});

test('the bootstrap interval holds the mean and lies within the range of the differences', () => {
  const { bootstrap, mean } = compared.of('drug 2');
  expect(bootstrap.low).toBeGreaterThan(0);
  expect(bootstrap.low).toBeLessThan(mean);
  expect(bootstrap.high).toBeGreaterThan(mean);
  expect(bootstrap.high).toBeLessThan(4.6);
});

test('one seed and names that are not there are refused', () => {
  const one = studyRecord({ seeds: [0], figures: { a: { x: [1] }, b: { x: [2] } } });
  expect(() => compare(one, { metric: 'x', against: 'a' })).toThrow('1 seed given');
  expect(() => compare(record, { metric: 'hours', against: 'drug 3' })).toThrow(
    "contestant: 'drug 3' given, one of drug 1 | drug 2 | nothing | elsewhere expected",
  );
  expect(() => compared.of('elsewhere')).toThrow("'elsewhere' given");
  expect(() => compare(record, { metric: 'hour', against: 'drug 1' })).toThrow(
    "figure: 'hour' given, one of hours expected",
  );
  const none = { metric: 'hours', against: 'drug 3', contestants: [] };
  expect(() => compare(record, none)).toThrow("contestant: 'drug 3' given");
});

test('pairs have opponents of their own, are the same paired tests, and are corrected together', () => {
  const pairs = [
    ['drug 2', 'drug 1'],
    ['nothing', 'drug 2'],
  ] as const;
  const together = comparePairs(record, { metric: 'hours', pairs });
  for (const [contestant, against] of pairs) {
    const alone = compare(record, { metric: 'hours', against, contestants: [contestant] });
    const { pHolm: _own, differs: _differs, ...expected } = alone.all[0]!;
    expect(together.of(contestant)).toMatchObject(expected);
  }
  const p = together.all.map((each) => each.p);
  expect(together.all.map(({ pHolm }) => pHolm)).toEqual(measure.holm(p));
  expect(together.rows().map((row) => [row['contestant'], row['against']])).toEqual(pairs);
  expect(() => comparePairs(record, { metric: 'hours', pairs: [['drug 3', 'drug 1']] })).toThrow(
    "'drug 3' given",
  );
});

test('of two that were measured once nothing is said over seeds: they are left out, or refused', () => {
  const once = studyRecord({
    seeds: [0, 1, 2],
    figures: { pixels: { '%': [90] }, PCA: { '%': [92] }, SimCLR: { '%': [95, 96, 97.5] } },
  });
  const against = compare(once, { metric: '%', against: 'pixels' });
  expect(against.all.map(({ contestant }) => contestant)).toEqual(['SimCLR']);
  const refused = "contestant, against: 'PCA' and 'pixels' given, which have one value each";
  const named = { metric: '%', against: 'pixels', contestants: ['PCA', 'SimCLR'] };
  expect(() => compare(once, named)).toThrow(refused);
  expect(() => comparePairs(once, { metric: '%', pairs: [['PCA', 'pixels']] })).toThrow(refused);
});

test('a contestant with several opponents is asked for with one of them', () => {
  const pairs = [
    ['drug 2', 'drug 1'],
    ['drug 2', 'nothing'],
  ] as const;
  const both = comparePairs(record, { metric: 'hours', pairs });
  for (const [i, [contestant, against]] of pairs.entries())
    expect(both.of(contestant, against)).toBe(both.all[i]);
  expect(() => both.of('drug 2')).toThrow('against: none given, one of drug 1 | nothing expected');
  expect(() => both.of('drug 2', 'drug 3')).toThrow(
    "against: 'drug 3' given, one of drug 1 | nothing expected",
  );
});

test('the table says how sure its intervals are', async () => {
  const textOf = async (of: Comparisons) => (await of[plot.displaySymbol]())['text/html'];
  const options = { metric: 'hours', against: 'drug 1' };
  expect(await textOf(compared)).toContain('with 95% intervals');
  expect(await textOf(compare(record, { ...options, confidence: 0.9 }))).toContain(
    'with 90% intervals',
  );
});
