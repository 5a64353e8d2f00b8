import type { Trained } from './trained';

/**
 * Why a training ended early; `partial` is what there is, and its tensors are the catcher's to
 * dispose of.
 */
abstract class TrainingStopped<P, S> extends Error {
  constructor(
    message: string,
    readonly partial: Trained<P, S>,
  ) {
    super(message);
  }
}

/**
 * A signal or the notebook's Stop ended the training. Its name is 'AbortError', as the platform's
 * own.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { energy, nn, train, TrainingInterrupted, tf } from 'dark-matter';
 * const run = {
 *   method: energy.pushDown({ network: nn.dense(1, 1) }),
 *   data: { x: tf.ones([8, 1]) },
 * };
 * const signal = AbortSignal.abort();
 * await train({ ...run, batch: 8, steps: 1000, signal, display: 'none' }).catch((error) => {
 *   assert.ok(error instanceof TrainingInterrupted && error.partial.steps < 1000);
 * });
 * ```
 */
export class TrainingInterrupted<P = unknown, S = unknown> extends TrainingStopped<P, S> {
  override readonly name = 'AbortError';
}

/**
 * The loss or the parameters became NaN or infinite. `partial` holds the latest parameters that
 * were looked at and finite.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { energy, nn, optim, train, TrainingDiverged, tf } from 'dark-matter';
 * const run = {
 *   method: energy.pushDown({ network: nn.dense(1, 1) }),
 *   data: { x: tf.ones([8, 1]) },
 * };
 * const huge = optim.sgd({ learningRate: 1e38 });
 * await train({ ...run, batch: 8, steps: 20, optimizer: huge, display: 'none' }).catch(
 *   (error) => {
 *     assert.ok(error instanceof TrainingDiverged && error.step > 0);
 *   },
 * );
 * ```
 */
export class TrainingDiverged<P = unknown, S = unknown> extends TrainingStopped<P, S> {
  override readonly name = 'TrainingDiverged';
  constructor(
    message: string,
    partial: Trained<P, S>,
    /**
     * The first step whose loss is not finite, or after which the parameters were found not to be.
     */
    readonly step: number,
  ) {
    super(message, partial);
  }
}

/** Frees what a training left in the error that ended it, where nobody is to go on from there. */
export function disposePartial(error: unknown): void {
  if (error instanceof Error && 'partial' in error)
    (error as Error & { readonly partial: Trained<unknown, unknown> }).partial.dispose();
}

let last: Error | undefined;

/** Notes with what a training ended. */
export function remember(error: unknown): void {
  last = error instanceof Error ? error : new Error(String(error));
}

/**
 * The error with which the latest training that failed ended, kept for the cell after: what was
 * learned until Stop, or until the loss became NaN, is its `partial`.
 *
 * @returns undefined where no training failed since the start.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { lastError, nn, supervised, tf, train } from 'dark-matter';
 *
 * const method = supervised({ encoder: nn.dense(4, 8), features: 8, classes: 2 });
 * const data = { x: tf.fill([8, 4], NaN), labels: tf.tensor1d(new Int32Array(8)) };
 * await train({ method, data, batch: 8, steps: 5 }).catch(() => undefined);
 * assert.match(lastError()!.message, /x of example \d is NaN/);
 * assert.equal(lastError()!.partial!.steps, 0);
 * ```
 */
export function lastError<P = unknown, S = unknown>():
  (Error & { readonly partial?: Trained<P, S> }) | undefined {
  return last;
}
