/**
 * What every method of the library is: an energy, a way to push it down on the data, and a
 * mechanism that keeps it from being low everywhere.
 */
import type { Scalar, Tensor, Tensor1D, Tensor2D } from './engine';
import type { Key } from './random';

/**
 * What keeps the energy from being low everywhere (the hard half of training an energy-based
 * model).
 * - 'none': nothing does, and the energy falls everywhere. Where a method has an option that takes
 *   its mechanism away (most of those without contrastive samples have), setting it leads here; the
 *   option's docstring says so.
 * - 'contrastive': the energy is pushed up on contrastive samples.
 * - 'regularised': a term on the embedding keeps its volume (variance, covariance, redundancy
 *   reduction, whitening).
 * - 'asymmetric': the two branches differ (predictor, stop-gradient, momentum), and agreement alone
 *   is not rewarded.
 * - 'clustered': targets are assignments to groups that are kept balanced.
 * - 'limited-latent': the information that a latent variable may hold is limited.
 * - 'reconstruction': the data itself, partly hidden, is the target and cannot be made trivial.
 * - 'supervised': labels, the baseline that needs no such mechanism.
 */
export type Mechanism =
  | 'none'
  | 'contrastive'
  | 'regularised'
  | 'asymmetric'
  | 'clustered'
  | 'limited-latent'
  | 'reconstruction'
  | 'supervised';

/**
 * What an objective gives back. All leaves are tensors, so the whole is a pytree and can be
 * compiled.
 */
export interface Objective<State> {
  /**
   * What the optimiser minimises: a scalar, the mean over the batch unless a method says otherwise.
   */
  readonly loss: Scalar;
  /** Scalars to follow, by name. They carry no gradient. */
  readonly metrics: Readonly<Record<string, Scalar>>;
  /** The state for the next step (queues, centres); the same as given where a method has none. */
  readonly state: State;
}

/** No state: `{}`. */
export type NoState = Readonly<Record<string, never>>;

/**
 * A method, as plain functions over pytrees. Nothing is mutated; the same key gives the same
 * result.
 *
 * Params: what the optimiser changes. State: what the method changes itself (an averaged target, a
 * queue). Batch: a record of tensors that share their first axis.
 */
export interface Method<Params, State, Batch> {
  /** The name the field knows it by, e.g. 'SimCLR'. */
  readonly name: string;
  readonly mechanism: Mechanism;
  /**
   * What it was made with. A checkpoint remembers it, so that `train` can say in what another run
   * differs.
   */
  readonly options?: object;
  init(key: Key): { readonly params: Params; readonly state: State };
  /** The loss of a batch. Pure, and traceable by `compile`: no data is read inside. */
  objective(params: Params, batch: Batch, key: Key, state: State): Objective<State>;
  /**
   * After the optimiser's step, with the new parameters: for an exponential moving average.
   * `progress` in [0, 1] is the part of the training done, for methods with a momentum schedule.
   */
  afterUpdate?(params: Params, state: State, progress: Scalar): State;
}

/** What makes an answer about one example a function of that example alone. */
export interface Calibrated<Params> {
  /**
   * Parameters for everything but training: each batch normalisation of each network gets the
   * statistics of its own inputs over x, in place of each batch's. Go on training with the ones
   * given. The caller owns the result, which shares no handle with `params`.
   *
   * @param x a few thousand examples, [examples, ...]: they go through the networks in one piece.
   * @param y what goes with each x, for methods whose networks look at both.
   */
  calibrate(params: Params, x: Tensor, y?: Tensor): Params;
}

/** A method that can be asked for the energy of a pair. */
export interface EnergyMethod<Params, State, Batch>
  extends Method<Params, State, Batch>, Calibrated<Params> {
  /**
   * F(x, y) for each pair of a batch, [batch]; low when y is compatible with x. Never the other
   * sign. Without dropout, and a function of the pair alone, whatever else is in the batch.
   *
   * @throws where a network has batch normalisation and `params` are not calibrated.
   */
  energy(params: Params, x: Tensor, y: Tensor): Tensor1D;
}

/** A method that learns a representation. */
export interface EmbeddingMethod<Params, State, Batch>
  extends Method<Params, State, Batch>, Calibrated<Params> {
  /**
   * The representation that is probed: [batch, ...] -> [batch, dim]. Without dropout, and a function
   * of each example alone, whatever else is in the batch.
   *
   * @throws where a network has batch normalisation and `params` are not calibrated.
   */
  embed(params: Params, x: Tensor): Tensor2D;
}
