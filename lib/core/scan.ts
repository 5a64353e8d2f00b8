/**
 * `scan`: a loop with a fixed number of rounds, as in jax.lax.scan.
 *
 * Inside a compiled function it becomes one loop of the graph, traced once whatever the number of
 * rounds. Outside, and where gradients are taken through it, it runs round by round.
 */
import { isTracing, traceLoop } from './compile/recorder';
import { tf, type Tensor } from './engine';
import { clone, dispose, flatten, map, tidy, type Structure } from './pytree';

export interface ScanOptions {
  /**
   * Writes the rounds one after another into the graph instead of a loop: sometimes faster, for a
   * few rounds.
   */
  readonly unroll?: boolean;
}

/**
 * The tree with all leaves just tensors: `Scalar.add` is typed as a Tensor, and the shapes are
 * checked when it runs.
 */
type Loose<T> = T extends Tensor
  ? Tensor
  : T extends object
    ? { readonly [K in keyof T]: Loose<T[K]> }
    : T;

/**
 * Runs `step` `n` times.
 *
 * @param step (carry, i) -> [carry, y]: `i` is the number of the round from 0, an int32 scalar; the
 * carry keeps its structure, shapes and dtypes; `y`, a pytree or undefined, is collected.
 * @returns [carry after the last round, each leaf of y stacked: [n, ...]]. The caller owns both.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { scan, tf } from 'dark-matter';
 * // Ten steps of gradient descent on x^2, as one loop inside a compiled function.
 * const [x] = scan((at, _i) => [at.mul(0.8), undefined], tf.scalar(1), 10);
 * assert.ok(Math.abs(x.dataSync()[0] - 0.8 ** 10) < 1e-6);
 * ```
 */
export function scan<C, Y = undefined>(
  step: (carry: C, i: Tensor) => readonly [Loose<C>, Y],
  carry: C,
  n: number,
  options?: ScanOptions,
): [C, Y];
/**
 * Runs `step` for each row of the leaves of `xs`, [n, ...].
 *
 * @param step (carry, x) -> [carry, y], where `x` is a tree like `xs` of the rows, [...].
 */
export function scan<C, X, Y = undefined>(
  step: (carry: C, x: X) => readonly [Loose<C>, Y],
  carry: C,
  xs: X,
  options?: ScanOptions,
): [C, Y];
export function scan(
  step: (carry: unknown, x: never) => readonly [unknown, unknown],
  carry: unknown,
  over: unknown,
  options: ScanOptions = {},
): [unknown, unknown] {
  const n = typeof over === 'number' ? over : commonLength(over);
  if (!Number.isInteger(n) || n < 1)
    throw new Error(`scan: n = ${n} given, a positive integer expected`);
  const round = (current: unknown, i: Tensor): readonly [unknown, unknown] => {
    const x = typeof over === 'number' ? i : map((leaf) => tf.gather(leaf, i), over);
    return step(current, x as never);
  };
  // A loop of the graph has no gradient; rounds one by one have.
  const asLoop = isTracing() && !tf.engine().isTapeOn() && options.unroll !== true && n > 1;
  return asLoop ? inGraph(round, carry, n) : oneByOne(round, carry, n);
}

type Round = (carry: unknown, i: Tensor) => readonly [unknown, unknown];

function inGraph(round: Round, carry: unknown, n: number): [unknown, unknown] {
  const initial = flatten(carry);
  let collected: Structure | undefined;
  const result = traceLoop(n, initial.leaves, (i, current) => {
    const [next, y] = round(initial.structure.rebuild(current), i);
    const flat = flatten(next);
    requireSame(initial, flat);
    const ys = flatten(y);
    collected = ys.structure;
    return { carry: flat.leaves, ys: ys.leaves };
  });
  return [initial.structure.rebuild(result.carry), collected!.rebuild(result.ys)];
}

function oneByOne(round: Round, carry: unknown, n: number): [unknown, unknown] {
  return tidy(() => {
    const initial = flatten(carry);
    const rows: Tensor[][] = [];
    let structure: Structure | undefined;
    let current = clone(carry);
    for (let i = 0; i < n; i++) {
      const before = current;
      const [next, y] = tidy(() => {
        const [made, row] = round(before, tf.scalar(i, 'int32'));
        return clone([made, row]) as [unknown, unknown];
      });
      requireSame(initial, flatten(next));
      dispose(before);
      current = next;
      const flat = flatten(y);
      structure = flat.structure;
      rows.push(flat.leaves);
    }
    const stacked = rows[0]!.map((_, k) => tf.stack(rows.map((row) => row[k]!)));
    return [current, structure!.rebuild(stacked)];
  });
}

function commonLength(xs: unknown): number {
  const { leaves: rows, structure } = flatten(xs);
  const n = rows[0]?.shape[0];
  if (n === undefined)
    throw new Error(
      'scan: no tensor with a first axis given, a number of rounds or a tree of rows expected',
    );
  const other = rows.findIndex((leaf) => leaf.shape[0] !== n);
  if (other >= 0)
    throw new Error(
      `scan: ${structure.paths[other]!} has ${rows[other]!.shape[0]} rows, ${structure.paths[0]!} has ${n}; equal numbers expected`,
    );
  return n;
}

function requireSame(
  initial: { leaves: Tensor[]; structure: Structure },
  next: { leaves: Tensor[]; structure: Structure },
): void {
  if (initial.structure.text !== next.structure.text) {
    throw new Error(
      `scan: the step's carry is ${next.structure.text}, ${initial.structure.text} expected`,
    );
  }
  initial.leaves.forEach((leaf, k) => {
    const given = next.leaves[k]!;
    if (
      given.dtype === leaf.dtype &&
      given.shape.length === leaf.shape.length &&
      given.shape.every((size, axis) => size === leaf.shape[axis])
    )
      return;
    const path = initial.structure.paths[k]!;
    throw new Error(
      `scan: the step's carry ${path} is ${given.dtype}[${given.shape}], ${leaf.dtype}[${leaf.shape}] expected`,
    );
  });
}
