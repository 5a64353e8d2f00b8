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
 */
export class TrainingInterrupted<P = unknown, S = unknown> extends TrainingStopped<P, S> {
  override readonly name = 'AbortError';
}

/**
 * The loss or the parameters became NaN or infinite. `partial` holds the latest parameters that
 * were looked at and finite.
 */
export class TrainingDiverged<P = unknown, S = unknown> extends TrainingStopped<P, S> {
  override readonly name = 'TrainingDiverged';
  constructor(
    message: string,
    partial: Trained<P, S>,
    /** The first step whose loss is not finite, or after which the parameters were found not to be. */ readonly step: number,
  ) {
    super(message, partial);
  }
}
