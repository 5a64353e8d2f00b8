/**
 * Optimisers as functions over pytrees (the interface is optax's): `init` makes the state, `update`
 * turns gradients into updates to be added to the parameters. Nothing is mutated; every function's
 * caller owns what it returns.
 */
import { expectNumber } from '../core/checks';
import { tf, type Scalar, type Tensor } from '../core/engine';
import * as tree from '../core/pytree';
import { asRate, type Schedule } from './schedule';

export interface Optimizer<S = unknown> {
  /** What it is called, and made with: by this `train` tells runs apart. */
  readonly name?: string;
  readonly options?: object;
  init(params: unknown): S;
  /** @returns updates, of the structure of the parameters, and the next state. */
  update<P>(grads: P, state: S, params: P): { updates: P; state: S };
}

/** An optimiser whatever its state: what every `Optimizer<S>` can be passed for. */
export interface AnyOptimizer {
  readonly name?: string;
  readonly options?: object;
  init(params: unknown): unknown;
  update<P>(grads: P, state: never, params: P): { updates: P; state: unknown };
}

/** Which leaves something is done to, by path (`encoder[0].kernel`) and shape. */
export type LeafFilter = (path: string, leaf: Tensor) => boolean;

/**
 * Kernels, and not biases or the scales and offsets of normalisations: leaves of at least two axes.
 */
export const isKernel: LeafFilter = (_path, leaf) => leaf.rank > 1;

/**
 * params + updates.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { optim, tf } from 'dark-matter';
 * const { w } = optim.applyUpdates({ w: tf.scalar(1) }, { w: tf.scalar(-0.25) });
 * assert.equal(w.dataSync()[0], 0.75);
 * ```
 */
export function applyUpdates<P>(params: P, updates: P): P {
  return tree.map((p, u) => tf.add(p, u), params, updates);
}

function defineOptimizer<S>(optimizer: Optimizer<S>): Optimizer<S> {
  return {
    ...optimizer,
    init: (params) => tree.tidy(() => optimizer.init(params)),
    update: (grads, state, params) => tree.tidy(() => optimizer.update(grads, state, params)),
  };
}

const firstStep = (): Scalar => tf.scalar(0, 'int32');
const next = (step: Scalar): Scalar => step.add(tf.scalar(1, 'int32')) as Scalar;

export interface SgdOptions {
  readonly learningRate: number | Schedule;
  /** In [0, 1); default 0: none. */
  readonly momentum?: number;
  /** Looks ahead by one momentum step (Sutskever et al. 2013); default false. */
  readonly nesterov?: boolean;
  /** Added to the gradient as weightDecay * params (L2), at least 0; default 0. */
  readonly weightDecay?: number;
}

export interface MomentumState {
  /** int32 scalar: updates done. */
  readonly step: Scalar;
  /** Of the structure of the parameters. */
  readonly velocity: unknown;
}

/**
 * Stochastic gradient descent, with PyTorch's conventions: v = momentum v + g; update =
 * -learningRate v (or g + momentum v).
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { optim, tf } from 'dark-matter';
 * const [params, grads] = [{ w: tf.tensor1d([1, 2]) }, { w: tf.tensor1d([1, -1]) }];
 * const optimizer = optim.sgd({ learningRate: 0.1, momentum: 0.9 });
 * const { updates } = optimizer.update(grads, optimizer.init(params), params);
 * // Down where the gradient points up.
 * assert.ok(updates.w.dataSync()[0] < 0 && updates.w.dataSync()[1] > 0);
 * ```
 */
export function sgd(options: SgdOptions): Optimizer<MomentumState> {
  const { learningRate, momentum = 0, nesterov = false, weightDecay = 0 } = options;
  expectNumber('sgd: momentum', momentum, { atLeast: 0, below: 1 });
  expectNumber('sgd: weightDecay', weightDecay, { atLeast: 0 });
  const rate = asRate(learningRate);
  return defineOptimizer<MomentumState>({
    name: 'sgd',
    options: { learningRate, momentum, nesterov, weightDecay },
    init: (params) => ({ step: firstStep(), velocity: momentum ? tree.zerosLike(params) : [] }),
    update: (grads, state, params) => {
      const down = rate(state.step).neg();
      const decayed = weightDecay
        ? tree.map((g, p) => g.add(p.mul(weightDecay)), grads, params)
        : grads;
      const step = next(state.step);
      if (!momentum)
        return { updates: tree.map((g) => g.mul(down), decayed), state: { step, velocity: [] } };
      const velocity = tree.map((g, v) => v.mul(momentum).add(g), decayed, state.velocity);
      const ahead = nesterov
        ? tree.map((g, v) => v.mul(momentum).add(g), decayed, velocity)
        : velocity;
      return { updates: tree.map((v) => v.mul(down), ahead), state: { step, velocity } };
    },
  });
}

export interface AdamOptions {
  readonly learningRate: number | Schedule;
  /** In [0, 1); default 0.9. */
  readonly beta1?: number;
  /** In [0, 1); default 0.999. */
  readonly beta2?: number;
  /** Above 0; default 1e-8. */
  readonly epsilon?: number;
}

export interface AdamState {
  /** int32 scalar: updates done. */
  readonly step: Scalar;
  /** Averages of the gradient and of its square, of the structure of the parameters. */
  readonly mean: unknown;
  readonly square: unknown;
}

/**
 * Adam (Kingma & Ba 2015, algorithm 1). Its first update is -learningRate sign(gradient).
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { optim, tf } from 'dark-matter';
 * const [params, grads] = [{ w: tf.tensor1d([1, 2]) }, { w: tf.tensor1d([1, -1]) }];
 * const optimizer = optim.adam({ learningRate: 0.001 });
 * const { updates } = optimizer.update(grads, optimizer.init(params), params);
 * // The first step is as long as the rate, whatever the gradient's size.
 * assert.ok(Math.abs(updates.w.dataSync()[0] + 0.001) < 1e-6);
 * ```
 */
export const adam = (options: AdamOptions): Optimizer<AdamState> => ({
  ...adamw({ ...options, weightDecay: 0 }),
  name: 'adam',
});

export interface AdamwOptions extends AdamOptions {
  /** At least 0; default 0.01. */
  readonly weightDecay?: number;
  /** Which leaves decay; default all, as in PyTorch. `isKernel` spares biases and norms. */
  readonly decays?: LeafFilter;
}

/**
 * Adam with decoupled weight decay (Loshchilov & Hutter 2019, algorithm 2): update = -learningRate
 * (adam + weightDecay params).
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { optim, tf } from 'dark-matter';
 * const [params, grads] = [{ w: tf.tensor1d([1, 2]) }, { w: tf.tensor1d([1, -1]) }];
 * const optimizer = optim.adamw({ learningRate: 1e-3, weightDecay: 1e-4 });
 * const { updates } = optimizer.update(grads, optimizer.init(params), params);
 * // Down where the gradient points up.
 * assert.ok(updates.w.dataSync()[0] < 0 && updates.w.dataSync()[1] > 0);
 * ```
 */
export function adamw(options: AdamwOptions): Optimizer<AdamState> {
  const {
    learningRate,
    beta1 = 0.9,
    beta2 = 0.999,
    epsilon = 1e-8,
    weightDecay = 0.01,
    decays = () => true,
  } = options;
  expectNumber('adam: beta1', beta1, { atLeast: 0, below: 1 });
  expectNumber('adam: beta2', beta2, { atLeast: 0, below: 1 });
  expectNumber('adam: epsilon', epsilon, { above: 0 });
  expectNumber('adamw: weightDecay', weightDecay, { atLeast: 0 });
  const rate = asRate(learningRate);
  // 1 - beta^t, by expm1: the plain difference loses five of float32's seven digits at t = 1.
  const correction = (beta: number, t: Tensor): Tensor => t.mul(Math.log(beta)).expm1().neg();
  return defineOptimizer<AdamState>({
    name: 'adamw',
    options: { learningRate, beta1, beta2, epsilon, weightDecay, decays },
    init: (params) => ({
      step: firstStep(),
      mean: tree.zerosLike(params),
      square: tree.zerosLike(params),
    }),
    update: (grads, state, params) => {
      const step = next(state.step);
      const t = step.toFloat();
      const mean = tree.map((g, m) => m.mul(beta1).add(g.mul(1 - beta1)), grads, state.mean);
      const square = tree.map(
        (g, s) => s.mul(beta2).add(g.square().mul(1 - beta2)),
        grads,
        state.square,
      );
      const learning = rate(state.step);
      const down = learning.div(correction(beta1, t)).neg();
      const unbias = correction(beta2, t).reciprocal();
      const shrink = weightDecay ? learning.mul(-weightDecay) : undefined;
      const updates = tree.mapWithPath(
        (path, p, m, s) => {
          const update = m.mul(down).div(s.mul(unbias).sqrt().add(epsilon));
          return shrink && decays(path, p) ? update.add(p.mul(shrink)) : update;
        },
        params,
        mean,
        square,
      );
      return { updates, state: { step, mean, square } };
    },
  });
}

export interface LarsOptions {
  readonly learningRate: number | Schedule;
  /** In [0, 1); default 0.9. */
  readonly momentum?: number;
  /** At least 0; default 0. */
  readonly weightDecay?: number;
  /** The paper's eta: how far a layer may move for its size; default 0.001. */
  readonly trust?: number;
  /** Which leaves are adapted and decay; default `isKernel`. The others get plain momentum. */
  readonly adapts?: LeafFilter;
  /**
   * Whether the velocity already holds the learning rate, as in the paper, or is multiplied by it
   * afterwards, as in the code that people compare with. Default false: afterwards.
   */
  readonly rateInMomentum?: boolean;
}

/**
 * Layer-wise adaptive rates, for very large batches (You et al. 2017, algorithm 1).
 *
 *     local = trust |w| / ( |g| + weightDecay |w| )
 *     v     = momentum v + local (g + weightDecay w)
 *     update = -learningRate v
 *
 * The learning rate multiplies the velocity, as in `sgd`, in lightly's LARS and in the released
 * code of Barlow Twins. The paper's algorithm has it inside: v = momentum v + learningRate local (g
 * + weightDecay w), update = -v, which is `rateInMomentum`. At a constant rate the two are the
 * same; while the rate warms up, the paper's lags behind, because old gradients keep the rate they
 * came with. (Barlow Twins' code also divides by |g + weightDecay w|; here it is the paper's sum.)
 *
 * A layer whose weights or gradient are all zero has local = 1.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { optim, tf } from 'dark-matter';
 * const [params, grads] = [{ w: tf.tensor1d([1, 2]) }, { w: tf.tensor1d([1, -1]) }];
 * const optimizer = optim.lars({ learningRate: 0.1 });
 * const { updates } = optimizer.update(grads, optimizer.init(params), params);
 * // Down where the gradient points up.
 * assert.ok(updates.w.dataSync()[0] < 0 && updates.w.dataSync()[1] > 0);
 * ```
 */
export function lars(options: LarsOptions): Optimizer<MomentumState> {
  const {
    learningRate,
    momentum = 0.9,
    weightDecay = 0,
    trust = 0.001,
    adapts = isKernel,
    rateInMomentum = false,
  } = options;
  expectNumber('lars: momentum', momentum, { atLeast: 0, below: 1 });
  expectNumber('lars: weightDecay', weightDecay, { atLeast: 0 });
  expectNumber('lars: trust', trust, { above: 0 });
  const rate = asRate(learningRate);
  return defineOptimizer<MomentumState>({
    name: 'lars',
    options: { learningRate, momentum, weightDecay, trust, adapts, rateInMomentum },
    init: (params) => ({ step: firstStep(), velocity: tree.zerosLike(params) }),
    update: (grads, state, params) => {
      const learning = rate(state.step);
      const [inside, outside] = rateInMomentum
        ? [learning, tf.scalar(1)]
        : [tf.scalar(1), learning];
      const velocity = tree.mapWithPath(
        (path, g, p, v) => {
          if (!adapts(path, p)) return v.mul(momentum).add(g.mul(inside));
          const [weights, gradient] = [norm(p), norm(g)];
          const ratio = weights.mul(trust).div(gradient.add(weights.mul(weightDecay)).add(TINY));
          const local = tf.where(weights.mul(gradient).greater(0), ratio, tf.scalar(1));
          return v.mul(momentum).add(g.add(p.mul(weightDecay)).mul(inside.mul(local)));
        },
        grads,
        params,
        state.velocity,
      );
      return {
        updates: tree.map((v) => v.mul(outside.neg()), velocity),
        state: { step: next(state.step), velocity },
      };
    },
  });
}

/** Keeps a division by zero from happening; below every norm that matters. */
const TINY = 1e-30;

const norm = (x: Tensor): Tensor => x.square().sum().sqrt();

/**
 * The norm of all leaves together, a scalar: sqrt of the sum of all squares.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { optim, tf } from 'dark-matter';
 * const grads = { w: tf.tensor1d([3]), b: tf.tensor1d([4]) };
 * assert.ok(Math.abs(optim.globalNorm(grads).dataSync()[0] - 5) < 1e-5);
 * ```
 */
export function globalNorm(grads: unknown): Scalar {
  return tf.tidy(() => tf.addN(tree.leaves(grads).map((g) => g.square().sum())).sqrt() as Scalar);
}

/**
 * Scales gradients down to a global norm of `limit` where it is larger (Pascanu et al. 2013). For
 * `chain`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { optim, tf } from 'dark-matter';
 * const clip = optim.clipByGlobalNorm(1);
 * const grads = { w: tf.tensor1d([3, 4]) };
 * const { updates } = clip.update(grads, clip.init(grads), grads);
 * assert.ok(Math.abs(optim.globalNorm(updates).dataSync()[0] - 1) < 1e-4);
 * ```
 */
export function clipByGlobalNorm(limit: number): Optimizer<readonly []> {
  expectNumber('clipByGlobalNorm: limit', limit, { above: 0 });
  return defineOptimizer<readonly []>({
    name: 'clipByGlobalNorm',
    options: { limit },
    init: () => [],
    update: (grads, state) => {
      const scale = tf.div(limit, tf.maximum(globalNorm(grads), limit));
      return { updates: tree.map((g) => g.mul(scale), grads), state };
    },
  });
}

/**
 * One after the other, each with the updates of the one before as its gradients:
 * `chain(clipByGlobalNorm(1), adam(...))`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { optim, tf } from 'dark-matter';
 * const [params, grads] = [{ w: tf.tensor1d([1, 2]) }, { w: tf.tensor1d([1, -1]) }];
 * const optimizer = optim.chain(optim.clipByGlobalNorm(1), optim.sgd({ learningRate: 0.1 }));
 * const { updates } = optimizer.update(grads, optimizer.init(params), params);
 * // Down where the gradient points up.
 * assert.ok(updates.w.dataSync()[0] < 0 && updates.w.dataSync()[1] > 0);
 * ```
 */
export function chain(...optimizers: readonly AnyOptimizer[]): Optimizer<readonly unknown[]> {
  return defineOptimizer<readonly unknown[]>({
    name: 'chain',
    options: optimizers,
    init: (params) => optimizers.map((optimizer) => optimizer.init(params)),
    update: (grads, state, params) => {
      let updates = grads;
      const states = optimizers.map((optimizer, i) => {
        const result = optimizer.update(updates, state[i] as never, params);
        updates = result.updates;
        return result.state;
      });
      return { updates, state: states };
    },
  });
}
