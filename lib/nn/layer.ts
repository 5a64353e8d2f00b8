/**
 * A layer is data and a function: `init` makes the parameters from a key, `apply` uses them (the
 * way of stax, Flax and Equinox). Nothing is hidden in an object, so parameters can be averaged,
 * interpolated, saved and compiled.
 */
import type { Tensor } from '../core/engine';
import { clone, tidy } from '../core/pytree';
import { foldIn, type Key } from '../core/random';

/** What a layer may be told besides its input. */
export interface ApplyOptions {
  /**
   * Given in training: layers that are random (dropout) draw from it. Without a key they are the
   * identity.
   */
  readonly key?: Key;
  /**
   * [batch, length]: 1 where a position is to be attended to, 0 where it is padding. For attention
   * only.
   */
  readonly mask?: Tensor;
  /**
   * True outside of training: each example's output is to depend on that example alone. Batch
   * normalisation then refuses parameters that were not calibrated. Default false.
   */
  readonly inference?: boolean;
}

export interface Layer<P = unknown> {
  /** What the layer is, for errors and summaries: 'dense', 'conv2d'. */
  readonly name: string;
  /** True when `apply` uses `options.key`. */
  readonly stochastic?: boolean;
  /** New parameters. The same key gives the same parameters. The caller owns them. */
  init(key: Key): P;
  /**
   * The output for a batch; pure, differentiable, traceable by `compile`.
   * @throws when x has another shape.
   */
  apply(params: P, x: Tensor, options?: ApplyOptions): Tensor;
  /**
   * Parameters with the statistics of `x`, the layer's input over a whole data set, filled in, for
   * layers that use their batch's statistics in training. The result shares no handle with
   * `params`.
   */
  calibrate?(params: P, x: Tensor): P;
}

/** A layer whatever its parameters: what every `Layer<P>` can be passed for. */
export interface AnyLayer {
  readonly name: string;
  readonly stochastic?: boolean;
  init(key: Key): unknown;
  apply(params: never, x: Tensor, options?: ApplyOptions): Tensor;
  calibrate?(params: never, x: Tensor): unknown;
}

/** The parameters of a layer: `ParamsOf<typeof net>`. */
export type ParamsOf<L> = L extends { init(key: Key): infer P } ? P : never;

/** The parameters of a layer that has none: `{}`. */
export type NoParams = Readonly<Record<string, never>>;

/**
 * What a method tells a layer in training: a random one gets a key of its own, made from the
 * objective's; the others are spared the work.
 *
 * @param key of the step. Without one, layers that are random are the identity.
 * @param index which of the method's networks, or views, it is.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { nn, random, tf } from 'dark-matter';
 * // What a method's objective does: dropout gets a key of the step's.
 * const [layer, x] = [nn.dropout(0.5), tf.ones([1000])];
 * const y = layer.apply({}, x, nn.inTraining(layer, random.key(0)));
 * assert.equal(y.min().dataSync()[0], 0);
 * ```
 */
export function inTraining(layer: AnyLayer, key: Key | undefined, index = 0): ApplyOptions {
  return key && layer.stochastic ? { key: foldIn(key, LAYERS + index) } : {};
}

/** What a method tells a layer outside of training: each example by itself, and no dropout. */
export const inInference: ApplyOptions = { inference: true };

/** From here on a step's key is folded for layers, apart from what methods count with it. */
const LAYERS = 2 ** 31;

/**
 * A layer whose functions free the tensors that they make on the way.
 *
 * @example
 * ```ts
 * import { nn, random, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const shift = nn.defineLayer({
 *   name: 'shift',
 *   init: () => ({ by: tf.ones([2]) }),
 *   apply: ({ by }: { by: ReturnType<typeof tf.ones> }, x) => x.add(by),
 * });
 * const y = shift.apply(shift.init(random.key(0)), tf.zeros([1, 2]));
 * assert.deepEqual([...y.dataSync()], [1, 1]);
 * ```
 */
export function defineLayer<P>(layer: Layer<P>): Layer<P> {
  const calibrateLayer = layer.calibrate;
  return {
    ...layer,
    init: (key) => tidy(() => layer.init(key)),
    apply: (params, x, options) => tidy(() => layer.apply(params, x, options)),
    ...(calibrateLayer && {
      calibrate: (params: P, x: Tensor) => tidy(() => calibrateLayer(params, x)),
    }),
  };
}

/**
 * A layer without parameters, from its function.
 *
 * @example
 * ```ts
 * import { nn, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const square = nn.fromFunction('square', (x) => x.square());
 * assert.deepEqual([...square.apply({}, tf.tensor1d([2, 3])).dataSync()], [4, 9]);
 * ```
 */
export function fromFunction(name: string, f: (x: Tensor) => Tensor): Layer<NoParams> {
  return defineLayer({ name, init: () => ({}), apply: (_params, x) => f(x) });
}

/**
 * The parameters for evaluation: batch normalisation gets the statistics of `x` instead of each
 * batch's. Layers that have no statistics keep their parameters. The caller owns the result, which
 * shares no handle with `params`.
 *
 * @param x a few thousand examples, [examples, ...]: they go through the layers in one piece.
 * @example
 * ```ts
 * import { nn, random, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const layer = nn.batchNorm(2);
 * const x = random.normal(random.key(1), [500, 2]);
 * const params = nn.calibrate(layer, layer.init(random.key(0)), x);
 * const alone = layer.apply(params, tf.zeros([1, 2])); // no longer its batch's statistics
 * assert.ok(alone.abs().max().dataSync()[0]! < 0.2);
 * ```
 */
export function calibrate<P>(layer: Layer<P>, params: P, x: Tensor): P {
  return layer.calibrate ? layer.calibrate(params, x) : clone(params);
}
