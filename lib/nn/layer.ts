/**
 * A layer is data and a function: `init` makes the parameters from a key, `apply` uses them (the
 * way of stax, Flax and Equinox). Nothing is hidden in an object, so parameters can be averaged,
 * interpolated, saved and compiled.
 */
import type { Tensor } from '../core/engine';
import { clone, tidy } from '../core/pytree';
import type { Key } from '../core/random';

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

/** A layer whose functions free the tensors that they make on the way. */
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

/** A layer without parameters, from its function. */
export function fromFunction(name: string, f: (x: Tensor) => Tensor): Layer<NoParams> {
  return defineLayer({ name, init: () => ({}), apply: (_params, x) => f(x) });
}

/**
 * The parameters for evaluation: batch normalisation gets the statistics of `x` instead of each
 * batch's. Layers that have no statistics keep their parameters. The caller owns the result, which
 * shares no handle with `params`.
 *
 * @param x a few thousand examples, [examples, ...]: they go through the layers in one piece.
 */
export function calibrate<P>(layer: Layer<P>, params: P, x: Tensor): P {
  return layer.calibrate ? layer.calibrate(params, x) : clone(params);
}
