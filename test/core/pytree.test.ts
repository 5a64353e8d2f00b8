import fc from 'fast-check';
import { tf, tree } from 'dark-matter';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';

/** Any tree of small tensors, numbers and words. */
const { tree: anyTree } = fc.letrec((self) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    fc.integer({ min: 0, max: 9 }).map((value) => ({ tensor: value })),
    fc.constantFrom<unknown>(1, 'word', null, undefined, true),
    fc.array(self('tree'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c', 'long name'), self('tree'), { maxKeys: 3 }),
  ),
}));

/** Turns each { tensor: n } into a scalar. */
function grow(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(grow);
  if (typeof node !== 'object' || node === null) return node;
  if ('tensor' in node) return tf.scalar(node.tensor as number);
  return Object.fromEntries(Object.entries(node).map(([key, child]) => [key, grow(child)]));
}

describe('pytrees', () => {
  it('flatten, then rebuild, is the identity', () => {
    fc.assert(
      fc.property(anyTree, (seedling) => {
        const original = grow(seedling);
        const { leaves, structure } = tree.flatten(original);
        expect(structure.rebuild(leaves)).toEqual(original);
        expect(structure.paths).toHaveLength(leaves.length);
        expect(new Set(structure.paths).size).toBe(leaves.length);
        tf.dispose(leaves);
      }),
    );
  });

  it('the order in which a record was written does not matter', () => {
    const [a, b] = [tf.scalar(1), tf.scalar(2)];
    expect(tree.flatten({ a, b }).structure.text).toBe(tree.flatten({ b, a }).structure.text);
    expect(tree.leaves({ b, a })).toEqual([a, b]);
  });

  it('map obeys the functor laws: identity and composition', () => {
    const t = { w: tf.tensor1d([1, 2]), layers: [tf.scalar(3)] };
    expect(tree.map((leaf) => leaf, t)).toEqual(t);
    const once = tree.map((leaf) => leaf.add(1).mul(2), t);
    const twice = tree.map(
      (leaf) => leaf.mul(2),
      tree.map((leaf) => leaf.add(1), t),
    );
    expect(once.w.arraySync()).toEqual(twice.w.arraySync());
    expect(once.layers[0]!.arraySync()).toEqual(twice.layers[0]!.arraySync());
  });

  it('static parts are carried along, and are part of the structure', () => {
    const t = { rate: 0.1, name: 'dense', none: null, kernel: tf.scalar(1) };
    const doubled = tree.map((leaf) => leaf.mul(2), t);
    expect({ ...doubled, kernel: 0 }).toEqual({ rate: 0.1, name: 'dense', none: null, kernel: 0 });
    expect(tree.flatten(t).structure.text).not.toBe(
      tree.flatten({ ...t, rate: 0.2 }).structure.text,
    );
  });

  it('paths say where a leaf is', () => {
    expect(
      tree.flatten({ encoder: { layers: [{ kernel: tf.scalar(0) }] } }).structure.paths,
    ).toEqual(['encoder.layers[0].kernel']);
    expect(tree.flatten(tf.scalar(0)).structure.paths).toEqual(['(root)']);
  });

  it('a record made in another vm context, as a notebook cell makes it, is a record', () => {
    const foreign = runInNewContext('({ a: t, list: [t] })', { t: tf.scalar(1) }) as unknown;
    expect(tree.leaves(foreign)).toHaveLength(2);
  });

  it('mapping trees of different structure names the first path that differs', () => {
    const s = tf.scalar(1);
    expect(() => tree.map((x) => x, { a: s, b: s }, { a: s })).toThrow(
      'tree 2 differs in structure from the first: "b" is missing',
    );
    expect(() => tree.map((x) => x, { a: s }, { a: s, c: s })).toThrow('"c" is not in the first');
  });

  it('count is the number of scalars', () => {
    expect(tree.count({ kernel: tf.zeros([3, 4]), bias: tf.zeros([4]) })).toBe(16);
  });

  it('tidy frees all but the leaves of its result, and passes numbers and arrays through', () => {
    const before = tf.memory().numTensors;
    const result = tree.tidy(() => {
      const x = tf.scalar(2);
      return { square: x.square(), list: Float32Array.of(1, 2, 3), n: 7 };
    });
    expect(tf.memory().numTensors).toBe(before + 1);
    expect(result.n).toBe(7);
    expect(result.list).toHaveLength(3);
    tree.dispose(result);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('dispose passes over a leaf that is listed twice or already freed', () => {
    const t = tf.scalar(1);
    tree.dispose({ a: t, b: t });
    expect(() => tree.dispose(t)).not.toThrow();
  });
});
