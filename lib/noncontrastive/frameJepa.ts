/** A joint-embedding predictive architecture for frames: predict the next one's features. */
import { expectNumber, expectOneOf, expectSameShape } from '../core/checks';
import { ema, linearMomentum } from '../core/ema';
import { tf, type Scalar, type Tensor, type Tensor1D, type Tensor2D } from '../core/engine';
import type { EnergyMethod, Objective } from '../core/method';
import * as tree from '../core/pytree';
import * as random from '../core/random';
import { stopGradient } from '../core/stopGradient';
import { calibrate, inInference, inTraining, type ApplyOptions, type Layer } from '../nn';
import { sigregLoss, weighSigreg, type SigregOptions } from './sigreg';
import { standardTokens } from './standardTokens';

export interface FrameJepaParams<E, P> {
  readonly encoder: E;
  readonly predictor: P;
}

/** The target encoder: an average of the encoder's past. */
export interface FrameJepaState<E> {
  readonly target: E;
}

export interface FrameJepaBatch {
  /** [batch, frames, ...frame]: what is seen, in order. */
  readonly past: Tensor;
  /** [batch, ...frame]: the frame that came. */
  readonly next: Tensor;
}

export interface FrameJepaOptions<E, P> extends SigregOptions {
  /** A frame to its features: [batch, ...frame] -> [batch, features]. */
  readonly encoder: Layer<E>;
  /** The features of all seen frames side by side to those of the next: [batch, features]. */
  readonly predictor: Layer<P>;
  /**
   * What keeps all frames from having the same features. 'average' (default): targets come from an
   * average of the encoder's past, without gradient, standardised one by one, as in I-JEPA and
   * V-JEPA. 'sigreg': the features of all frames are to be distributed like N(0, I), as in LeJEPA.
   * 'none': targets come from the encoder itself, with its gradient: collapse.
   */
  readonly guard?: 'average' | 'sigreg' | 'none';
  /**
   * Of 'average': its first weight of its own past, in [0, 1], rising to 1 in a straight line.
   * Default 0.996.
   */
  readonly momentum?: number;
  /** Of 'sigreg': the regulariser's share of the loss, in [0, 1]. Default 0.05. */
  readonly lambda?: number;
}

/** The method, and what only it has: features of frames, and predicted ones. */
export interface FrameJepa<E, P> extends EnergyMethod<
  FrameJepaParams<E, P>,
  FrameJepaState<E>,
  FrameJepaBatch
> {
  /** What is to be predicted of each frame, [batch, ...frame] -> [batch, features]. */
  features(params: FrameJepaParams<E, P>, frames: Tensor): Tensor2D;
  /** What is predicted of the next, [batch, frames, ...frame] -> [batch, features]. */
  predict(params: FrameJepaParams<E, P>, past: Tensor): Tensor2D;
}

/**
 * A joint-embedding predictive architecture, JEPA (LeCun 2022, section 4.4), on frames.
 *
 *     loss = mean over features of ( predictor(f(frame 1), f(frame 2), ...) - f(next frame) )^2
 *
 * One encoder f looks at each frame by itself; the predictor says what it will say of the next. No
 * pixel is predicted: what f leaves out of its features need not be. Energy: F(x, y) is this mean
 * for the frames x and the frame y that may follow, by one encoder. Mechanism: that of the `guard`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { nn, noncontrastive, random, train } from 'dark-matter';
 * const [encoder, predictor] = [nn.dense(6, 8), nn.mlp([2 * 8, 16, 8])];
 * const method = noncontrastive.frameJepa({ encoder, predictor });
 * const frames = random.normal(random.key(0), [32, 3, 6]);
 * const [past, next] = [frames.slice([0, 0], [32, 2]), frames.slice([0, 2], [32, 1]).squeeze([1])];
 * const data = { past, next };
 * const { params } = await train({ method, data, batch: 16, steps: 3, display: 'none' });
 * assert.deepEqual(method.energy(params, past, next).shape, [32]);
 * ```
 */
export function frameJepa<E, P>(options: FrameJepaOptions<E, P>): FrameJepa<E, P> {
  const {
    encoder,
    predictor,
    guard = 'average',
    momentum = 0.996,
    lambda = 0.05,
    ...sigreg
  } = options;
  expectOneOf('frameJepa: guard', guard, ['average', 'sigreg', 'none']);
  expectNumber('frameJepa: momentum', momentum, { atLeast: 0, atMost: 1 });
  expectNumber('frameJepa: lambda', lambda, { atLeast: 0, atMost: 1 });
  type Params = FrameJepaParams<E, P>;
  /** The next frame's features, as they are predicted. */
  const goal = (z: Tensor2D): Tensor2D => (guard === 'sigreg' ? z : standardTokens(z));
  /** [batch, frames, ...] -> [batch * frames, ...]: the encoder looks at each frame by itself. */
  const apart = (past: Tensor): Tensor => {
    const [batch, frames, ...frame] = past.shape as [number, number, ...number[]];
    return past.reshape([batch * frames, ...frame]);
  };
  /** The features of all frames, [batch, frames * features]. */
  const seen = (own: E, past: Tensor, how: ApplyOptions): Tensor2D =>
    encoder.apply(own, apart(past), how).reshape([past.shape[0]!, -1]) as Tensor2D;
  const predict = (params: Params, past: Tensor): Tensor2D =>
    tf.tidy(() => {
      const z = seen(params.encoder, past, inInference);
      return predictor.apply(params.predictor, z, inInference) as Tensor2D;
    });
  const features = (params: Params, frames: Tensor): Tensor2D =>
    tf.tidy(() => goal(encoder.apply(params.encoder, frames, inInference) as Tensor2D));
  return {
    name: 'JEPA',
    mechanism: ({ average: 'asymmetric', sigreg: 'regularised', none: 'none' } as const)[guard],
    options,
    init(key) {
      const [forEncoder, forPredictor] = random.split(key);
      const params = { encoder: encoder.init(forEncoder), predictor: predictor.init(forPredictor) };
      tf.dispose([forEncoder, forPredictor]);
      return { params, state: { target: tree.clone(params.encoder) } };
    },
    objective(params, { past, next }, key, state): Objective<FrameJepaState<E>> {
      const context = seen(params.encoder, past, inTraining(encoder, key, 0));
      const told = predictor.apply(params.predictor, context, inTraining(predictor, key, 1));
      const averaged = guard === 'average';
      const own = averaged ? state.target : params.encoder;
      const how = averaged ? {} : inTraining(encoder, key, 2);
      const z = encoder.apply(own, next, how) as Tensor2D;
      const target = averaged ? stopGradient(goal(z)) : goal(z);
      const prediction = told.sub(target).square().mean() as Scalar;
      if (guard !== 'sigreg') return { loss: prediction, metrics: {}, state };
      const width = z.shape[1];
      const all = tf.concat([context.reshape([-1, width]), z]) as Tensor2D;
      const terms = { prediction, sigreg: sigregLoss(all, key, sigreg) };
      return { loss: weighSigreg(terms, lambda), metrics: terms, state };
    },
    afterUpdate: ({ encoder: online }, { target }, progress) => ({
      target:
        guard === 'average' ? ema(target, online, linearMomentum(momentum, progress)) : target,
    }),
    energy: (params, x, y) =>
      tf.tidy(() => {
        const [told, came] = [predict(params, x), features(params, y)];
        expectSameShape('energy: predicted and actual features', told, came);
        return told.sub(came).square().mean(1) as Tensor1D;
      }),
    calibrate: (params, x) =>
      tree.tidy(() => {
        const own = calibrate(encoder, params.encoder, apart(x));
        const context = seen(own, x, inInference);
        return { encoder: own, predictor: calibrate(predictor, params.predictor, context) };
      }),
    features,
    predict,
  };
}
