import { compile, nn, noncontrastive, optim, random, tf, train, tree } from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { expectNoLeak } from '../helpers/memory';

const { frameJepa, sigregLoss, standardTokens } = noncontrastive;
type Tensor = ReturnType<typeof tf.tensor>;
const value = (t: { dataSync(): ArrayLike<number> }) => t.dataSync()[0]!;
const networks = { encoder: nn.dense(5, 4), predictor: nn.mlp([2 * 4, 16, 4]) };
const past = random.normal(random.key(1), [6, 2, 5]);
const next = random.normal(random.key(2), [6, 5]);
const key = random.key(3);
const guards = ['average', 'sigreg', 'none'] as const;
const methods = Object.fromEntries(
  guards.map((guard) => [guard, frameJepa({ ...networks, guard, slices: 8, momentum: 0.9 })]),
) as Record<
  (typeof guards)[number],
  ReturnType<typeof frameJepa<nn.DenseParams, nn.NetworkParams>>
>;
const { params } = methods.average.init(random.key(4));
/** A target encoder that is not the encoder. */
const state = { target: tree.map((leaf) => leaf.mul(0.7).add(0.1), params.encoder) };

/** By hand: each frame through the encoder, side by side through the predictor. */
const byHand = () => {
  const seen = [0, 1].map((t) =>
    networks.encoder.apply(params.encoder, past.slice([0, t], [6, 1]).squeeze([1])),
  );
  return networks.predictor.apply(params.predictor, tf.concat(seen, 1));
};

describe('a JEPA of frames', () => {
  it('predicts from the features of all seen frames, in their order', () => {
    const told = methods.average.predict(params, past);
    expect(value(told.sub(byHand()).abs().max())).toBeLessThan(1e-6);
    const swapped = methods.average.predict(params, tf.reverse(past, 1));
    expect(value(told.sub(swapped).abs().max())).toBeGreaterThan(1e-3);
  });

  it('the loss is the mean square to the averaged, standardised target; without a guard to the encoder’s own', () => {
    for (const [guard, encoder] of [
      ['average', state.target],
      ['none', params.encoder],
    ] as const) {
      const goal = standardTokens(networks.encoder.apply(encoder, next));
      expect(
        value(methods[guard].objective(params, { past, next }, key, state).loss),
        guard,
      ).toBeCloseTo(value(byHand().sub(goal).square().mean()), 5);
    }
  });

  it('with sigreg the target is not standardised, and SIGReg of all frames is weighed against it', () => {
    const z = networks.encoder.apply(params.encoder, next);
    const seen = networks.encoder.apply(params.encoder, past.reshape([12, 5]));
    const normal = value(sigregLoss(tf.concat([seen, z]) as never, key, { slices: 8 }));
    const apart = value(byHand().sub(z).square().mean());
    const { loss, metrics } = methods.sigreg.objective(params, { past, next }, key, state);
    expect(value(metrics['prediction']!)).toBeCloseTo(apart, 5);
    expect(value(loss)).toBeCloseTo(0.95 * apart + 0.05 * normal, 4);
  });

  it('no gradient flows into the target encoder; into the encoder it flows by the targets only where there is no average', () => {
    // A predictor that says the same of all frames leaves only the way by the targets.
    const zeros = tree.map((leaf) => leaf.mul(0), params.predictor);
    const bias = tf.range(0, 4);
    const constant = { ...params, predictor: [...zeros.slice(0, -1), { ...zeros.at(-1), bias }] };
    const slope = (guard: (typeof guards)[number]) => {
      const loss = (kernel: Tensor) =>
        methods[guard].objective(
          { ...constant, encoder: { ...params.encoder, kernel: kernel as never } },
          { past, next },
          key,
          state,
        ).loss;
      return value(tf.grad(loss)(params.encoder.kernel).abs().sum());
    };
    expect(slope('average')).toBe(0);
    expect(slope('sigreg')).toBeGreaterThan(1e-4);
    expect(slope('none')).toBeGreaterThan(1e-4);
  });

  it('the target follows as the closed form says; with other guards it is left alone', () => {
    const moved = { ...params, encoder: tree.map((leaf) => leaf.add(1), params.encoder) };
    const start = { target: params.encoder };
    const after = methods.average.afterUpdate!(moved, start, tf.scalar(0.5)).target;
    tree.leaves(moved.encoder).forEach((leaf, i) => {
      for (const gap of leaf.sub(tree.leaves(after)[i]!).dataSync())
        expect(gap).toBeCloseTo(0.95, 5);
    });
    for (const guard of ['sigreg', 'none'] as const)
      expect(methods[guard].afterUpdate!(moved, start, tf.scalar(0)).target).toBe(start.target);
  });

  it('without a guard all frames come to have the same features; with either they do not', async () => {
    // What comes next is the mean of the past, and noise that nobody can foretell.
    const frames = random.normal(random.key(5), [256, 2, 5]);
    const noise = random.normal(random.key(6), [256, 5]);
    const data = { past: frames, next: frames.mean(1).add(noise.mul(0.3)) };
    const spreadOf = async (guard: (typeof guards)[number]) => {
      const method = frameJepa({ ...networks, guard, slices: 16, momentum: 0.97 });
      const { params: own } = await train({
        method,
        data,
        batch: 64,
        steps: 400,
        seed: 0,
        display: 'none',
        optimizer: optim.adam({ learningRate: 5e-3 }),
      });
      const { variance } = tf.moments(method.features(own, data.next), 0);
      return value(variance.mean());
    };
    const none = await spreadOf('none');
    expect(none).toBeLessThan(0.5 * (await spreadOf('average')));
    expect(none).toBeLessThan(0.5 * (await spreadOf('sigreg')));
  }, 60_000);

  it('is the same compiled', () => {
    for (const guard of guards) {
      const loss = (p: typeof params, s: typeof state, x: Tensor, y: Tensor, k: Tensor) =>
        methods[guard].objective(p, { past: x, next: y }, k, s).loss;
      expect(value(compile(loss)(params, state, past, next, key))).toBeCloseTo(
        value(loss(params, state, past, next, key)),
        4,
      );
    }
  });

  it('says its mechanism, leaks nothing, and says what is wrong with its input', () => {
    expect(guards.map((guard) => methods[guard].mechanism)).toEqual([
      'asymmetric',
      'regularised',
      'none',
    ]);
    const method = methods.average;
    expectNoLeak(() => tree.dispose(method.init(key)));
    expectNoLeak(() =>
      tree.dispose([method.energy(params, past, next), method.features(params, next)]),
    );
    expectNoLeak(() =>
      tree.tidy(() => {
        for (const guard of guards) {
          methods[guard].objective(params, { past, next }, key, state);
          methods[guard].afterUpdate!(params, state, tf.scalar(0.5));
        }
      }),
    );
    expect(() => frameJepa({ ...networks, guard: 'ema' as never })).toThrow("guard: 'ema' given");
    expect(() => frameJepa({ ...networks, momentum: 2 })).toThrow('momentum: 2 given');
    expect(() => frameJepa({ ...networks, lambda: -1 })).toThrow('lambda: -1 given');
  });
});
