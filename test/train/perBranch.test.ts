import { optim, tf, tree } from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { expectNoLeak } from '../helpers/memory';

const params = { a: { w: tf.tensor1d([1, 2]) }, b: [tf.scalar(3)] };
const grads = { a: { w: tf.tensor1d([0.5, -1]) }, b: [tf.scalar(2)] };

describe('an optimiser for each branch', () => {
  it('is each optimiser on its own branch', () => {
    const both = optim.perBranch({
      a: optim.sgd({ learningRate: 0.1 }),
      b: optim.adam({ learningRate: 0.01 }),
    });
    const { updates, state } = both.update(grads, both.init(params), params);
    expect(Array.from(updates.a.w.dataSync())).toEqual(
      Array.from(tf.tensor1d([-0.05, 0.1]).dataSync()),
    );
    expect(updates.b[0]!.dataSync()[0]).toBeCloseTo(-0.01, 6);
    expect(Object.keys(state)).toEqual(['a', 'b']);
  });

  it('leaks nothing, and refuses parameters with other branches', () => {
    const both = optim.perBranch({
      a: optim.adam({ learningRate: 0.1 }),
      b: optim.adam({ learningRate: 0.01 }),
    });
    expectNoLeak(() => {
      const state = both.init(params);
      const result = both.update(grads, state, params);
      tree.dispose([state, result]);
    });
    expect(() => both.init({ a: params.a })).toThrow(
      'perBranch: optimisers for a, b given, for a expected',
    );
  });
});
