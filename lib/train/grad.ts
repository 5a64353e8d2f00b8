/** Gradients with respect to pytrees. */
import { tf, type Scalar, type Tensor } from '../core/engine';
import * as tree from '../core/pytree';

export interface ValueAndGrad<P, Aux> {
  readonly value: Scalar;
  /**
   * Of the structure and shapes of the parameters; zero where the value does not depend on a leaf.
   */
  readonly grads: P;
  readonly aux: Aux;
}

/**
 * The value of a scalar function of a pytree, its gradient, and what else it computed on the way
 * (as `jax.value_and_grad` with `has_aux`). The caller owns all of it.
 *
 * @param f params -> { value: a scalar, aux: any pytree, without gradient }.
 * @throws when the value is not a scalar.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { tf, valueAndGrad } from 'dark-matter';
 * const params = { x: tf.scalar(3) };
 * const { value, grads } = valueAndGrad((p) => ({ value: p.x.square(), aux: [] }), params);
 * assert.deepEqual([value.dataSync()[0], grads.x.dataSync()[0]], [9, 6]);
 * ```
 */
export function valueAndGrad<P, Aux>(
  f: (params: P) => { value: Scalar; aux: Aux },
  params: P,
): ValueAndGrad<P, Aux> {
  return tree.tidy(() => {
    const { leaves, structure } = tree.flatten(params);
    let aux: Aux | undefined;
    const { value, grads } = onTape(() => {
      const result = f(params);
      if (result.value.size !== 1)
        throw new Error(
          `valueAndGrad: the value has shape [${result.value.shape}], a scalar expected`,
        );
      // The tape's own tidy ends before this function does: what goes past it is kept by hand.
      aux = tree.map((leaf) => tf.keep(leaf.clone()), result.aux);
      return result.value.rank === 0 ? result.value : result.value.asScalar();
    }, leaves);
    const kept = aux as Aux;
    const released = tree.map((leaf) => leaf.clone(), kept);
    tree.dispose(kept);
    // tfjs leaves null where the value does not depend on a leaf.
    const filled = grads.map((gradient, i) => gradient ?? tf.zerosLike(leaves[i]!));
    return { value, grads: structure.rebuild(filled) as P, aux: released };
  });
}

/**
 * tfjs's gradients; and where `f` throws, what the tape had saved for the way back is freed, which
 * tfjs forgets.
 */
function onTape(f: () => Scalar, leaves: Tensor[]): { value: Scalar; grads: (Tensor | null)[] } {
  const engine = tf.engine();
  try {
    return engine.gradients(f, leaves, undefined, true) as {
      value: Scalar;
      grads: (Tensor | null)[];
    };
  } catch (error) {
    if (engine.state.gradientDepth === 0) {
      for (const node of engine.state.activeTape ?? []) tf.dispose(node.saved);
      engine.state.activeTape = null as never;
    }
    throw error;
  }
}

/**
 * The gradient of a scalar function of a pytree, of the same structure. The caller owns it.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { grad, tf } from 'dark-matter';
 * const slope = grad((p: { x: ReturnType<typeof tf.scalar> }) => p.x.square());
 * assert.equal(slope({ x: tf.scalar(3) }).x.dataSync()[0], 6);
 * ```
 */
export function grad<P>(f: (params: P) => Scalar): (params: P) => P {
  return (params) =>
    tree.tidy(() => valueAndGrad((p: P) => ({ value: f(p), aux: [] }), params).grads);
}
