/** How different two densities are, from samples of both. */
import { expectNumber, expectShape } from '../core/checks';
import { tf, type Tensor, type Tensor1D, type Tensor2D } from '../core/engine';

/** A density that can be asked, and samples of it. */
export interface SampledDensity {
  /** log p in nats: [n, dim] -> [n]; -Infinity where p is 0. */
  logDensity(x: Tensor2D): Tensor1D;
  /** [n, dim], not those that the density was fitted to. */
  readonly samples: Tensor2D;
}

/**
 * The Jensen-Shannon divergence of two densities in nats, estimated on samples of both (Lin 1991):
 * with m = (p + q) / 2 it is half of KL(p || m) plus half of KL(q || m). About 0 for equal
 * densities, at most log 2 = 0.693, which is what densities get that have no place in common. The
 * best critic of the original GAN has a loss of 2 log 2 - 2 JS (Goodfellow et al. 2014, theorem 1).
 *
 * Never infinite, unlike the KL divergence: a generator that is nowhere near the data gets log 2.
 *
 * @throws where samples are not of the same dimension, or there are none.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { data, measure, random } from 'dark-matter';
 *
 * const { moons } = data.toys;
 * const p = { logDensity: moons.logDensity, samples: moons.sample(random.key(0), 500) };
 * assert.ok(Math.abs(measure.jensenShannon(p, p)) < 1e-6);
 * ```
 */
export function jensenShannon(p: SampledDensity, q: SampledDensity): number {
  const { n, dim } = expectShape('p.samples', p.samples, ['n', 'dim']) as {
    n: number;
    dim: number;
  };
  const { m } = expectShape('q.samples', q.samples, ['m', dim]) as { m: number };
  expectNumber('p.samples: rows', n, { atLeast: 1 });
  expectNumber('q.samples: rows', m, { atLeast: 1 });
  const result = tf.tidy(() => excess(p, q).add(excess(q, p)).div(2));
  const [value] = result.dataSync();
  result.dispose();
  return value!;
}

/** KL( own || (own + other) / 2 ), on own's samples. */
function excess(own: SampledDensity, other: SampledDensity): Tensor {
  const [here, there] = [own.logDensity(own.samples), other.logDensity(own.samples)];
  // log 2 - log(1 + other / own): bounded above, and exact where the other is 0.
  return tf.sub(Math.LN2, tf.softplus(there.sub(here))).mean();
}
