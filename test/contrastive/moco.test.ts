import { contrastive, nn, random, tf, tree } from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { expectGradientMatchesFiniteDifferences } from '../helpers/gradients';
import { expectNoLeak } from '../helpers/memory';

const options = {
  encoder: nn.mlp([6, 8, 5]),
  projector: nn.mlp([5, 4]),
  dim: 4,
  queue: 10,
  momentum: 0.5,
};
const method = contrastive.moco(options);
const batch = (seed: number) => ({
  x1: random.normal(random.key(seed), [4, 6]),
  x2: random.normal(random.key(seed + 1), [4, 6]),
});

describe('MoCo', () => {
  it('the queue is first in, first out: the newest keys stand before the older, the oldest leave', () => {
    const { params, state } = method.init(random.key(0));
    const once = method.objective(params, batch(1), random.key(0), state).state;
    const twice = method.objective(params, batch(3), random.key(0), once).state;
    expect(twice.queue.shape).toEqual([10, 4]);
    expect(twice.queue.slice([4, 0], [4, 4]).arraySync()).toEqual(
      once.queue.slice([0, 0], [4, 4]).arraySync(),
    );
    expect(twice.queue.slice([8, 0], [2, 4]).arraySync()).toEqual(
      state.queue.slice([0, 0], [2, 4]).arraySync(),
    );
  });

  it('every key in the queue has length 1', () => {
    const { params, state } = method.init(random.key(0));
    const { queue } = method.objective(params, batch(1), random.key(0), state).state;
    for (const length of queue.square().sum(1).dataSync()) expect(length).toBeCloseTo(1, 5);
  });

  it('the keys are targets: the loss has no gradient in the momentum network', () => {
    const { params, state } = method.init(random.key(0));
    const kernel = tree.leaves(state.target)[0]!;
    const flat = tree.flatten(state.target);
    const gradient = tf.grad((k) => {
      const target = flat.structure.rebuild(
        flat.leaves.map((leaf) => (leaf === kernel ? k : leaf)),
      ) as typeof state.target;
      return method
        .objective(params, batch(1), random.key(0), { ...state, target })
        .loss.add(k.sum().mul(0));
    })(kernel);
    expect(gradient.abs().sum().dataSync()[0]).toBe(0);
  });

  it('the momentum network goes half of the way at momentum 0.5', () => {
    const { params, state } = method.init(random.key(0));
    const moved = tree.map((leaf) => leaf.add(1), params);
    const { target } = method.afterUpdate!(moved, state, tf.scalar(0));
    tree.map(
      (t, p) => {
        for (const gap of t.sub(p).dataSync()) expect(gap).toBeCloseTo(0.5, 5);
        return t;
      },
      target,
      params,
    );
  });

  it('the gradient in the query’s view is that of finite differences, with negatives and without', () => {
    for (const negatives of [true, false]) {
      const smooth = contrastive.moco({
        ...options,
        encoder: nn.dense(6, 5),
        projector: nn.dense(5, 4),
        negatives,
        temperature: 0.5,
      });
      const { params, state } = smooth.init(random.key(0));
      const { x1, x2 } = batch(1);
      expectGradientMatchesFiniteDifferences(
        (x) => smooth.objective(params, { x1: x, x2 }, random.key(0), state).loss,
        x1,
      );
    }
  });

  it('without negatives nothing is pushed up: a constant output pays nothing, where with them it pays log(1 + queue)', () => {
    const cost = (negatives: boolean) => {
      const own = contrastive.moco({ ...options, negatives });
      const { params, state } = own.init(random.key(0));
      // The last layer answers its bias, whatever it is asked; so does the twin, and so has it
      // always.
      const { projector } = params;
      const constant = {
        ...params,
        projector: projector.map((layer) =>
          tree.map((leaf) => (leaf.rank === 1 ? tf.ones([4]) : tf.zerosLike(leaf)), layer),
        ),
      } as typeof params;
      const { loss } = own.objective(constant, batch(1), random.key(0), {
        target: constant,
        queue: tf.fill([10, 4], 0.5),
      });
      tree.dispose(state);
      return loss.dataSync()[0]!;
    };
    expect(cost(false)).toBeCloseTo(0, 5);
    expect(cost(true)).toBeCloseTo(Math.log(11), 4);
    expect(method.mechanism).toBe('contrastive');
    expect(contrastive.moco({ ...options, negatives: false }).mechanism).toBe('none');
  });

  it('shuffled, each key returns to its own query: without batch statistics nothing changes', () => {
    const shuffled = contrastive.moco({ ...options, shuffles: true });
    const { params, state } = method.init(random.key(0));
    for (const seed of [0, 1, 2]) {
      const plain = method.objective(params, batch(1), random.key(seed), state);
      const mixed = shuffled.objective(params, batch(1), random.key(seed), state);
      expect(mixed.loss.dataSync()[0]).toBeCloseTo(plain.loss.dataSync()[0]!, 5);
      expect(mixed.state.queue.sub(plain.state.queue).abs().max().dataSync()[0]).toBeLessThan(1e-6);
    }
  });

  it('shuffled, a key is normalised in other company than its query', () => {
    const parts = {
      ...options,
      projector: nn.sequential([nn.dense(5, 4), nn.batchNorm(4, { parts: 4 })]),
    };
    const images = random.normal(random.key(1), [16, 6]);
    const twins = { x1: images, x2: images }; // so that query and key differ by their company alone
    const costs = [false, true].map((shuffles) => {
      const own = contrastive.moco({ ...parts, shuffles, negatives: false });
      const { params, state } = own.init(random.key(0));
      return own.objective(params, twins, random.key(0), state).loss.dataSync()[0]!;
    });
    expect(costs[0]).toBeCloseTo(0, 4);
    expect(costs[1]).toBeGreaterThan(0.1);
  });

  it('leaks no tensor, and says what is wrong with its options', () => {
    const b = batch(1);
    expectNoLeak(() =>
      tree.tidy(() => {
        const { params, state } = method.init(random.key(0));
        expect(
          Number.isFinite(method.objective(params, b, random.key(0), state).loss.dataSync()[0]),
        ).toBe(true);
      }),
    );
    expect(() => contrastive.moco({ ...options, temperature: 0 })).toThrow('temperature: 0 given');
  });
});

it('MoCo names a dim that is not the projector’s width', () => {
  const other = contrastive.moco({ ...options, dim: 6 });
  const { params, state } = other.init(random.key(0));
  expect(() => other.objective(params, batch(1), random.key(0), state)).toThrow(
    "dim: 6 given, 4 expected, the projector's width",
  );
});
