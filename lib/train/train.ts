import { expectNumber } from '../core/checks';
import type { Key } from '../core/random';
import { remember } from './errors';
import type { TrainOptions } from './options';
import { Training } from './training';
import type { Trained } from './trained';

export type { StepEvent, TrainOptions } from './options';

/**
 * Trains a method. Gathering the batch, augmenting it, loss, gradients, optimiser, moving averages
 * and metrics are one compiled call; the loss of every step is in the history, read in bulk so that
 * no step waits for it.
 *
 * The run is a function of its options: the same seed gives the same bits in the same mode, and a
 * run resumed from a checkpoint ends where the uninterrupted one would have. (An async iterable
 * must then begin at the checkpoint's step.)
 *
 * @returns the caller owns the parameters and the state: `trained.dispose()`.
 * @throws TrainingInterrupted (name 'AbortError') when `signal` or the notebook's Stop ends it,
 * within a step, and TrainingDiverged when the loss is NaN or infinite, naming the example where the
 * data is. Whatever ends a training after its first step (a callback's error, a full disk) carries
 * what there is as `error.partial`, the catcher's to dispose of; `lastError()` has it in a later cell.
 * Where the batch lacks a key, an error that names those given and those that the method expects;
 * where `resume` finds another run's checkpoint, one that says what differs.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { nn, random, supervised, train, type Tensor1D } from 'dark-matter';
 *
 * const x = random.normal(random.key(0), [64, 4]);
 * const data = { x, labels: x.argMax(1) as Tensor1D };
 * const method = supervised({ encoder: nn.dense(4, 8), features: 8, classes: 4 });
 * const { history } = await train({ method, data, batch: 16, steps: 50 });
 * assert(history.loss.at(-1)! < history.loss[0]!);
 * ```
 */
export function train<P, S, B>(
  options: Omit<TrainOptions<P, S, B, B>, 'augment'> & { augment?: undefined },
): Promise<Trained<P, S>>;
export function train<P, S, E, B>(
  options: TrainOptions<P, S, E, B> & { augment: (examples: E, key: Key) => B },
): Promise<Trained<P, S>>;
export async function train<P, S, E, B>(options: TrainOptions<P, S, E, B>): Promise<Trained<P, S>> {
  const { steps, checkpoint } = options;
  expectNumber('train: steps', steps, { atLeast: 1, integer: true });
  if (checkpoint)
    expectNumber('train: checkpoint.every', checkpoint.every, { atLeast: 1, integer: true });
  if (checkpoint?.keep !== undefined)
    expectNumber('train: checkpoint.keep', checkpoint.keep, { atLeast: 1, integer: true });
  const training = new Training(options);
  try {
    await training.begin();
    return await training.loop();
  } catch (error) {
    training.rescue(error);
    remember(error);
    throw error;
  } finally {
    await training.close();
  }
}
