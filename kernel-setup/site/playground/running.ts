/** One training in the background, that can be stopped and gone on with. */
import { tf } from 'dark-matter/core/engine';
import type { Method } from 'dark-matter/core/method';
import * as tree from 'dark-matter/core/pytree';
import { TrainingDiverged, TrainingInterrupted } from 'dark-matter/train/errors';
import { adam } from 'dark-matter/train/optimizers';
import { train } from 'dark-matter/train/train';

/** What a training has learned so far. */
export interface Learned<P, S> {
  readonly params: P;
  readonly state: S;
}

export interface RunOptions<P, S, B> {
  readonly method: Method<P, S, B>;
  readonly batch: (step: number) => B;
  /** Read at each step. */
  readonly rate: () => number;
  /** What to go on from; taken over. */
  readonly from?: Learned<P, S> | undefined;
  readonly onStep: (learned: Learned<P, S>, standing: { step: number; loss: () => number }) => void;
  /** Told once, unless it was stopped: the training is over. */
  readonly onEnd: (trouble?: string) => void;
}

export interface Running<P, S> {
  /** The caller owns what was learned; nothing where it ran away. */
  stop(): Promise<Learned<P, S> | undefined>;
}

/** After so many steps without a change there is nothing more to see. */
const STEPS = 20_000;

export function run<P, S, B>(options: RunOptions<P, S, B>): Running<P, S> {
  const { method, batch, rate, from, onStep, onEnd } = options;
  const controller = new AbortController();
  const init = from ? () => tree.clone({ params: from.params, state: from.state }) : method.init;
  const ended = train({
    method: { ...method, init },
    data: batch as (step: number) => B,
    steps: STEPS,
    optimizer: adam({ learningRate: () => tf.scalar(rate()) }),
    signal: controller.signal,
    display: 'none',
    onStep: ({ step, params, state, loss }) => onStep({ params, state }, { step, loss }),
  }).then(
    (trained) => {
      onEnd();
      return trained;
    },
    (error: unknown) => {
      if (error instanceof TrainingInterrupted) return error.partial as Learned<P, S>;
      if (error instanceof TrainingDiverged) error.partial.dispose();
      onEnd(
        error instanceof TrainingDiverged
          ? 'The training ran away: the learning rate is too high. Lower it, and start again.'
          : String(error),
      );
      return undefined;
    },
  );
  void ended.finally(() => from && tree.dispose([from.params, from.state]));
  return {
    stop: () => {
      controller.abort();
      return ended;
    },
  };
}
