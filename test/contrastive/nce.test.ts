import { contrastive, nn, random, tf } from 'dark-matter';
import { describe, expect, it } from 'vitest';
import {
  expectGradientMatchesFiniteDifferences,
  expectParameterGradientsMatchFiniteDifferences,
} from '../helpers/gradients';
import { expectNoLeak } from '../helpers/memory';

type Vector = ReturnType<typeof tf.tensor1d>;

describe('noise-contrastive estimation', () => {
  it('is 2 log 2 when the energy is the noise’s own, so that nothing can be told apart', () => {
    const logQ = tf.tensor1d([-1, -2, -3]);
    expect(contrastive.nceLoss(logQ.neg(), logQ, logQ.neg(), logQ).dataSync()[0]).toBeCloseTo(
      2 * Math.log(2),
      6,
    );
  });

  it('its gradient at the true energy vanishes: -log p is a stationary point, normalised and all', () => {
    // Exact expectations on a discrete space of 4 points: p the data, q the noise.
    const p = tf.tensor1d([0.4, 0.3, 0.2, 0.1]);
    const q = tf.tensor1d([0.1, 0.2, 0.3, 0.4]);
    const expected = (F: Vector) =>
      p
        .mul(tf.softplus(F.add(q.log())))
        .sum()
        .add(q.mul(tf.softplus(F.add(q.log()).neg())).sum()) as ReturnType<typeof tf.scalar>;
    const atTruth = tf
      .grad((F) => expected(F as Vector))(p.log().neg())
      .dataSync();
    for (const g of atTruth) expect(g).toBeCloseTo(0, 6);
    const shifted = tf
      .grad((F) => expected(F as Vector))(p.log().neg().add(0.5))
      .dataSync();
    expect(Math.max(...shifted.map(Math.abs))).toBeGreaterThan(0.01);
  });

  it('its gradient in each of the four arguments is that of finite differences', () => {
    const given = [
      [0.3, -1, 2],
      [-1.5, -2, -0.5],
      [1, 0.2, -0.7],
      [-1, -0.4, -2.2],
    ].map((values) => tf.tensor1d(values)) as [Vector, Vector, Vector, Vector];
    given.forEach((argument, i) => {
      const loss = (moved: Vector) =>
        contrastive.nceLoss(
          ...(given.map((fixed, j) => (j === i ? moved : fixed)) as typeof given),
        );
      expectGradientMatchesFiniteDifferences((moved) => loss(moved as Vector), argument);
    });
  });

  it('so is the method’s, through the network, in its parameters and at points of the plane', () => {
    const method = contrastive.nce({
      network: nn.mlp([2, 8, 1], { activation: nn.silu }),
      bounds: [-1, 1, -1, 1],
    });
    const { params, state } = method.init(random.key(0));
    const [x, key] = [random.normal(random.key(1), [4, 2]), random.key(2)];
    expectGradientMatchesFiniteDifferences(
      (moved) =>
        method.objective(params, { x: moved as ReturnType<typeof tf.tensor2d> }, key, state).loss,
      x,
    );
    expectParameterGradientsMatchFiniteDifferences(
      (moved) =>
        method.objective(moved, { x: x as ReturnType<typeof tf.tensor2d> }, key, state).loss,
      params,
    );
  });

  it('the method is a pure function of its key, and leaks no tensor', () => {
    const method = contrastive.nce({ network: nn.mlp([2, 8, 1]), bounds: [-1, 1, -1, 1] });
    const { params, state } = method.init(random.key(0));
    const batch = { x: tf.zeros([4, 2]) as ReturnType<typeof tf.tensor2d> };
    const loss = (seed: number) =>
      tf.tidy(() => method.objective(params, batch, random.key(seed), state).loss.dataSync()[0]);
    expect(loss(1)).toBe(loss(1));
    expect(loss(1)).not.toBe(loss(2));
    expectNoLeak(() => loss(3));
    expectNoLeak(() => method.energy(params, batch.x, batch.x).dispose());
  });

  it('says which rectangle is wrong', () => {
    expect(() => contrastive.nce({ network: nn.mlp([2, 8, 1]), bounds: [1, 0, 0, 1] })).toThrow(
      'bounds: [1, 0, 0, 1] given',
    );
  });
});
