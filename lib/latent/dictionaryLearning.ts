import { tf, type Scalar, type Tensor2D } from '../core/engine';
import { expectNumber } from '../core/checks';
import type { EmbeddingMethod, EnergyMethod, NoState } from '../core/method';
import * as tree from '../core/pytree';
import * as random from '../core/random';
import { unitAtoms } from './unitAtoms';
import { fista, sparseEnergy } from './sparseCoding';
import { withoutGradient } from './withoutGradient';

export interface DictionaryParams {
  /**
   * [atoms, dim]. What counts is each row's direction: `unitAtoms` of it, or of its size where
   * nothing may be below 0, is the dictionary.
   */
  readonly dictionary: Tensor2D;
}

export interface DictionaryLearningOptions {
  readonly dim: number;
  /**
   * More than dim: an overcomplete dictionary, in which an input has many codes, and the price
   * chooses.
   */
  readonly atoms: number;
  /** The price of a code's size, above 0. */
  readonly alpha: number;
  /** Steps of FISTA; default 50. */
  readonly iterations?: number;
  /**
   * Neither codes nor atoms below 0: what one atom has drawn, no other can take away (Hoyer 2002).
   * Default false.
   */
  readonly nonNegative?: boolean;
}

type Batch = { readonly x: Tensor2D };

/** Sparse coding, and the dictionary that it has learnt. */
export interface DictionaryLearning
  extends
    EnergyMethod<DictionaryParams, NoState, Batch>,
    EmbeddingMethod<DictionaryParams, NoState, Batch> {
  /** [atoms, dim], each atom at length 1. */
  atoms(params: DictionaryParams): Tensor2D;
}

/**
 * Learns the dictionary under which the data's sparse energy is least (Olshausen and Field 1996;
 * Mairal et al. 2009).
 *
 *     mean over x of min_z E(x, z)
 *
 * The codes are inferred anew at each step, and the gradient is that of E at them, with z held
 * fixed: at the least, a small change of z changes nothing (the envelope theorem). Only the price
 * of z holds the energy up elsewhere.
 *
 * With `nonNegative` this is non-negative sparse coding (Hoyer 2002, "Non-negative sparse coding"):
 * an image has to be made of parts that only add up. The atoms are the sizes of the parameters'
 * entries, so that no projection is needed.
 *
 * `embed` gives the codes.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { latent, random, train } from 'dark-matter';
 * const method = latent.dictionaryLearning({ dim: 8, atoms: 16, alpha: 0.1, iterations: 20 });
 * const x = random.normal(random.key(0), [64, 8]);
 * const { params } = await train({ method, data: { x }, batch: 16, steps: 3, display: 'none' });
 * assert.deepEqual(method.atoms(params).shape, [16, 8]);
 * ```
 */
export function dictionaryLearning(options: DictionaryLearningOptions): DictionaryLearning {
  const { dim, atoms, alpha, iterations = 50, nonNegative = false } = options;
  expectNumber('dim', dim, { atLeast: 1, integer: true });
  expectNumber('atoms', atoms, { atLeast: 1, integer: true });
  expectNumber('alpha', alpha, { above: 0 });
  expectNumber('iterations', iterations, { atLeast: 1, integer: true });
  const codes = (x: Tensor2D, dictionary: Tensor2D): Tensor2D =>
    fista(x, dictionary, { alpha, iterations, nonNegative });
  const dictionaryOf = ({ dictionary }: DictionaryParams): Tensor2D =>
    tf.tidy(() => unitAtoms(nonNegative ? dictionary.abs() : dictionary));
  return {
    name: 'Sparse coding',
    mechanism: 'limited-latent',
    options,
    init: (key) => ({
      params: { dictionary: unitAtoms(random.normal(key, [atoms, dim]) as Tensor2D) },
      state: {},
    }),
    objective(params, { x }, _key, state) {
      const dictionary = dictionaryOf(params);
      const z = withoutGradient(() => codes(x, dictionary), dictionary);
      const loss = sparseEnergy(x, z, dictionary, alpha).mean() as Scalar;
      const active = tf.notEqual(z, 0).toFloat().sum(1).mean() as Scalar;
      return { loss, metrics: { active }, state };
    },
    energy: (params, _x, y) =>
      tf.tidy(() => {
        const dictionary = dictionaryOf(params);
        return sparseEnergy(y as Tensor2D, codes(y as Tensor2D, dictionary), dictionary, alpha);
      }),
    embed: (params, x) => tf.tidy(() => codes(x as Tensor2D, dictionaryOf(params))),
    /** Codes are inferred row by row: a copy. */
    calibrate: (params) => tree.clone(params),
    atoms: dictionaryOf,
  };
}
