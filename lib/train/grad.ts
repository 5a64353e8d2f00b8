/** Gradients with respect to pytrees. */
import { tf, type Scalar, type Tensor } from '../core/engine';
import * as tree from '../core/pytree';

export interface ValueAndGrad<P, Aux> {
  readonly value: Scalar;
  /** Of the structure and shapes of the parameters; zero where the value does not depend on a leaf. */
  readonly grads: P;
  readonly aux: Aux;
}

/**
 * The value of a scalar function of a pytree, its gradient, and what else it computed on the way (as `jax.value_and_grad`
 * with `has_aux`). The caller owns all of it.
 *
 * @param f params -> { value: a scalar, aux: any pytree, without gradient }.
 * @throws when the value is not a scalar.
 */
export function valueAndGrad<P, Aux>(f: (params: P) => { value: Scalar; aux: Aux }, params: P): ValueAndGrad<P, Aux> {
  return tree.tidy(() => {
    const { leaves, structure } = tree.flatten(params);
    let aux: Aux | undefined;
    const { value, grads } = tf.engine().gradients(
      () => {
        const result = f(params);
        if (result.value.size !== 1) throw new Error(`valueAndGrad: the value has shape [${result.value.shape}], a scalar expected`);
        // The tape's own tidy ends before this function does: what goes past it is kept by hand.
        aux = tree.map((leaf) => tf.keep(leaf.clone()), result.aux);
        return result.value.rank === 0 ? result.value : result.value.asScalar();
      },
      leaves,
      undefined,
      true,
    );
    const kept = aux as Aux;
    const released = tree.map((leaf) => leaf.clone(), kept);
    tree.dispose(kept);
    // tfjs leaves null where the value does not depend on a leaf.
    const filled = (grads as (Tensor | null)[]).map((gradient, i) => gradient ?? tf.zerosLike(leaves[i]!));
    return { value: value as Scalar, grads: structure.rebuild(filled) as P, aux: released };
  });
}

/** The gradient of a scalar function of a pytree, of the same structure. The caller owns it. */
export function grad<P>(f: (params: P) => Scalar): (params: P) => P {
  return (params) => tree.tidy(() => valueAndGrad((p: P) => ({ value: f(p), aux: [] }), params).grads);
}
