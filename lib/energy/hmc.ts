import { tf, type Tensor, type Tensor1D } from '../core/engine';
import { expectNumber } from '../core/checks';
import * as tree from '../core/pytree';
import * as random from '../core/random';
import { scan } from '../core/scan';

export interface HmcOptions {
  /** Proposals, each accepted or not. */
  readonly steps: number;
  /**
   * Of the leapfrog integrator, above 0. Its energy error goes with the square; choose it for an
   * acceptance near 0.65 to 0.9.
   */
  readonly stepSize: number;
  /** Leapfrog steps a proposal; default 10. The walk covers about stepSize times as much. */
  readonly leapfrog?: number;
}

/** Where the walks are, and how it went. */
export interface HmcResult {
  /** [batch, ...], in the shape of the start. */
  readonly position: Tensor;
  /** [batch], each walk's mean probability of acceptance, in [0, 1]. */
  readonly acceptance: Tensor1D;
  /** [steps], the mean of |H(end) - H(begin)| over the walks: 0 were the integrator exact. */
  readonly energyError: Tensor1D;
}

/**
 * Hamiltonian Monte Carlo (Duane et al. 1987; Neal 2011, section 5.3.2), for samples of exp(-F) /
 * Z.
 *
 * Give each sample a random momentum p ~ N(0, 1) and let it roll over the energy without friction,
 * by the leapfrog integrator. H(u, p) = F(u) + |p|^2 / 2 would be conserved by an exact one; what
 * it is off is paid for by rejecting with probability 1 - min(1, exp(H(begin) - H(end))), so that
 * exp(-F) is the stationary density at any step size. Unlike Langevin's walk it is exact, and goes
 * far in one proposal.
 *
 * @param energy [batch, ...] -> [batch], each row's energy from that row alone.
 * @param start [batch, ...], one walk a row. @returns tensors that the caller owns; no gradient
 * flows back through the walk.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { energy, random, type Tensor1D } from 'dark-matter';
 * const start = random.normal(random.key(0), [1000, 2]);
 * const bowl = (u: typeof start) => u.square().sum(1).div(2) as Tensor1D;
 * const { position, acceptance } = energy.hmc(
 *   (u) => bowl(u as typeof start),
 *   start,
 *   random.key(1),
 *   { steps: 5, stepSize: 0.3 },
 * );
 * assert.ok(acceptance.mean().dataSync()[0] > 0.9 && position.size === 2000);
 * ```
 */
export function hmc(
  energy: (u: Tensor) => Tensor1D,
  start: Tensor,
  key: random.Key,
  options: HmcOptions,
): HmcResult {
  const { steps, stepSize, leapfrog = 10 } = options;
  expectNumber('steps', steps, { atLeast: 1, integer: true });
  expectNumber('stepSize', stepSize, { above: 0 });
  expectNumber('leapfrog', leapfrog, { atLeast: 1, integer: true });
  const [batch, ...rest] = start.shape as [number, ...number[]];
  const slopeOf = tf.grad((u) => energy(u as Tensor).sum());
  const total = (u: Tensor, p: Tensor): Tensor =>
    energy(u).add(p.square().reshape([batch, -1]).sum(1).div(2));

  /** Half a kick, then drift and kick in turn; the last kick is half a one. */
  const roll = (u: Tensor, p: Tensor) =>
    scan(
      (at: { u: Tensor; p: Tensor; slope: Tensor }) => {
        const half = at.p.sub(at.slope.mul(stepSize / 2));
        const moved = at.u.add(half.mul(stepSize));
        const slope = slopeOf(moved);
        return [{ u: moved, p: half.sub(slope.mul(stepSize / 2)), slope }, undefined] as const;
      },
      { u, p, slope: slopeOf(u) },
      leapfrog,
    )[0];

  const propose = (carry: { u: Tensor; accepted: Tensor }, i: Tensor) => {
    const [forMomentum, forChoice] = random.split(random.foldIn(key, i));
    const p = random.normal(forMomentum, start.shape);
    const end = roll(carry.u, p);
    const gained = total(end.u, end.p).sub(total(carry.u, p));
    // A walk that flew off to NaN or infinity is rejected.
    const probability = tf.where(
      tf.isFinite(gained),
      tf.exp(tf.minimum(gained.neg(), 0)),
      tf.zerosLike(gained),
    );
    const yes = random.uniform(forChoice, [batch]).less(probability);
    const everywhere = tf.broadcastTo(yes.reshape([batch, ...rest.map(() => 1)]), start.shape);
    const next = {
      u: tf.where(everywhere, end.u, carry.u),
      accepted: carry.accepted.add(probability),
    };
    return [next, gained.abs().mean()] as const;
  };

  return tree.tidy(() => {
    const [{ u, accepted }, errors] = scan(
      propose,
      { u: start, accepted: tf.zeros([batch]) as Tensor },
      steps,
    );
    return {
      position: u,
      acceptance: accepted.div(steps) as Tensor1D,
      energyError: errors as Tensor1D,
    };
  });
}
