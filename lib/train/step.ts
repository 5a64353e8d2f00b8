/** One step of training as a pure function: what `train` compiles into a single call. */
import { tf, type Scalar, type Tensor } from '../core/engine';
import type { Method } from '../core/method';
import * as tree from '../core/pytree';
import { foldIn, split, type Key } from '../core/random';
import { valueAndGrad } from './grad';
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
export type StepInput<E> = { readonly key: Key; readonly data: E; readonly indices?: Tensor };

export interface StepOutput<P, S> {
  readonly carry: Carry<P, S>;
  /** [1 + metrics]: the loss, then the metrics by name in alphabetical order. */
  readonly record: Tensor;
}

export interface StepOptions<P, S, E, B> {
  readonly method: Method<P, S, B>;
  readonly optimizer: AnyOptimizer;
  readonly augment?: (examples: E, key: Key) => B;
  /** Of the whole training, for methods with a schedule of their own. */
  readonly steps: number;
  /** Told the metrics' names, in the order of the record, whenever the step is traced. */
  readonly onNames: (names: readonly string[]) => void;
}

/** Gather, augment, objective, gradients, optimiser, and what the method does afterwards. */
export function makeStep<P, S, E, B>(
  options: StepOptions<P, S, E, B>,
): (carry: Carry<P, S>, input: StepInput<E>) => StepOutput<P, S> {
  const { method, optimizer, augment, steps, onNames } = options;
  return ({ params, state, optimizer: optimizerState, step }, { key, data, indices }) =>
    tree.tidy(() => {
      const [augmentKey, objectiveKey] = split(foldIn(key, step));
      const examples = indices ? tree.map((leaf) => tf.gather(leaf, indices as never), data) : data;
      const batch = augment ? augment(examples, augmentKey) : (examples as unknown as B);

      const { value, grads, aux } = valueAndGrad((p: P) => {
        const { loss, metrics, state: next } = method.objective(p, batch, objectiveKey, state);
        return { value: loss, aux: { metrics, state: next } };
      }, params);

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
      onNames(names);
      const record = tf.stack([
        value,
        ...names.map((name) => aux.metrics[name]!.asScalar().toFloat()),
      ]);
      return {
        carry: { params: nextParams, state: nextState, optimizer: nextOptimizer, step: done },
        record,
      };
    });
}
