import { describe, expect, it } from 'vitest';
import { tf, type Tensor } from '../../lib/core/engine';
import * as tree from '../../lib/core/pytree';
import { key, normal } from '../../lib/core/random';
import {
  adam,
  adamw,
  applyUpdates,
  chain,
  clipByGlobalNorm,
  globalNorm,
  isKernel,
  lars,
  sgd,
  type AnyOptimizer,
} from '../../lib/train/optimizers';
import { linear } from '../../lib/train/schedule';

const values = (x: unknown): number[] =>
  tree.leaves(x).flatMap((leaf) => Array.from(leaf.dataSync()));
const close = (a: readonly number[], b: readonly number[], digits = 6): void => {
  expect(a).toHaveLength(b.length);
  a.forEach((value, i) => expect(value).toBeCloseTo(b[i]!, digits));
};

/** Parameters after each step on the gradients given. */
function run(optimizer: AnyOptimizer, start: number[], gradients: number[][]): number[][] {
  return tf.tidy(() => {
    let params = { w: tf.tensor1d(start) as Tensor };
    let state = optimizer.init(params);
    return gradients.map((gradient) => {
      const result = optimizer.update(
        { w: tf.tensor1d(gradient) as Tensor },
        state as never,
        params,
      );
      state = result.state;
      params = applyUpdates(params, result.updates);
      return values(params);
    });
  });
}

const start = [1, -2, 0.5];
const gradients = [
  [0.5, -1, 2],
  [0.1, 0.3, -0.2],
  [-0.4, 0.2, 1],
  [0.7, 0.7, 0],
];

/** The same by tfjs's own optimiser. */
function runTfjs(
  optimizer: ReturnType<typeof tf.train.adam> | ReturnType<typeof tf.train.momentum>,
): number[][] {
  const w = tf.variable(tf.tensor1d(start));
  const rows = gradients.map((gradient) => {
    const g = tf.tensor1d(gradient);
    optimizer.applyGradients([{ name: w.name, tensor: g }]);
    g.dispose();
    return Array.from(w.dataSync());
  });
  w.dispose();
  optimizer.dispose();
  return rows;
}

describe('sgd', () => {
  it('steps by -learningRate g', () => {
    close(run(sgd({ learningRate: 0.1 }), start, gradients)[0]!, [0.95, -1.9, 0.3]);
  });

  it.each([false, true])("with momentum is tfjs's (nesterov %s)", (nesterov) => {
    const got = run(sgd({ learningRate: 0.1, momentum: 0.9, nesterov }), start, gradients);
    runTfjs(tf.train.momentum(0.1, 0.9, nesterov)).forEach((row, i) => close(got[i]!, row, 5));
  });

  it('with weight decay steps by -learningRate (g + weightDecay w)', () => {
    close(run(sgd({ learningRate: 0.1, weightDecay: 0.5 }), start, gradients)[0]!, [
      1 - 0.1 * (0.5 + 0.5),
      -2 - 0.1 * (-1 - 1),
      0.5 - 0.1 * (2 + 0.25),
    ]);
  });

  it('follows its schedule, from step 0', () => {
    const rows = run(
      sgd({ learningRate: linear({ from: 1, to: 0, steps: 2 }) }),
      [0],
      [[1], [1], [1]],
    );
    close(
      rows.map((row) => row[0]!),
      [-1, -1.5, -1.5],
    );
  });
});

describe('adam', () => {
  it('first steps by -learningRate sign(g)', () => {
    close(run(adam({ learningRate: 0.1 }), start, gradients)[0]!, [0.9, -1.9, 0.4]);
    close(
      run(adam({ learningRate: 0.1 }), [0, 0], [[1e-4, -1e4]])[0]!,
      [-0.1 / (1 + 1e-4), 0.1],
      6,
    );
  });

  it("is tfjs's", () => {
    const got = run(adam({ learningRate: 0.05, epsilon: 1e-7 }), start, gradients);
    runTfjs(tf.train.adam(0.05, 0.9, 0.999, 1e-7)).forEach((row, i) => close(got[i]!, row, 4));
  });

  it('is the recurrence of the paper, in float64', () => {
    const [b1, b2, eps, rate] = [0.9, 0.999, 1e-8, 0.05];
    const w = [...start],
      m = [0, 0, 0],
      v = [0, 0, 0];
    const expected = gradients.map((gradient, t) => {
      gradient.forEach((g, i) => {
        m[i] = b1 * m[i]! + (1 - b1) * g;
        v[i] = b2 * v[i]! + (1 - b2) * g * g;
        w[i]! -=
          (rate * (m[i]! / (1 - b1 ** (t + 1)))) / (Math.sqrt(v[i]! / (1 - b2 ** (t + 1))) + eps);
      });
      return [...w];
    });
    run(adam({ learningRate: rate }), start, gradients).forEach((row, i) =>
      close(row, expected[i]!, 6),
    );
  });

  it('does not move where the gradient has always been zero', () => {
    expect(run(adam({ learningRate: 0.1 }), [3], [[0], [0]])).toEqual([[3], [3]]);
  });
});

it('optimisers that are given a number for their options say what they want', () => {
  for (const optimizer of [sgd, adam, adamw]) {
    expect(() => optimizer(0.01 as never)).toThrow(
      'learningRate: undefined given, a number or a schedule expected, as in { learningRate: 0.01 }',
    );
  }
});

describe('adamw', () => {
  it('adds -learningRate weightDecay w to Adam, outside of its averages', () => {
    const plain = run(adam({ learningRate: 0.1 }), start, gradients)[0]!;
    close(
      run(adamw({ learningRate: 0.1, weightDecay: 0.2 }), start, gradients)[0]!,
      plain.map((value, i) => value - 0.1 * 0.2 * start[i]!),
    );
  });

  it('spares the leaves it is told to', () => {
    tf.tidy(() => {
      const params = { kernel: tf.ones([2, 2]), bias: tf.ones([2]) };
      const optimizer = adamw({ learningRate: 0.1, weightDecay: 0.2, decays: isKernel });
      const { updates } = optimizer.update(tree.zerosLike(params), optimizer.init(params), params);
      close(values(updates.kernel), [-0.02, -0.02, -0.02, -0.02]);
      expect(values(updates.bias).map(Math.abs)).toEqual([0, 0]);
    });
  });
});

describe('lars', () => {
  it('at a constant rate is the equation of the paper for kernels, momentum for the rest', () => {
    tf.tidy(() => {
      const [rate, decay, trust, momentum] = [0.5, 0.1, 0.01, 0.9];
      const optimizer = lars({ learningRate: rate, weightDecay: decay, trust, momentum });
      const w = [3, 4],
        g = [
          [0.6, 0.8],
          [1, 0],
        ]; // |w| = 5, |g| = 1
      let params = { kernel: tf.tensor2d([w]) as Tensor, bias: tf.tensor1d([1]) as Tensor };
      let state = optimizer.init(params);
      const v = [0, 0],
        expected = [...w];
      let [vb, bias] = [0, 1];
      for (const gradient of g) {
        const size = Math.hypot(...expected);
        const local = (trust * size) / (Math.hypot(...gradient) + decay * size);
        gradient.forEach((value, i) => {
          v[i] = momentum * v[i]! + rate * local * (value + decay * expected[i]!);
          expected[i]! -= v[i]!;
        });
        vb = momentum * vb + rate * 2;
        bias -= vb;
        const result = optimizer.update(
          { kernel: tf.tensor2d([gradient]) as Tensor, bias: tf.tensor1d([2]) as Tensor },
          state,
          params,
        );
        state = result.state;
        params = applyUpdates(params, result.updates);
      }
      close(values(params.kernel), expected, 5);
      close(values(params.bias), [bias], 5);
    });
  });

  /** Two steps at the rates 0.5 and 1 on the same gradients; |w| = 5, |g| = 1. */
  const warmingUp = (options: { rateInMomentum?: boolean }): { kernel: number[]; bias: number[] } =>
    tf.tidy(() => {
      const learningRate = linear({ from: 0.5, to: 1, steps: 1 });
      const optimizer = lars({ learningRate, trust: 0.01, momentum: 0.9, ...options });
      const grads = { kernel: tf.tensor2d([[0.6, 0.8]]), bias: tf.tensor1d([2]) };
      let params = { kernel: tf.tensor2d([[3, 4]]), bias: tf.tensor1d([1]) };
      let state = optimizer.init(params);
      for (let step = 0; step < 2; step++) {
        const result = optimizer.update(grads, state, params);
        [params, state] = [applyUpdates(params, result.updates), result.state];
      }
      return { kernel: values(params.kernel), bias: values(params.bias) };
    });

  // local is 0.01 * 5 = 0.05, then 0.01 * 4.975; after one step both have w = [2.985, 3.98], b = 0.
  it('while the rate rises, multiplies the velocity by it afterwards, as lightly and Barlow Twins do', () => {
    // v = [0.03, 0.04], then 0.9 v + 0.04975 g = [0.05685, 0.0758].
    const { kernel, bias } = warmingUp({});
    close(kernel, [2.985 - 0.05685, 3.98 - 0.0758]);
    close(bias, [-(0.9 * 2 + 2)]);
  });

  it('with rateInMomentum has the rate in the velocity, as the paper’s algorithm has', () => {
    // v = [0.015, 0.02], then 0.9 v + 0.04975 g = [0.04335, 0.0578].
    const { kernel, bias } = warmingUp({ rateInMomentum: true });
    close(kernel, [2.985 - 0.04335, 3.98 - 0.0578]);
    close(bias, [-(0.9 * 1 + 2)]);
  });

  it('where nothing is adapted is sgd with momentum, whatever the schedule', () => {
    const learningRate = linear({ from: 0, to: 0.3, steps: 3 });
    const plain = run(sgd({ learningRate, momentum: 0.8 }), start, gradients);
    run(lars({ learningRate, momentum: 0.8, adapts: () => false }), start, gradients).forEach(
      (row, i) => close(row, plain[i]!),
    );
  });

  it('moves a layer of zeros, and leaves one without gradient alone', () => {
    tf.tidy(() => {
      const optimizer = lars({ learningRate: 0.5 });
      const params = { zero: tf.zeros([1, 1]), still: tf.ones([1, 1]) };
      const { updates } = optimizer.update(
        { zero: tf.ones([1, 1]), still: tf.zeros([1, 1]) },
        optimizer.init(params),
        params,
      );
      expect(values(updates.zero)).toEqual([-0.5]);
      expect(Math.abs(values(updates.still)[0]!)).toBe(0);
    });
  });
});

describe('clipByGlobalNorm', () => {
  it('scales all leaves together to the limit, and leaves smaller gradients as they are', () => {
    tf.tidy(() => {
      const grads = { a: tf.tensor1d([3]), b: tf.tensor1d([0, 4]) };
      expect(globalNorm(grads).dataSync()[0]).toBe(5);
      close(values(clipByGlobalNorm(1).update(grads, [], grads).updates), [0.6, 0, 0.8]);
      close(values(clipByGlobalNorm(10).update(grads, [], grads).updates), [3, 0, 4]);
      expect(
        values(clipByGlobalNorm(1).update({ a: tf.zeros([2]) }, [], {} as never).updates),
      ).toEqual([0, 0]);
    });
  });

  it('chained before an optimiser, bounds what it sees', () => {
    const got = run(chain(clipByGlobalNorm(1), sgd({ learningRate: 1 })), [0, 0], [[30, 40]]);
    close(got[0]!, [-0.6, -0.8]);
  });
});

describe('every optimiser', () => {
  const all = {
    sgd: sgd({ learningRate: 0.05 }),
    momentum: sgd({ learningRate: 0.02, momentum: 0.9 }),
    nesterov: sgd({ learningRate: 0.02, momentum: 0.9, nesterov: true }),
    adam: adam({ learningRate: 0.1 }),
    adamw: adamw({ learningRate: 0.1, weightDecay: 1e-4 }),
    lars: lars({ learningRate: 1, trust: 0.05 }),
    clipped: chain(clipByGlobalNorm(1), adam({ learningRate: 0.1 })),
  };
  it.each(Object.entries(all) as [string, AnyOptimizer][])(
    '%s goes down a quadratic, mutates nothing and leaks nothing',
    (_name, optimizer) => {
      const before = tf.memory().numTensors;
      let params: { w: Tensor } = { w: tf.tidy(() => normal(key(1), [3, 3])) };
      const first = values(params);
      const origin = params;
      let state = optimizer.init(params);
      const size = (): number => Math.hypot(...values(params));
      const began = size();
      for (let step = 0; step < 60; step++) {
        const grads = tree.map((p) => tf.tidy(() => p.mul(2)), params);
        const result = optimizer.update(grads, state as never, params);
        const next = applyUpdates(params, result.updates);
        tree.dispose([grads, state, result.updates, step > 0 ? params : []]);
        [params, state] = [next, result.state];
      }
      expect(size()).toBeLessThan(began / 3);
      expect(values(origin)).toEqual(first);
      tree.dispose([params, state, origin]);
      expect(tf.memory().numTensors).toBe(before);
    },
  );

  it('refuses settings that are out of range, by name', () => {
    expect(() => sgd({ learningRate: NaN })).toThrow('learningRate: NaN given');
    for (const optimizer of [sgd, adam, adamw, lars])
      expect(() => optimizer({ learningRate: -0.1 })).toThrow('learningRate: -0.1 given');
    // With a factor of 1 an average never hears of a gradient, and 1 - beta^t is 0.
    expect(() => adam({ learningRate: 1, beta1: 1 })).toThrow('adam: beta1: 1 given');
    expect(() => adam({ learningRate: 1, beta2: 1 })).toThrow('adam: beta2: 1 given');
    expect(() => sgd({ learningRate: 1, momentum: 1 })).toThrow('sgd: momentum: 1 given');
    expect(() => lars({ learningRate: 1, momentum: 1 })).toThrow('lars: momentum: 1 given');
    expect(() => sgd({ learningRate: 1, momentum: 2 })).toThrow('sgd: momentum: 2 given');
    expect(() => adam({ learningRate: 1, beta1: -1 })).toThrow('adam: beta1: -1 given');
    expect(() => clipByGlobalNorm(0)).toThrow('clipByGlobalNorm: limit: 0 given');
  });
});
