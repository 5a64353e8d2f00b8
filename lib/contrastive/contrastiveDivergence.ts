import { tf, type Scalar, type Tensor, type Tensor1D } from '../core/engine';
import { expectNumber } from '../core/checks';
import type { EnergyMethod, NoState } from '../core/method';
import * as random from '../core/random';
import { stopGradient } from '../core/stopGradient';
import { langevin, type LangevinOptions } from '../energy/langevin';
import { energyOfNetwork, networkEnergy } from '../energy/networkEnergy';
import { inTraining, type Layer } from '../nn';

/**
 * The maximum-likelihood gradient of an energy-based model, with samples in place of the model's
 * expectation (Hinton 2002):
 *
 *     mean F(data) - mean F(samples)  +  regularisation * mean( F(data)^2 + F(samples)^2 )
 *
 * Down on the data, up on what the model itself finds plausible. Its value is not a measure of
 * progress: it hovers around 0 when all is well. The last term (Du and Mordatch 2019, section 3.3)
 * keeps the energies' scale from drifting.
 *
 * @param data [batch] energies of data. @param samples [batch] energies of samples, which were made
 * without gradient.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { contrastive, tf } from 'dark-matter';
 * // Energies of data and of samples: the loss is the difference of their means.
 * const loss = contrastive.divergenceLoss(tf.tensor1d([1, 3]), tf.tensor1d([5, 7]), 0);
 * assert.equal(loss.dataSync()[0], -4);
 * ```
 */
export function divergenceLoss(data: Tensor1D, samples: Tensor1D, regularisation = 0): Scalar {
  expectNumber('regularisation', regularisation, { atLeast: 0 });
  return tf.tidy(() => {
    const gap = data.mean().sub(samples.mean());
    return gap.add(data.square().mean().add(samples.square().mean()).mul(regularisation)) as Scalar;
  });
}

export interface DivergenceOptions<P> {
  /** [batch, ...] -> [batch, 1]. */
  readonly network: Layer<P>;
  /** How the contrastive samples are walked to. */
  readonly walk: LangevinOptions;
  /** Weight of the squared energies; default 0. */
  readonly regularisation?: number;
}

/**
 * Contrastive divergence, CD-k (Hinton 2002): the contrastive samples are k Langevin steps away
 * from the data. It carves walls around the data and leaves low energy wherever k steps do not
 * lead.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { contrastive, data, nn, random, train } from 'dark-matter';
 * const method = contrastive.contrastiveDivergence({
 *   network: nn.mlp([2, 16, 1]),
 *   walk: { steps: 5, stepSize: 0.03 },
 * });
 * const x = data.toys.moons.sample(random.key(0), 200);
 * const { history } = await train({ method, data: { x }, batch: 32, steps: 5, display: 'none' });
 * assert.ok(Number.isFinite(history.loss.at(-1)));
 * ```
 */
export function contrastiveDivergence<P>(
  options: DivergenceOptions<P>,
): EnergyMethod<P, NoState, { readonly x: Tensor }> {
  const { network, walk, regularisation } = options;
  const energyOf = networkEnergy(network);
  return {
    name: `CD-${walk.steps}`,
    mechanism: 'contrastive',
    options,
    init: (key) => ({ params: network.init(key), state: {} }),
    objective(params, { x }, key, state) {
      const how = inTraining(network, key);
      const current = (u: Tensor): Tensor1D => energyOf(params, u, how);
      const samples = stopGradient(langevin(current, x, key, walk));
      return { ...contrast(current(x), current(samples), regularisation), state };
    },
    ...energyOfNetwork(network),
  };
}

/** Walks that go on from step to step: [size, ...]. */
export interface Chains {
  readonly chains: Tensor;
}

/**
 * Persistent contrastive divergence (Tieleman 2008; with a replay buffer: Du and Mordatch 2019).
 * The walks do not start at the data: each goes on where it was when its turn came last, so that in
 * time they get anywhere, and find low energy far away.
 *
 * The buffer turns round: the first `batch` walks go on and are put back at the end. A share of
 * them starts afresh.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { contrastive, data, nn, random, train } from 'dark-matter';
 * const [network, walk] = [nn.mlp([2, 16, 1]), { steps: 5, stepSize: 0.03 }];
 * const start = (key: random.Key, n: number) => random.uniform(key, [n, 2], -3, 3);
 * const method = contrastive.persistentDivergence({ network, walk, start, size: 64 });
 * const x = data.toys.moons.sample(random.key(0), 200);
 * const { state } = await train({ method, data: { x }, batch: 32, steps: 5, display: 'none' });
 * assert.deepEqual(state.chains.shape, [64, 2]);
 * ```
 */
export function persistentDivergence<P>(
  options: DivergenceOptions<P> & {
    /** Where a walk starts: (key, n) -> [n, ...]. */
    readonly start: (key: random.Key, n: number) => Tensor;
    /** Walks kept, at least as many as a batch has examples; default 4096. */
    readonly size?: number;
    /** The share that starts afresh at each turn; default 0.05. */
    readonly restart?: number;
  },
): EnergyMethod<P, Chains, { readonly x: Tensor }> {
  const { network, walk, regularisation, start, size = 4096, restart = 0.05 } = options;
  expectNumber('size', size, { atLeast: 1, integer: true });
  expectNumber('restart', restart, { atLeast: 0, atMost: 1 });
  const energyOf = networkEnergy(network);
  return {
    name: `PCD-${walk.steps}`,
    mechanism: 'contrastive',
    options,
    init(key) {
      const [forNetwork, forChains] = random.split(key);
      const [params, chains] = [network.init(forNetwork), start(forChains, size)];
      tf.dispose([forNetwork, forChains]);
      return { params, state: { chains } };
    },
    objective(params, { x }, key, { chains }) {
      const batch = x.shape[0]!;
      expectNumber('batch', batch, { atLeast: 1, atMost: size });
      const [forRestart, forStart, forWalk] = random.split(key, 3);
      const afresh = random.bernoulli(forRestart, restart, [
        batch,
        ...x.shape.slice(1).map(() => 1),
      ]);
      const [turn, waiting] = tf.split(chains, [batch, size - batch]) as [Tensor, Tensor];
      const from = tf.where(tf.broadcastTo(afresh, turn.shape), start(forStart, batch), turn);
      const how = inTraining(network, key);
      const current = (u: Tensor): Tensor1D => energyOf(params, u, how);
      const samples = stopGradient(langevin(current, from, forWalk, walk));
      return {
        ...contrast(current(x), current(samples), regularisation),
        state: { chains: tf.concat([waiting, samples]) },
      };
    },
    ...energyOfNetwork(network),
  };
}

function contrast(data: Tensor1D, samples: Tensor1D, regularisation?: number) {
  return {
    loss: divergenceLoss(data, samples, regularisation),
    metrics: { data: data.mean() as Scalar, samples: samples.mean() as Scalar },
  };
}
