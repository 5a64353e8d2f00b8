/**
 * Pytrees: nested records and arrays whose leaves are tensors (the idea and the name are JAX's).
 *
 * Parameters, optimiser state, batches and metrics are all pytrees, so one `map` serves them all. A
 * leaf is a Tensor. Everything else that is not a plain record or array (numbers, strings,
 * booleans, null, undefined, functions) is static: part of the structure, carried along unchanged.
 * Records are walked in the order of their sorted keys, so two records with the same entries have
 * the same structure however they were written.
 */
import { tf, type Tensor } from './engine';

/**
 * The shape of a tree without its tensors: two trees can be mapped together when their structures
 * are equal.
 */
export interface Structure {
  /** A canonical text, equal for equal structures; also readable in an error. */
  readonly text: string;
  /** One path a leaf, such as `encoder.layers[0].kernel`, in the order of the leaves. */
  readonly paths: readonly string[];
  /** Rebuilds a tree from as many leaves as there are paths. */
  rebuild<L>(leaves: readonly L[]): unknown;
}

export interface Flattened {
  readonly leaves: Tensor[];
  readonly structure: Structure;
}

type Visit = (leaf: Tensor, path: string) => unknown;

function isTensor(value: unknown): value is Tensor {
  return value instanceof tf.Tensor;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // A record made in another vm context (a notebook cell) has that context's Object.prototype: look
  // at the shape.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function walk(node: unknown, path: string, visit: Visit): unknown {
  if (isTensor(node)) return visit(node, path || '(root)');
  if (Array.isArray(node)) return node.map((child, i) => walk(child, `${path}[${i}]`, visit));
  if (isRecord(node)) {
    const copy: Record<string, unknown> = {};
    for (const key of Object.keys(node).sort())
      copy[key] = walk(node[key], path ? `${path}.${key}` : key, visit);
    return copy;
  }
  return node;
}

function describe(node: unknown): string {
  if (isTensor(node)) return '*';
  if (Array.isArray(node)) return `[${node.map(describe).join(',')}]`;
  if (isRecord(node)) {
    return `{${Object.keys(node)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${describe(node[key])}`)
      .join(',')}}`;
  }
  return typeof node === 'string' ? JSON.stringify(node) : String(node);
}

/**
 * The tensors of a tree, in its canonical order, and what is needed to put the tree together again.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { tf, tree } from 'dark-matter';
 * const { leaves, structure } = tree.flatten({ w: tf.ones([2]), b: tf.scalar(1) });
 * assert.equal(leaves.length, 2);
 * const doubled = structure.rebuild(leaves.map((leaf) => leaf.mul(2)));
 * ```
 */
export function flatten(tree: unknown): Flattened {
  const leaves: Tensor[] = [];
  const paths: string[] = [];
  // The skeleton is a copy: a caller who changes the tree later does not change the structure.
  const skeleton = walk(tree, '', (leaf, path) => {
    paths.push(path);
    return new Slot(leaves.push(leaf) - 1);
  });
  const structure: Structure = {
    text: describe(tree),
    paths,
    rebuild: (replacements) => {
      if (replacements.length !== paths.length) {
        throw new Error(
          `pytree: ${replacements.length} leaves given, ${paths.length} expected (${paths.join(', ')})`,
        );
      }
      return fill(skeleton, replacements);
    },
  };
  return { leaves, structure };
}

/** Where a leaf was taken out of a skeleton. */
class Slot {
  constructor(readonly index: number) {}
}

function fill(node: unknown, leaves: readonly unknown[]): unknown {
  if (node instanceof Slot) return leaves[node.index];
  if (Array.isArray(node)) return node.map((child) => fill(child, leaves));
  if (isRecord(node))
    return Object.fromEntries(
      Object.entries(node).map(([key, child]) => [key, fill(child, leaves)]),
    );
  return node;
}

/**
 * The tensors of a tree, in its canonical order.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { tf, tree } from 'dark-matter';
 * const params = { dense: { kernel: tf.ones([3, 2]), bias: tf.zeros([2]) } };
 * assert.equal(tree.leaves(params).length, 2);
 * ```
 */
export function leaves(tree: unknown): Tensor[] {
  return flatten(tree).leaves;
}

/**
 * A tree of the same structure with `f` of each leaf. With more trees, `f` gets the leaves at the
 * same place of each.
 *
 * @param f (leaf, path, ...others) -> the new leaf.
 * @throws when a further tree's structure differs from the first's, naming the first path that
 * differs.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { tf, tree } from 'dark-matter';
 * const params = { kernel: tf.ones([3, 2]), bias: tf.zeros([2]) };
 * const halved = tree.map((leaf) => leaf.div(2), params);
 * assert.equal(halved.kernel.dataSync()[0], 0.5);
 * ```
 */
export function map<T>(
  f: (leaf: Tensor, ...others: Tensor[]) => Tensor,
  tree: T,
  ...rest: readonly unknown[]
): T {
  return mapWithPath((_path, leaf, ...others) => f(leaf, ...others), tree, ...rest);
}

/**
 * As `map`, with the leaf's path (`encoder.layers[0].kernel`) as the first argument.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { tf, tree } from 'dark-matter';
 * const params = { kernel: tf.ones([3, 2]), bias: tf.ones([2]) };
 * // Weight decay for kernels only.
 * const decay = tree.mapWithPath((path, leaf) => leaf.mul(path.endsWith('bias') ? 0 : 1e-4), params);
 * assert.equal(decay.bias.dataSync()[0], 0);
 * ```
 */
export function mapWithPath<T>(
  f: (path: string, leaf: Tensor, ...others: Tensor[]) => Tensor,
  tree: T,
  ...rest: readonly unknown[]
): T {
  const first = flatten(tree);
  const others = rest.map((other, i) => {
    const flat = flatten(other);
    requireSameStructure(first.structure, flat.structure, i + 2);
    return flat.leaves;
  });
  const mapped = first.leaves.map((leaf, i) =>
    f(first.structure.paths[i]!, leaf, ...others.map((list) => list[i]!)),
  );
  return first.structure.rebuild(mapped) as T;
}

function requireSameStructure(a: Structure, b: Structure, position: number): void {
  if (a.text === b.text) return;
  const missing = a.paths.find((path) => !b.paths.includes(path));
  const extra = b.paths.find((path) => !a.paths.includes(path));
  const where = missing
    ? `"${missing}" is missing`
    : extra
      ? `"${extra}" is not in the first`
      : `${b.text} given, ${a.text} expected`;
  throw new Error(`pytree: tree ${position} differs in structure from the first: ${where}`);
}

/**
 * The number of scalars in all leaves: for parameters, the model's size.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { nn, random, tree } from 'dark-matter';
 * const params = nn.dense(784, 10).init(random.key(0));
 * assert.equal(tree.count(params), 7850);
 * ```
 */
export function count(tree: unknown): number {
  return leaves(tree).reduce((sum, leaf) => sum + leaf.size, 0);
}

/**
 * Zeros in the shapes and dtypes of a tree. The caller owns them.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { tf, tree } from 'dark-matter';
 * const momentum = tree.zerosLike({ kernel: tf.ones([3, 2]) });
 * assert.equal(momentum.kernel.sum().dataSync()[0], 0);
 * ```
 */
export function zerosLike<T>(tree: T): T {
  return map((leaf) => tf.zerosLike(leaf), tree);
}

/**
 * A copy with handles of its own, so that disposing of one leaves the other alive.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { tf, tree } from 'dark-matter';
 * const params = { bias: tf.ones([2]) };
 * const kept = tree.clone(params);
 * tree.dispose(params);
 * assert.equal(kept.bias.dataSync()[1], 1);
 * ```
 */
export function clone<T>(tree: T): T {
  return map((leaf) => leaf.clone(), tree);
}

/**
 * Protects every leaf from the surrounding `tf.tidy`, and returns the tree.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { tf, tree } from 'dark-matter';
 * const params = tf.tidy(() => [tree.keep(tf.ones([2]))][0]!);
 * assert.equal(params.isDisposed, false);
 * ```
 */
export function keep<T>(tree: T): T {
  for (const leaf of leaves(tree)) tf.keep(leaf);
  return tree;
}

/**
 * Frees every leaf. A leaf already freed, or listed twice, is passed over.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { tf, tree } from 'dark-matter';
 * const params = { bias: tf.ones([2]) };
 * tree.dispose(params);
 * assert.equal(params.bias.isDisposed, true);
 * ```
 */
export function dispose(tree: unknown): void {
  for (const leaf of leaves(tree)) if (!leaf.isDisposed) leaf.dispose();
}

/**
 * Runs `f` and frees every tensor made in it, but for the leaves of what it returns.
 *
 * Like `tf.tidy`, for any pytree; and the result may hold numbers and typed arrays, which `tf.tidy`
 * would walk element by element (a million elements cost it 1.3 s).
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { tf, tree } from 'dark-matter';
 * const params = { bias: tf.ones([2]) };
 * const scaled = tree.tidy(() => tree.map((leaf) => leaf.mul(2).add(1), params));
 * assert.equal(scaled.bias.dataSync()[0], 3);
 * ```
 */
export function tidy<T>(f: () => T): T {
  let result: T | undefined;
  tf.tidy(() => {
    result = f();
    return leaves(result);
  });
  return result as T;
}
