import { contrastive, energy, nn, random, tf } from 'dark-matter';
import { describe, expect, it } from 'vitest';
import {
  expectGradientMatchesFiniteDifferences,
  expectParameterGradientsMatchFiniteDifferences,
} from '../helpers/gradients';
import { expectNoLeak } from '../helpers/memory';

type Tensor = ReturnType<typeof tf.tensor>;
type Vector = ReturnType<typeof tf.tensor1d>;
/** F(u) = |u|^2 / (2 v): the energy of a Gaussian of variance v. */
const quadratic = (v: Tensor) => (u: Tensor) => u.square().sum(1).div(v.mul(2)) as Vector;

describe('denoising score matching', () => {
  // Data N(0, 1) blurred by sigma is N(0, 1 + sigma^2), so that is the variance whose energy has
  // the true score.
  const sigma = 0.7;
  const x = random.normal(random.key(1), [200_000, 2]);
  const loss = (v: Tensor) =>
    contrastive.denoisingScoreMatchingLoss(quadratic(v), x, sigma, random.key(2));

  it('is least where the energy’s slope is the true score of the blurred data', () => {
    const slopeAt = (v: number) =>
      tf.tidy(
        () =>
          tf
            .grad((t) => loss(t as Tensor))(tf.scalar(v))
            .dataSync()[0]!,
      );
    const best = 1 + sigma ** 2;
    expect(Math.abs(slopeAt(best))).toBeLessThan(0.01);
    expect(slopeAt(best * 0.8)).toBeLessThan(-0.1);
    expect(slopeAt(best * 1.25)).toBeGreaterThan(0.05);
  });

  it('its least value is the part of the noise that cannot be told: dim / (1 + sigma^2)', () => {
    // E|e|^2 - |E[e | blurred]|^2 summed: 2 - 2 sigma^2 / (1 + sigma^2).
    expect(tf.tidy(() => loss(tf.scalar(1 + sigma ** 2)).dataSync()[0]!)).toBeCloseTo(
      2 / (1 + sigma ** 2),
      1,
    );
  });

  it('its gradient, one of second order, is that of finite differences: in the parameters of a network, and in the data', () => {
    const network = nn.mlp([2, 8, 1], { activation: nn.silu });
    const [params, few, key] = [
      network.init(random.key(4)),
      x.slice([0, 0], [4, 2]),
      random.key(5),
    ];
    const energyOf = energy.networkEnergy(network);
    const at = (moved: typeof params, points: Tensor) =>
      contrastive.denoisingScoreMatchingLoss((u) => energyOf(moved, u), points, 0.5, key);
    expectParameterGradientsMatchFiniteDifferences((moved) => at(moved, few), params);
    expectGradientMatchesFiniteDifferences((points) => at(params, points), few);
  });

  it('leaks no tensor, and names a sigma that is not above 0', () => {
    const few = x.slice([0, 0], [8, 2]);
    const v = tf.scalar(1);
    const key = random.key(3);
    expectNoLeak(() =>
      contrastive.denoisingScoreMatchingLoss(quadratic(v), few, 0.5, key).dispose(),
    );
    expect(() => contrastive.denoisingScoreMatchingLoss(quadratic(v), few, 0, key)).toThrow(
      'sigma: 0 given',
    );
  });
});
