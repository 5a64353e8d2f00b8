import type { Tensor } from './engine';
import * as tree from './pytree';

/**
 * A function of pytrees, operation by operation. As in `compile`'s other modes, every tensor of the
 * result is a handle of its own.
 */
export function eager<A extends readonly unknown[], R>(f: (...args: A) => R, args: A): R {
  const taken = new Set(tree.leaves(args));
  const own = (leaf: Tensor): Tensor => (taken.has(leaf) ? leaf.clone() : (taken.add(leaf), leaf));
  return tree.tidy(() => tree.map(own, f(...args)));
}
