import { compile, contrastive, energy, nn, random, tf, tree } from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { grad } from '../../lib/train/grad';
import {
  expectGradientMatchesFiniteDifferences,
  expectParameterGradientsMatchFiniteDifferences,
} from '../helpers/gradients';
import { expectNoLeak } from '../helpers/memory';

const { ebgan, gan, gradientPenalty, originalGan, wasserstein } = contrastive;
type Vector = ReturnType<typeof tf.tensor1d>;
type Scalar = ReturnType<typeof tf.scalar>;
const value = (t: { dataSync(): ArrayLike<number> }) => t.dataSync()[0]!;

describe('the GAN family as energies', () => {
  it('the original critic’s optimum is F = log g - log p, at the value 2 log 2 - 2 JS(p, g)', () => {
    // On a space of 4 points the expectations are exact sums.
    const [p, g] = [tf.tensor1d([0.4, 0.3, 0.2, 0.1]), tf.tensor1d([0.1, 0.2, 0.3, 0.4])];
    const expected = (F: Vector): Scalar =>
      p
        .mul(tf.softplus(F))
        .sum()
        .add(g.mul(tf.softplus(F.neg())).sum());
    const best = g.log().sub(p.log()) as Vector;
    for (const slope of tf
      .grad((F) => expected(F as Vector))(best)
      .dataSync())
      expect(slope).toBeCloseTo(0, 6);
    const m = p.add(g).div(2);
    const js = p
      .mul(p.div(m).log())
      .sum()
      .add(g.mul(g.div(m).log()).sum())
      .div(2);
    expect(value(expected(best))).toBeCloseTo(2 * Math.log(2) - 2 * value(js), 5);
  });

  it('EBGAN’s critic asks nothing of fakes above the margin', () => {
    const { critic } = ebgan({ margin: 2 });
    expect(value(critic(tf.tensor1d([0, 0]), tf.tensor1d([2, 5])))).toBe(0);
    expect(value(critic(tf.tensor1d([1, 0]), tf.tensor1d([0, 1])))).toBeCloseTo(0.5 + 1.5, 6);
  });

  it('Wasserstein’s critic does not change when a constant is added to the energy', () => {
    const [real, fake] = [tf.tensor1d([1, 2]), tf.tensor1d([4, 8])];
    expect(value(wasserstein.critic(real, fake))).toBeCloseTo(-4.5, 6);
    expect(value(wasserstein.critic(real.add(9), fake.add(9)))).toBeCloseTo(-4.5, 5);
  });

  it('the gradient penalty of a plane of slope s is (s - 1)^2, and its own gradient 2 (s - 1)', () => {
    const [real, fake] = [
      random.normal(random.key(1), [16, 2]),
      random.normal(random.key(2), [16, 2]),
    ];
    const penalty = (s: Scalar): Scalar =>
      gradientPenalty((u) => u.mul(tf.stack([s, tf.scalar(0)])).sum(1), real, fake, random.key(3));
    expect(value(penalty(tf.scalar(3)))).toBeCloseTo(4, 4);
    expect(value(tf.grad((s) => penalty(s as Scalar))(tf.scalar(3)))).toBeCloseTo(4, 4);
  });

  it.each(Object.entries({ originalGan, wasserstein, 'ebgan({ margin: 1 })': ebgan() }))(
    '%s: gradients are those of finite differences, the critic’s in both arguments and the generator’s',
    (_name, loss) => {
      // No fake energy lies within a step of EBGAN's margin, where its loss has a corner.
      const [real, fake] = [tf.tensor1d([0.2, 1.5, -0.7]), tf.tensor1d([0.4, 2.3, -1])];
      expectGradientMatchesFiniteDifferences((moved) => loss.critic(moved as Vector, fake), real);
      expectGradientMatchesFiniteDifferences((moved) => loss.critic(real, moved as Vector), fake);
      expectGradientMatchesFiniteDifferences((moved) => loss.generator(moved as Vector), fake);
    },
  );

  it('so is the gradient penalty’s, one of second order, in the parameters of a critic', () => {
    const critic = nn.mlp([2, 8, 1], { activation: nn.silu });
    const params = critic.init(random.key(5));
    const [real, fake] = [
      random.normal(random.key(1), [6, 2]),
      random.normal(random.key(2), [6, 2]),
    ];
    const energyOf = energy.networkEnergy(critic);
    expectParameterGradientsMatchFiniteDifferences(
      (moved) => gradientPenalty((u) => energyOf(moved, u), real, fake, random.key(3)),
      params,
    );
  });

  it.each(Object.entries({ average: nn.averagePool(2), max: nn.maxPool(2) }))(
    'and in those of a critic with %s pooling, compiled too',
    (kind, pool) => {
      const critic = nn.sequential([
        nn.conv2d(1, 2, 3),
        nn.silu(),
        pool,
        nn.flatten(),
        nn.dense(8, 1),
      ]);
      const params = critic.init(random.key(5));
      const [real, fake] = [
        random.normal(random.key(1), [3, 4, 4, 1]),
        random.normal(random.key(2), [3, 4, 4, 1]),
      ];
      const energyOf = energy.networkEnergy(critic);
      const penalty = (moved: typeof params, key: random.Key) =>
        gradientPenalty((u) => energyOf(moved, u), real, fake, key);
      const key = random.key(3);
      // A maximum has corners in the way of finite differences; test/nn/secondOrder avoids them.
      if (kind === 'average')
        expectParameterGradientsMatchFiniteDifferences((moved) => penalty(moved, key), params);
      const slopes = (moved: typeof params, k: random.Key) =>
        grad((p: typeof params) => penalty(p, k))(moved);
      const run = compile(slopes, { mode: 'graph', constants: [real, fake] });
      tree.dispose(run(params, key));
      const [eager, fast] = [tree.leaves(slopes(params, key)), tree.leaves(run(params, key))];
      eager.forEach((leaf, i) => expect(value(leaf.sub(fast[i]!).abs().max())).toBeLessThan(1e-4));
      run.dispose();
    },
  );

  it('the critic’s loss moves only the critic, the generator’s only the generator', () => {
    const networks = { critic: nn.mlp([2, 8, 1]), generator: nn.mlp([3, 8, 2]), latent: 3 };
    const x = random.normal(random.key(4), [16, 2]);
    const gradientsUnder = (loss: contrastive.CriticLoss) => {
      const method = gan({ ...networks, loss });
      const { params, state } = method.init(random.key(0));
      const { leaves, structure } = tree.flatten(params);
      const f = (...changed: typeof leaves) =>
        method
          .objective(structure.rebuild(changed) as typeof params, { x }, random.key(1), state)
          .loss.add(tf.addN(changed.map((t) => t.sum().mul(0)))) as Scalar;
      const gradients = tf
        .grads(f)(leaves)
        .map((g) => value(g.abs().max()));
      const of = (who: string) =>
        Math.max(...gradients.filter((_, i) => structure.paths[i]!.startsWith(who)));
      return { critic: of('critic'), generator: of('generator') };
    };
    const nothing = () => tf.scalar(0);
    const onlyCritic = gradientsUnder({ ...originalGan, generator: nothing });
    expect(onlyCritic.critic).toBeGreaterThan(1e-3);
    expect(onlyCritic.generator).toBe(0);
    const onlyGenerator = gradientsUnder({ ...originalGan, critic: nothing });
    expect(onlyGenerator.generator).toBeGreaterThan(1e-4);
    expect(onlyGenerator.critic).toBe(0);
  });

  it('instance noise blurs what the critic sees, falls evenly to nothing, and then leaves the loss as it is without', () => {
    const networks = { critic: nn.mlp([2, 8, 1]), generator: nn.mlp([3, 8, 2]), latent: 3 };
    const [sharp, blurred] = [gan(networks), gan({ ...networks, noise: 0.5 })];
    const [{ params, state: none }, { state }] = [
      sharp.init(random.key(0)),
      blurred.init(random.key(0)),
    ];
    expect(none).toEqual({});
    expect(value(state.noise!)).toBe(0.5);
    expect(value(blurred.afterUpdate!(params, state, tf.scalar(0.25)).noise!)).toBeCloseTo(
      0.375,
      6,
    );
    const last = blurred.afterUpdate!(params, state, tf.scalar(1));
    expect(value(last.noise!)).toBe(0);
    // A linear energy of slope 1: the spread of its values over data at one point is that of the
    // noise.
    const critic = nn.fromFunction('first', (u) => u.slice([0, 0], [-1, 1]));
    const flat = gan({
      critic,
      generator: networks.generator,
      latent: 3,
      noise: 0.5,
      loss: { critic: (real) => real.square().mean() as Scalar, generator: () => tf.scalar(0) },
    });
    const { params: free, state: start } = flat.init(random.key(0));
    const x = tf.zeros([20_000, 2]);
    expect(value(flat.objective(free, { x }, random.key(1), start).loss)).toBeCloseTo(0.25, 2);
    expect(value(flat.objective(free, { x }, random.key(1), last).loss)).toBe(0);
    expect(() => gan({ ...networks, noise: -1 })).toThrow('noise: -1 given');
  });

  it('an objective with gradient penalty and noise and a sample leak nothing, and bad options are named', () => {
    const networks = { critic: nn.mlp([2, 8, 1]), generator: nn.mlp([3, 8, 2]), latent: 3 };
    const method = gan({ ...networks, loss: wasserstein, penalty: 10, noise: 0.1 });
    expectNoLeak(() =>
      tree.tidy(() => {
        const { params, state } = method.init(random.key(0));
        const x = random.normal(random.key(4), [16, 2]);
        expect(
          Number.isFinite(value(method.objective(params, { x }, random.key(1), state).loss)),
        ).toBe(true);
        expect(method.sample(params, random.key(2), 5).shape).toEqual([5, 2]);
      }),
    );
    expect(() => gan({ ...networks, latent: 0 })).toThrow('latent: 0 given');
    expect(() => ebgan({ margin: -1 })).toThrow('margin: -1 given');
  });
});
