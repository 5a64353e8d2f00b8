/** Training and test positions, with each class in both. */
import { expectNumber } from '../../core/checks';
import { hostGenerator } from '../../core/random';
import { positionsByClass } from '../labelled';
import { smallClasses, type Classes } from './classes';

export interface Split {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/**
 * A random share of `count` positions, of each class where there are classes, at least one; at
 * least one stays for training. Both parts are shuffled.
 *
 * @throws where a class, or the whole, has fewer than two: it cannot be in both parts.
 */
export function splitPositions(
  count: number,
  classes: Classes | undefined,
  share: number,
  seed: number,
): Split {
  expectNumber('test', share, { above: 0, below: 1 });
  const small = classes ? smallClasses(classes, 2) : count < 2 ? [`the folder has ${count}`] : [];
  if (small.length > 0)
    throw new Error(
      `split: at least 2 pictures of each class expected, one to train and one to test; ${listed(small)}. ` +
        "Add pictures, or open the folder with labels: 'none' to split it without regard to classes",
    );
  const generator = hostGenerator(seed);
  const train: number[] = [],
    test: number[] = [];
  const pools = positionsByClass(classes?.labels ?? new Int32Array(count));
  for (const pool of pools) {
    const n = Math.min(pool.length - 1, Math.max(1, Math.round(share * pool.length)));
    generator.permutation(pool.length).forEach((at, i) => (i < n ? test : train).push(pool[at]!));
  }
  const shuffled = (part: readonly number[]): Int32Array =>
    Int32Array.from(generator.permutation(part.length), (i) => part[i]!);
  return { train: shuffled(train), test: shuffled(test) };
}

/** The first three, and how many more. */
function listed(items: readonly string[]): string {
  const more = items.length - 3;
  return items.slice(0, 3).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
