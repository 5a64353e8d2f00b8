import { AssertionError } from 'node:assert';
import { expect, test } from 'vitest';
import { claim, claimsOf } from 'dark-matter';

const holds = ({ gap }: { gap: number }): boolean => gap > 2;

test('a claim that holds where it should and fails on its control passes', () => {
  expect(() => claim('ahead', { values: { gap: 3 }, holds, control: { gap: 1 } })).not.toThrow();
});

test('a claim that does not hold is an AssertionError with the numbers', () => {
  const made = () => claim('ahead', { values: { gap: 1.23456 }, holds, control: { gap: 0 } });
  expect(made).toThrow(AssertionError);
  expect(made).toThrow('ahead: does not hold at gap = 1.235');
});

test('a claim that its control passes fails, with the numbers', () => {
  const made = () => claim('ahead', { values: { gap: 3 }, holds, control: { gap: 2.5 } });
  expect(made).toThrow(AssertionError);
  expect(made).toThrow('ahead: holds for its control too, at gap = 2.5, so it says nothing');
});

test('a control fails a claim over seeds when it fails at one of them', () => {
  claim('each seed above chance', {
    values: { accuracy: [90, 91] },
    holds: ({ accuracy }) => accuracy.every((value) => value > 10),
    control: { accuracy: [90, 9] },
  });
});

test('NaN is no control: it fails every claim, and is refused', () => {
  expect(() => claim('ahead', { values: { gap: 3 }, holds, control: { gap: NaN } })).toThrow(
    'control.gap: NaN given, finite numbers expected',
  );
  expect(() => claim('x', { values: { a: [] }, holds: () => true, control: { a: [1] } })).toThrow(
    'values.a: no numbers given',
  );
  expect(() => claim('x', { values: {}, holds: () => true, control: {} })).toThrow(
    'values: no numbers given',
  );
});

test('on the data that claims were made of, they are asserted', () => {
  const claims = claimsOf('digits', 'digits', () => expect.fail('nothing is told'));
  claims.assert(true, 'a');
  claims.claim('ahead', { values: { gap: 3 }, holds, control: { gap: 1 } });
  expect(claims.summary()).toBe('all claims hold');
  expect(() => claims.assert(false, 'pixels lead')).toThrow('pixels lead');
  expect(() => claims.claim('ahead', { values: { gap: 1 }, holds, control: { gap: 0 } })).toThrow(
    AssertionError,
  );
});

test('on other data it is told which of them hold, with the numbers, and none fails', () => {
  const said: string[] = [];
  const claims = claimsOf('digits', 'emoji', (line) => said.push(line));
  claims.assert(false, 'pixels lead');
  claims.claim('ahead', { values: { gap: 1 }, holds, control: { gap: 0 } });
  claims.claim('far ahead', { values: { gap: NaN }, holds, control: { gap: 0 } });
  claims.claim('behind', { values: { gap: 3 }, holds, control: { gap: 0 } });
  expect(said).toEqual([
    'emoji: pixels lead: does not hold',
    'emoji: ahead: does not hold at gap = 1',
    'emoji: far ahead: values.gap: NaN given, finite numbers expected',
    'emoji: behind: holds',
  ]);
  expect(claims.summary()).toBe('emoji: 1 of 4 claims hold, which were made of digits');
});
