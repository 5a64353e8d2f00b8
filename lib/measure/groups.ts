/** How good groups are that nobody named: whether each holds one class, and how many are in use. */
import type { Tensor } from '../core/engine';

/** Numbers as they are, or read from a tensor. */
type Whole = Tensor | ArrayLike<number>;

const arrayOf = (values: Whole): ArrayLike<number> =>
  'dataSync' in values ? values.dataSync() : values;

/** How many members each group has, by class: one list of counts a group in use. */
function countsOf(groups: ArrayLike<number>, labels: ArrayLike<number>): readonly number[][] {
  const counts = new Map<number, Map<number, number>>();
  for (let i = 0; i < groups.length; i++) {
    const own = counts.get(groups[i]!) ?? new Map<number, number>();
    own.set(labels[i]!, (own.get(labels[i]!) ?? 0) + 1);
    counts.set(groups[i]!, own);
  }
  return Array.from(counts.values(), (own) => [...own.values()]);
}

/**
 * The share of examples that have the most common class of their group (Manning, Raghavan & Schütze
 * 2008, section 16.3): 1 where each group holds one class. More groups are purer by themselves, so
 * only equal numbers of groups compare.
 *
 * @param groups [n], the group of each example, any whole numbers. @param labels [n], its class.
 * @returns in (0, 1].
 * @throws where there are no examples, or not as many labels as groups.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { measure } from 'dark-matter';
 * assert.equal(measure.purity([7, 7, 7, 9], [0, 0, 1, 1]), 0.75);
 * ```
 */
export function purity(groups: Whole, labels: Whole): number {
  const [own, classes] = [expectSome(arrayOf(groups)), arrayOf(labels)];
  if (own.length !== classes.length)
    throw new Error(
      `labels: ${classes.length} given, ${own.length} expected, as many as there are groups`,
    );
  const common = countsOf(own, classes).map((counts) => Math.max(...counts));
  return common.reduce((sum, count) => sum + count, 0) / own.length;
}

/**
 * How many groups are in use: exp of the entropy of their shares. n groups of one size count n;
 * where one takes nearly everything it is little above 1.
 *
 * @param groups [n], the group of each example, any whole numbers.
 * @throws where there are no examples.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { measure } from 'dark-matter';
 * assert.ok(Math.abs(measure.groupsInUse([0, 0, 1, 1, 5, 5]) - 3) < 1e-9);
 * assert.equal(measure.groupsInUse([4, 4, 4]), 1);
 * ```
 */
export function groupsInUse(groups: Whole): number {
  const own = expectSome(arrayOf(groups));
  const shares = countsOf(own, new Uint8Array(own.length)).map(([count]) => count! / own.length);
  return Math.exp(-shares.reduce((sum, share) => sum + share * Math.log(share), 0));
}

function expectSome(groups: ArrayLike<number>): ArrayLike<number> {
  if (groups.length === 0) throw new Error('groups: none given, at least one expected');
  return groups;
}
