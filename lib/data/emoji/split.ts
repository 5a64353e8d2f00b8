/** Splits that keep groups whole. */
import { hostGenerator } from '../../core/random';

/** A group that would fill more than this share of the test part stays in the training part. */
const largestShare = 1 / 8;

/**
 * Two parts of a set, in random order, of which each group is in one only. Groups of more than an
 * eighth of the test part go to the training part: what is alike would fill the test with itself.
 *
 * @param name of the option that says how many, for the error.
 * @param groups [n], the group of each example.
 * @param test how many examples the test part has.
 * @throws where the groups that are small enough do not hold as many.
 */
export function splitByGroup(
  name: string,
  groups: readonly string[],
  test: number,
  seed: number,
): { readonly train: Int32Array; readonly test: Int32Array } {
  const members = new Map<string, number[]>();
  groups.forEach((group, i) => members.set(group, [...(members.get(group) ?? []), i]));
  const small = [...members.values()].filter(
    ({ length }) => length <= Math.max(1, test * largestShare),
  );
  const available = small.reduce((sum, { length }) => sum + length, 0);
  // One group has to be left to learn from.
  if (test > available - (members.size === small.length ? 1 : 0))
    throw new Error(
      `emoji: ${name}: ${test} given, at most ${available} expected, the ideas in groups of at most ${Math.floor(test * largestShare)}`,
    );
  const generator = hostGenerator(seed);
  const held = new Set<number>();
  for (const at of generator.permutation(small.length)) {
    const group = small[at]!;
    // What no longer fits is left to smaller groups.
    if (held.size + group.length <= test) for (const i of group) held.add(i);
  }
  const order = Array.from(generator.permutation(groups.length));
  return {
    train: Int32Array.from(order.filter((i) => !held.has(i))),
    test: Int32Array.from(order.filter((i) => held.has(i))),
  };
}
