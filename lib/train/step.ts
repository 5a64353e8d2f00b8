/** One step of training as a pure function: what `train` compiles into a single call. */
import { tf, type Scalar, type Tensor } from '../core/engine';
import type { Method } from '../core/method';
import * as tree from '../core/pytree';
import { foldIn, split, type Key } from '../core/random';
import { valueAndGrad } from './grad';
import { watchKeys, type Watched } from './batchKeys';
import { firstBad, watchedPaths } from './nonFinite';
import { applyUpdates, type AnyOptimizer } from './optimizers';

/** What goes from one step to the next; all that a checkpoint holds. */
export interface Carry<P, S> {
  readonly params: P;
  readonly state: S;
  readonly optimizer: unknown;
  /** int32 scalar: the steps done. */
  readonly step: Scalar;
}

/**
 * A step's examples: all of the data and the indices of the batch (int32 [batch]), or the batch
 * itself.
 */
export type StepInput<E> = {
  readonly key: Key;
  readonly data: E;
  readonly indices?: Tensor;
  /** Of the whole training, for methods with a schedule of their own. */
  readonly steps: Scalar;
};

export interface StepOutput<P, S> {
  readonly carry: Carry<P, S>;
  /**
   * [1 + metrics + watched]: the loss, the metrics by name in alphabetical order, and, where `data`
   * is the batch itself, the first example in it that is not finite, for each of its tensors.
   */
  readonly record: Tensor;
}

export interface StepOptions<P, S, E, B> {
  readonly method: Method<P, S, B>;
  readonly optimizer: AnyOptimizer;
  readonly augment?: (examples: E, key: Key) => B;
  /**
   * Told what the record holds, in its order, whenever the step is traced: the metrics' names and
   * the watched tensors' paths.
   */
  readonly onRecord: (names: readonly string[], watched: readonly string[]) => void;
}

/** Gather, augment, objective, gradients, optimiser, and what the method does afterwards. */
export function makeStep<P, S, E, B>(
  options: StepOptions<P, S, E, B>,
): (carry: Carry<P, S>, input: StepInput<E>) => StepOutput<P, S> {
  const { method, optimizer, augment, onRecord } = options;
  return ({ params, state, optimizer: optimizerState, step }, { key, data, indices, steps }) =>
    tree.tidy(() => {
      const [augmentKey, objectiveKey] = split(foldIn(key, step));
      const examples = indices ? tree.map((leaf) => tf.gather(leaf, indices as never), data) : data;
      const drawn = watchKeys(examples);
      const batch = watchKeys(
        augment
          ? explained(drawn, 'augment', 'data', () => augment(drawn.record, augmentKey))
          : (examples as unknown as B),
      );

      const { value, grads, aux } = explained(
        batch,
        method.name,
        augment ? "augment's result" : 'data',
        () =>
          valueAndGrad((p: P) => {
            const objective = method.objective(p, batch.record, objectiveKey, state);
            const { loss, metrics, state: next } = objective;
            return { value: loss, aux: { metrics, state: next } };
          }, params),
      );

      const { updates, state: nextOptimizer } = optimizer.update(
        grads,
        optimizerState as never,
        params,
      );
      const nextParams = applyUpdates(params, updates);
      const done = step.add(tf.scalar(1, 'int32')) as Scalar;
      const nextState = method.afterUpdate
        ? method.afterUpdate(nextParams, aux.state, done.toFloat().div(steps) as Scalar)
        : aux.state;

      const names = Object.keys(aux.metrics).sort();
      onRecord(names, indices ? [] : watchedPaths(data));
      const record = tf.stack([
        value,
        ...names.map((name) => aux.metrics[name]!.asScalar().toFloat()),
        ...(indices ? [] : firstBad(data)),
      ]);
      return {
        carry: { params: nextParams, state: nextState, optimizer: nextOptimizer, step: done },
        record,
      };
    });
}

/** Runs `f` on a watched record; an error that a missing key is to blame for says so. */
function explained<T>(watched: Watched<unknown>, reader: string, giver: string, f: () => T): T {
  try {
    return f();
  } catch (error) {
    throw watched.explain(error, reader, giver);
  }
}
