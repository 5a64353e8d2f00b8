import { tf, type Scalar, type Tensor, type Tensor1D, type Tensor2D } from '../core/engine';
import { expectNumber, expectShape } from '../core/checks';
import type { EmbeddingMethod, EnergyMethod, NoState } from '../core/method';
import * as random from '../core/random';
import {
  calibrate,
  defineLayer,
  dense,
  inInference,
  inTraining,
  type DenseParams,
  type Layer,
} from '../nn';
import { fista, sparseEnergy, type SparseInferenceOptions } from './sparseCoding';
import { unitAtoms } from './unitAtoms';
import { withoutGradient } from './withoutGradient';

export interface PredictedSparseOptions extends SparseInferenceOptions {
  /** What it costs a code to differ from the encoder's, at least 0; 0 is plain sparse coding. */
  readonly prediction: number;
}

/**
 * E(x, z) = ||x - z D||^2 / 2 + alpha ||z||_1 + prediction ||z - predicted||^2 of each row
 * (Kavukcuoglu, Ranzato and LeCun 2008, equation 4, with their reconstruction halved).
 *
 * @param x [batch, dim]. @param z [batch, atoms]. @param predicted [batch, atoms]. @param
 * dictionary [atoms, dim].
 * @returns [batch].
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { latent, random } from 'dark-matter';
 * const dictionary = latent.unitAtoms(random.normal(random.key(0), [16, 8]));
 * const [x, guess] = [
 *   random.normal(random.key(1), [4, 8]),
 *   random.normal(random.key(2), [4, 16]),
 * ];
 * const options = { alpha: 0.1, prediction: 1 };
 * const z = latent.predictedSparseCodes(x, guess, dictionary, options);
 * assert.deepEqual(latent.predictedSparseEnergy(x, z, guess, dictionary, options).shape, [4]);
 * ```
 */
export function predictedSparseEnergy(
  x: Tensor2D,
  z: Tensor2D,
  predicted: Tensor2D,
  dictionary: Tensor2D,
  options: PredictedSparseOptions,
): Tensor1D {
  return tf.tidy(() => {
    const joined = withPrediction(x, predicted, dictionary, options.prediction);
    return sparseEnergy(joined.x, z, joined.dictionary, options.alpha);
  });
}

/**
 * The codes of least `predictedSparseEnergy`, by FISTA.
 * @returns [batch, atoms]; the caller owns it.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { latent, random } from 'dark-matter';
 * const dictionary = latent.unitAtoms(random.normal(random.key(0), [16, 8]));
 * const [x, guess] = [
 *   random.normal(random.key(1), [4, 8]),
 *   random.normal(random.key(2), [4, 16]),
 * ];
 * // Where leaving the guess is dear, the codes stay near it.
 * const z = latent.predictedSparseCodes(x, guess, dictionary, { alpha: 0.1, prediction: 1000 });
 * assert.ok(z.sub(guess).abs().max().dataSync()[0] < 0.1);
 * ```
 */
export function predictedSparseCodes(
  x: Tensor2D,
  predicted: Tensor2D,
  dictionary: Tensor2D,
  options: PredictedSparseOptions,
): Tensor2D {
  return tf.tidy(() => {
    const joined = withPrediction(x, predicted, dictionary, options.prediction);
    return fista(joined.x, joined.dictionary, options);
  });
}

/**
 * Sparse coding that has its codes predicted is sparse coding too, of a longer x under longer
 * atoms: with w = sqrt(2 prediction),
 *
 *     ||x - z D||^2 / 2 + prediction ||z - f||^2 = ||[x, w f] - z [D, w 1]||^2 / 2
 *
 * so that the solvers, their bounds and the conditions of the optimum are those of `sparseCoding`.
 *
 * @returns x [batch, dim + atoms] and the dictionary [atoms, dim + atoms].
 */
export function withPrediction(
  x: Tensor2D,
  predicted: Tensor2D,
  dictionary: Tensor2D,
  prediction: number,
): { x: Tensor2D; dictionary: Tensor2D } {
  const { atoms } = expectShape('dictionary', dictionary, ['atoms', x.shape[1]!]) as {
    atoms: number;
  };
  expectShape('predicted', predicted, [x.shape[0], atoms]);
  expectNumber('prediction', prediction, { atLeast: 0 });
  const weight = Math.sqrt(2 * prediction);
  const [longX, longDictionary] = tf.tidy(
    () =>
      [
        tf.concat([x, predicted.mul(weight)], 1),
        tf.concat([dictionary, tf.eye(atoms).mul(weight)], 1),
      ] as [Tensor2D, Tensor2D],
  );
  return { x: longX, dictionary: longDictionary };
}

/**
 * The paper's encoder (its equation 6), a gain for each part of the code: f(x) = gain tanh(x W +
 * b). [batch, dim] -> [batch, atoms].
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { latent, random } from 'dark-matter';
 * const encoder = latent.gainedTanh(8, 16);
 * const codes = encoder.apply(encoder.init(random.key(0)), random.normal(random.key(1), [4, 8]));
 * assert.deepEqual(codes.shape, [4, 16]);
 * ```
 */
export function gainedTanh(
  dim: number,
  atoms: number,
): Layer<{ readonly filters: DenseParams; readonly gain: Tensor }> {
  const filters = dense(dim, atoms);
  return defineLayer({
    name: 'gainedTanh',
    init: (key) => ({ filters: filters.init(key), gain: tf.ones([atoms]) }),
    apply: (params, x) => filters.apply(params.filters, x).tanh().mul(params.gain),
  });
}

export interface PredictiveSparseParams<E> {
  /** [atoms, dim]; `unitAtoms` of it is the dictionary. */
  readonly dictionary: Tensor2D;
  readonly encoder: E;
}

export interface PredictiveSparseOptions<E> {
  readonly dim: number;
  readonly atoms: number;
  /** [batch, dim] -> [batch, atoms]; `gainedTanh`, or one of another form. */
  readonly encoder: Layer<E>;
  /** The price of a code's size, above 0. */
  readonly alpha: number;
  /** The price of a code's distance from the encoder's, at least 0; default 1. */
  readonly prediction?: number;
  /** Steps of FISTA in training; default 50. */
  readonly iterations?: number;
}

type Batch = { readonly x: Tensor2D };

export interface PredictiveSparse<E>
  extends
    EnergyMethod<PredictiveSparseParams<E>, NoState, Batch>,
    EmbeddingMethod<PredictiveSparseParams<E>, NoState, Batch> {}

/**
 * Predictive sparse decomposition (Kavukcuoglu, Ranzato and LeCun 2008): learns a dictionary and,
 * at the same time, an encoder that gives the code at once, where sparse coding has to search for
 * it.
 *
 *     mean over x of min_z ||x - z D||^2 / 2 + alpha ||z||_1 + prediction ||z - f(x)||^2
 *
 * The search is told what the encoder expects, so that codes are chosen that can be predicted. At
 * the codes found, held fixed, D and f take their step (the envelope theorem).
 *
 * `energy` is the least over z; `embed` is the encoder's f(x), without a search.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { latent, random, train } from 'dark-matter';
 * const method = latent.predictiveSparseDecomposition({
 *   dim: 8,
 *   atoms: 16,
 *   encoder: latent.gainedTanh(8, 16),
 *   alpha: 0.1,
 *   iterations: 20,
 * });
 * const x = random.normal(random.key(0), [64, 8]);
 * const { params } = await train({ method, data: { x }, batch: 16, steps: 3, display: 'none' });
 * assert.deepEqual(method.embed(params, x).shape, [64, 16]);
 * ```
 */
export function predictiveSparseDecomposition<E>(
  options: PredictiveSparseOptions<E>,
): PredictiveSparse<E> {
  const { dim, atoms, encoder, alpha, prediction = 1, iterations = 50 } = options;
  const given = { alpha, prediction, iterations };
  expectNumber('prediction', prediction, { atLeast: 0 });
  const encode = (params: PredictiveSparseParams<E>, x: Tensor, how = inInference): Tensor2D =>
    encoder.apply(params.encoder, x, how) as Tensor2D;
  return {
    name: 'Predictive sparse decomposition',
    mechanism: 'limited-latent',
    options,
    init(key) {
      const [forAtoms, forEncoder] = random.split(key, 2);
      return {
        params: {
          dictionary: unitAtoms(random.normal(forAtoms, [atoms, dim]) as Tensor2D),
          encoder: encoder.init(forEncoder),
        },
        state: {},
      };
    },
    objective(params, { x }, key, state) {
      const dictionary = unitAtoms(params.dictionary);
      const predicted = encode(params, x, inTraining(encoder, key));
      const z = withoutGradient(
        () => predictedSparseCodes(x, predicted, dictionary, given),
        dictionary,
      );
      const apart = z.sub(predicted).square().sum(1);
      const loss = sparseEnergy(x, z, dictionary, alpha)
        .add(apart.mul(prediction))
        .mean() as Scalar;
      return {
        loss,
        metrics: {
          active: tf.notEqual(z, 0).toFloat().sum(1).mean() as Scalar,
          apart: apart.mean() as Scalar,
        },
        state,
      };
    },
    energy: (params, _x, y) =>
      tf.tidy(() => {
        const [dictionary, predicted] = [unitAtoms(params.dictionary), encode(params, y)];
        return predictedSparseEnergy(
          y as Tensor2D,
          predictedSparseCodes(y as Tensor2D, predicted, dictionary, given),
          predicted,
          dictionary,
          given,
        );
      }),
    embed: (params, x) => encode(params, x),
    calibrate: (params, x) => ({
      dictionary: params.dictionary.clone(),
      encoder: calibrate(encoder, params.encoder, x),
    }),
  };
}
