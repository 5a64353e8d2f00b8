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

/** The tensors of a tree, in its canonical order. */
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
 */
export function map<T>(
  f: (leaf: Tensor, ...others: Tensor[]) => Tensor,
  tree: T,
  ...rest: readonly unknown[]
): T {
  return mapWithPath((_path, leaf, ...others) => f(leaf, ...others), tree, ...rest);
}

/** As `map`, with the leaf's path (`encoder.layers[0].kernel`) as the first argument. */
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

/** The number of scalars in all leaves: for parameters, the model's size. */
export function count(tree: unknown): number {
  return leaves(tree).reduce((sum, leaf) => sum + leaf.size, 0);
}

/** Zeros in the shapes and dtypes of a tree. The caller owns them. */
export function zerosLike<T>(tree: T): T {
  return map((leaf) => tf.zerosLike(leaf), tree);
}

/** A copy with handles of its own, so that disposing of one leaves the other alive. */
export function clone<T>(tree: T): T {
  return map((leaf) => leaf.clone(), tree);
}

/** Protects every leaf from the surrounding `tf.tidy`, and returns the tree. */
export function keep<T>(tree: T): T {
  for (const leaf of leaves(tree)) tf.keep(leaf);
  return tree;
}

/** Frees every leaf. A leaf already freed, or listed twice, is passed over. */
export function dispose(tree: unknown): void {
  for (const leaf of leaves(tree)) if (!leaf.isDisposed) leaf.dispose();
}

/**
 * Runs `f` and frees every tensor made in it, but for the leaves of what it returns.
 *
 * Like `tf.tidy`, for any pytree; and the result may hold numbers and typed arrays, which `tf.tidy`
 * would walk element by element (a million elements cost it 1.3 s).
 */
export function tidy<T>(f: () => T): T {
  let result: T | undefined;
  tf.tidy(() => {
    result = f();
    return leaves(result);
  });
  return result as T;
}
