import { measure, noncontrastive, tf } from 'dark-matter';
import { expect, test } from 'vitest';

const { groupsInUse, purity } = measure;

test('purity is the share of the most common class of each group, counted by hand', () => {
  // Group 3: classes 1, 1, 2; group 8: 0, 0; group 5: 2.
  expect(purity([3, 3, 3, 8, 8, 5], [1, 1, 2, 0, 0, 2])).toBeCloseTo(5 / 6, 12);
});

test('purity is 1 for the classes themselves and for one group an example, and does not ask for names', () => {
  const labels = [0, 1, 2, 0, 1, 2, 0];
  expect(purity(labels, labels)).toBe(1);
  expect(purity([0, 1, 2, 3, 4, 5, 6], labels)).toBe(1);
  const groups = [0, 0, 1, 1, 2, 2, 2];
  const renamed = groups.map((group) => [40, -7, 11][group]!);
  expect(purity(renamed, labels)).toBe(purity(groups, labels));
});

test('purity of one group for all is the share of the commonest class', () => {
  expect(purity([4, 4, 4, 4, 4], [0, 1, 1, 1, 2])).toBeCloseTo(3 / 5, 12);
});

test('splitting a group never makes the groups less pure', () => {
  const labels = Array.from({ length: 60 }, (_, i) => (i * i) % 7);
  const groups = labels.map((_, i) => i % 4);
  const split = groups.map((group, i) => (group === 2 && i % 3 === 0 ? 9 : group));
  expect(purity(split, labels)).toBeGreaterThanOrEqual(purity(groups, labels));
});

test('groups in use are the exponential of the entropy of their shares', () => {
  expect(groupsInUse([0, 1, 2, 3])).toBeCloseTo(4, 12);
  expect(groupsInUse([6, 6])).toBe(1);
  const [a, b] = [3 / 4, 1 / 4];
  expect(groupsInUse([0, 0, 0, 1])).toBeCloseTo(a ** -a * b ** -b, 12);
});

test('groups in use agree with the prototypes in use of hard assignments', () => {
  const groups = [0, 2, 2, 1, 2, 0, 2];
  const hard = tf.oneHot(tf.tensor1d(groups, 'int32'), 5).toFloat() as ReturnType<
    typeof tf.tensor2d
  >;
  expect(groupsInUse(groups)).toBeCloseTo(noncontrastive.prototypesUsed(hard).dataSync()[0]!, 4);
});

test('both read tensors, and say what is missing', () => {
  const groups = tf.tensor1d([0, 0, 1], 'int32');
  expect(purity(groups, tf.tensor1d([1, 1, 1], 'int32'))).toBe(1);
  expect(groupsInUse(groups)).toBeCloseTo(groupsInUse([0, 0, 1]), 12);
  expect(() => purity([0, 1], [0])).toThrow('labels: 1 given, 2 expected');
  expect(() => groupsInUse([])).toThrow('groups: none given');
});
