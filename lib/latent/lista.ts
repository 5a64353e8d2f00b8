import { tf, type Scalar, type Tensor, type Tensor2D } from '../core/engine';
import { expectNumber, expectShape } from '../core/checks';
import type { EmbeddingMethod } from '../core/method';
import { clone, tidy } from '../core/pytree';
import { lipschitz, softThreshold, sparseEnergy } from './sparseCoding';

export interface ListaParams {
  /** [dim, atoms] */
  readonly input: Tensor2D;
  /** [atoms, atoms]: how codes compete. */
  readonly between: Tensor2D;
  /** [atoms], one threshold an atom. */
  readonly threshold: Tensor;
}

export interface ListaState {
  /** [atoms, dim], the dictionary that codes are made for; it does not change. */
  readonly dictionary: Tensor2D;
}

export interface ListaOptions {
  /** [atoms, dim]; the caller keeps it. */
  readonly dictionary: Tensor2D;
  /** The price of a code's size, above 0. */
  readonly alpha: number;
  /** How often codes compete; 0 is a single layer. */
  readonly rounds: number;
}

/**
 * z_0 = soft(x W, t), then z <- soft(x W + z S, t), `rounds` times. [batch, dim] -> [batch, atoms].
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { latent, random } from 'dark-matter';
 * const dictionary = latent.unitAtoms(random.normal(random.key(0), [16, 8]));
 * const { params } = latent.lista({ dictionary, alpha: 0.1, rounds: 3 }).init(random.key(1));
 * assert.deepEqual(
 *   latent.listaCodes(params, random.normal(random.key(2), [4, 8]), 3).shape,
 *   [4, 16],
 * );
 * ```
 */
export function listaCodes(
  { input, between, threshold }: ListaParams,
  x: Tensor2D,
  rounds: number,
): Tensor2D {
  expectNumber('rounds', rounds, { atLeast: 0, integer: true });
  return tf.tidy(() => {
    const pull: Tensor2D = tf.matMul(x, input);
    let z = softThreshold(pull, threshold);
    for (let i = 0; i < rounds; i++)
      z = softThreshold(tf.matMul(z, between).add(pull) as Tensor2D, threshold);
    return z;
  });
}

/**
 * Learned ISTA (Gregor and LeCun 2010): a network of ISTA's form, with as many layers as one can
 * afford, whose matrices are learnt to spend them best. It starts as ISTA itself: W = D^T / L, S =
 * 1 - D D^T / L, t = alpha / L; so `rounds` of it are rounds + 1 steps of ISTA.
 *
 * The loss is the mean energy E(x, z) of its codes, which needs no optimal code to be known (the
 * paper regresses on them).
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { latent, random, train } from 'dark-matter';
 * const dictionary = latent.unitAtoms(random.normal(random.key(0), [16, 8]));
 * const method = latent.lista({ dictionary, alpha: 0.1, rounds: 3 });
 * const x = random.normal(random.key(1), [64, 8]);
 * const { params } = await train({ method, data: { x }, batch: 16, steps: 3, display: 'none' });
 * assert.deepEqual(latent.listaCodes(params, x, 3).shape, [64, 16]);
 * ```
 */
export function lista(
  options: ListaOptions,
): EmbeddingMethod<ListaParams, ListaState, { readonly x: Tensor2D }> {
  const { dictionary, alpha, rounds } = options;
  expectShape('dictionary', dictionary, ['atoms', 'dim']);
  return {
    name: 'LISTA',
    mechanism: 'limited-latent',
    options,
    init: () =>
      tidy(() => {
        const bound = lipschitz(dictionary);
        const params: ListaParams = {
          input: tf.transpose(dictionary).div(bound) as Tensor2D,
          between: tf
            .eye(dictionary.shape[0])
            .sub(tf.matMul(dictionary, dictionary, false, true).div(bound)) as Tensor2D,
          threshold: tf.fill([dictionary.shape[0]], alpha).div(bound),
        };
        return { params, state: { dictionary: dictionary.clone() } };
      }),
    objective(params, { x }, _key, state) {
      const z = listaCodes(params, x, rounds);
      return {
        loss: sparseEnergy(x, z, state.dictionary, alpha).mean() as Scalar,
        metrics: {},
        state,
      };
    },
    embed: (params, x) => listaCodes(params, x as Tensor2D, rounds),
    /** Codes are made row by row: a copy. */
    calibrate: (params) => clone(params),
  };
}
