import { contrastive, energy, nn, random, tf, tree } from 'dark-matter';
import { describe, expect, it } from 'vitest';
import {
  expectGradientMatchesFiniteDifferences,
  expectParameterGradientsMatchFiniteDifferences,
} from '../helpers/gradients';
import { expectNoLeak } from '../helpers/memory';

const { contrastiveDivergence, divergenceLoss, persistentDivergence } = contrastive;
const network = nn.mlp([2, 8, 1]);
const walk = { steps: 2, stepSize: 0.05 };
const x = random.normal(random.key(1), [4, 2]);

describe('contrastive divergence', () => {
  it('its loss is the gap of the means; a constant added to the energy changes nothing without regularisation', () => {
    const [data, samples] = [tf.tensor1d([1, 2]), tf.tensor1d([5, 6])];
    expect(divergenceLoss(data, samples).dataSync()[0]).toBeCloseTo(-4, 6);
    expect(divergenceLoss(data.add(7), samples.add(7)).dataSync()[0]).toBeCloseTo(-4, 5);
    expect(divergenceLoss(data, samples, 0.1).dataSync()[0]).toBeCloseTo(
      -4 + 0.1 * (2.5 + 30.5),
      5,
    );
  });

  it('its gradient is that of finite differences, squared energies and all', () => {
    const [data, samples] = [tf.tensor1d([1, -2, 0.5]), tf.tensor1d([0.3, 2])];
    type Vector = typeof data;
    expectGradientMatchesFiniteDifferences(
      (moved) => divergenceLoss(moved as Vector, samples, 0.1),
      data,
    );
    expectGradientMatchesFiniteDifferences(
      (moved) => divergenceLoss(data, moved as Vector, 0.1),
      samples,
    );
  });

  it('in the network’s parameters it is that of finite differences with the walked samples held still', () => {
    // The walk depends on the parameters as well, but its gradient is cut: the differences are
    // taken at samples that were walked to once.
    const smooth = nn.mlp([2, 8, 1], { activation: nn.silu });
    const method = contrastiveDivergence({
      network: smooth,
      walk: { steps: 3, stepSize: 0.1 },
      regularisation: 0.1,
    });
    const { params, state } = method.init(random.key(0));
    const energyOf = energy.networkEnergy(smooth);
    const samples = energy.langevin((u) => energyOf(params, u), x, random.key(2), {
      steps: 3,
      stepSize: 0.1,
    });
    const still = (moved: typeof params) =>
      divergenceLoss(energyOf(moved, x), energyOf(moved, samples), 0.1);
    expectParameterGradientsMatchFiniteDifferences(still, params);
    const [ofMethod, ofStill] = [
      (moved: typeof params) => method.objective(moved, { x }, random.key(2), state).loss,
      still,
    ].map((loss) => {
      const { leaves, structure } = tree.flatten(params);
      const f = (...moved: typeof leaves) =>
        loss(structure.rebuild(moved) as typeof params).add(
          tf.addN(moved.map((t) => t.sum().mul(0))),
        ) as ReturnType<typeof tf.scalar>;
      return tf
        .grads(f)(leaves)
        .flatMap((gradient) => Array.from(gradient.dataSync()));
    });
    ofMethod!.forEach((value, i) => expect(value).toBeCloseTo(ofStill![i]!, 5));
  });

  it('without noise and at a vanishing step, samples are the data and the loss is 0', () => {
    const method = contrastiveDivergence({ network, walk: { steps: 3, stepSize: 1e-9, noise: 0 } });
    const { params, state } = method.init(random.key(0));
    expect(method.objective(params, { x }, random.key(2), state).loss.dataSync()[0]).toBeCloseTo(
      0,
      6,
    );
  });

  it('persistent walks take turns: those that waited move to the front unchanged', () => {
    const method = persistentDivergence({
      network,
      walk,
      size: 10,
      start: (key, n) => random.uniform(key, [n, 2]),
      restart: 0,
    });
    const { params, state } = method.init(random.key(0));
    const next = method.objective(params, { x }, random.key(2), state).state.chains;
    expect(next.shape).toEqual([10, 2]);
    expect(next.slice([0, 0], [6, 2]).arraySync()).toEqual(
      state.chains.slice([4, 0], [6, 2]).arraySync(),
    );
    expect(next.slice([6, 0], [4, 2]).arraySync()).not.toEqual(
      state.chains.slice([0, 0], [4, 2]).arraySync(),
    );
  });

  it('at restart 1 no walk remembers where it was', () => {
    const method = persistentDivergence({
      network,
      walk,
      size: 4,
      start: (key, n) => random.uniform(key, [n, 2]),
      restart: 1,
    });
    const { params, state } = method.init(random.key(0));
    const elsewhere = { chains: state.chains.add(100) };
    const [a, b] = [state, elsewhere].map((s) =>
      method.objective(params, { x }, random.key(2), s).state.chains.arraySync(),
    );
    expect(a).toEqual(b);
  });

  it('leak no tensor, and name a wrong option', () => {
    const persistent = persistentDivergence({
      network,
      walk,
      size: 8,
      start: (key, n) => random.uniform(key, [n, 2]),
    });
    const simple = contrastiveDivergence({ network, walk });
    expectNoLeak(() =>
      tree.tidy(() => {
        const { params, state } = persistent.init(random.key(0));
        persistent.objective(params, { x }, random.key(2), state).loss.dataSync();
      }),
    );
    expectNoLeak(() =>
      tree.tidy(() => {
        const { params, state } = simple.init(random.key(0));
        simple.objective(params, { x }, random.key(2), state).loss.dataSync();
      }),
    );
    expect(() => persistentDivergence({ network, walk, start: () => x, restart: 2 })).toThrow(
      'restart: 2 given',
    );
  });
});
