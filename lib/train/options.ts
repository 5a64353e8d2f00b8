/** What a training is told. */
import type { Mode } from '../core/compile';
import type { Method } from '../core/method';
import type { Key } from '../core/random';
import type { AnyOptimizer } from './optimizers';
import type { ProgressDisplay } from './progress';
import type { Data } from './source';

/** What `onStep` is told after a step. The tensors are lent: clone what is to be kept. */
export interface StepEvent<P, S> {
  /** Steps done, from 1. */
  readonly step: number;
  readonly params: P;
  readonly state: S;
  /** The loss before the step's update. Reading it waits for the step. */
  loss(): number;
}

export interface TrainOptions<P, S, E, B> {
  readonly method: Method<P, S, B>;
  /**
   * Examples: a record of tensors [examples, ...] that stay where they are, or batches from a
   * function or an async iterable. Its keys are those of the method's batch (`{ x1, x2 }`), or,
   * with `augment`, those that `augment` takes.
   */
  readonly data: Data<E>;
  /** Updates in all, those of a resumed checkpoint included. */
  readonly steps: number;
  /** Examples a step; needed when `data` is a record of tensors. */
  readonly batch?: number;
  /**
   * Integer; default 0. The parameters start as `method.init(random.key(seed))`, and the same seed
   * gives the same run.
   */
  readonly seed?: number;
  /** Default `adam({ learningRate: 1e-3 })`. */
  readonly optimizer?: AnyOptimizer;
  /** Makes the batch of the gathered examples, inside the compiled step. */
  readonly augment?: (examples: E, key: Key) => B;
  /** Stops the training when aborted, as does the notebook's Stop. */
  readonly signal?: AbortSignal;
  /**
   * Saves everything each `every` steps, at the end and where it is stopped, into a folder of the run's own within
   * `dir`, and keeps the latest `keep` (default 2) of this run. The losses so far are beside them:
   * `loadHistory(dir)`.
   */
  readonly checkpoint?: { readonly dir: string; readonly every: number; readonly keep?: number };
  /**
   * A checkpoint, or a folder of them, to go on from; or true: the latest in `checkpoint.dir`, where
   * there is one. It must be this run's: of the same method with the same options, optimiser with
   * the same settings, data of the same shape, batch and seed. `steps` may be more.
   */
  readonly resume?: boolean | string;
  /**
   * true goes on from another run's checkpoint on purpose: with another learning rate, another loss,
   * other data. The tensors must still fit. Default false.
   */
  readonly allowChanged?: boolean;
  readonly onStep?: (event: StepEvent<P, S>) => void | Promise<void>;
  readonly display?: ProgressDisplay;
  /**
   * How the step runs, as in `compile`. Default 'graph', which repeats to the bit and starts at
   * once; 'xla' repeats too, and is up to twice as fast where the step is small; 'auto' takes the
   * faster of the two, which need not be the same one in the next run, and they round differently.
   */
  readonly mode?: Mode;
}
