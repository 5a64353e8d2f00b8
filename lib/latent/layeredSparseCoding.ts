/**
 * Sparse coding whose decoder has several convolutional layers: a picture is drawn with sparse
 * codes in many places, and those codes are drawn with sparser ones above them.
 */
import { expectNumber, expectShape } from '../core/checks';
import {
  tf,
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
} from '../core/engine';
import type { EmbeddingMethod, EnergyMethod, NoState } from '../core/method';
import * as tree from '../core/pytree';
import * as random from '../core/random';
import { scan } from '../core/scan';
import { softThresholdAbove } from './sparseCoding';
import { withoutGradient } from './withoutGradient';

/** One layer of the decoder. */
export interface SparseLayer {
  /** How many, each with a code of its own at every place. */
  readonly filters: number;
  /** The side of the square filters: in pixels, or in places of the layer below. */
  readonly size: number;
  /** From place to place, in the same unit. */
  readonly stride: number;
  /** The price of a unit of this layer's code, above 0. */
  readonly alpha: number;
}

export interface LayeredSparseOptions {
  /** From the one that draws the picture upwards. */
  readonly layers: readonly SparseLayer[];
  /** What it costs the code of a layer to differ from what the layer above draws. Default 1. */
  readonly agreement?: number;
  /** Steps of FISTA. Default 30. */
  readonly iterations?: number;
}

/**
 * The energy of pictures with codes for each layer, which may not be below 0. With z_0 = x,
 *
 *     E(x, z) = sum over layers l of  w_l / 2 ||z_(l-1) - D_l z_l||^2 + alpha_l ||z_l||_1
 *
 * where D_l is a transposed convolution, w_1 = 1, and the other w_l are the `agreement`. With one
 * layer it is convolutional sparse coding; more of them, learnt layer by layer, are a
 * deconvolutional network (Zeiler et al. 2010).
 *
 * @param x [batch, height, width, channels].
 * @param codes of each layer, [batch, height', width', filters].
 * @param filters of each layer, [size, size, channels below, filters].
 * @returns [batch].
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { latent, tf, type Tensor4D } from 'dark-matter';
 * const [x, z, filter] = [3, 2, 1].map((v) => tf.fill([1, 1, 1, 1], v) as Tensor4D);
 * const layers = [{ filters: 1, size: 1, stride: 1, alpha: 0.1 }];
 * // Half the squared error, 1/2, and 0.1 for each unit of the code.
 * const energy = latent.layeredEnergy(x!, [z!], [filter!], { layers });
 * assert.ok(Math.abs(energy.dataSync()[0]! - 0.7) < 1e-6);
 * ```
 */
export function layeredEnergy(
  x: Tensor4D,
  codes: readonly Tensor4D[],
  filters: readonly Tensor4D[],
  options: LayeredSparseOptions,
): Tensor1D {
  const { layers, agreement = 1 } = options;
  return tf.tidy(() => {
    const terms = layers.flatMap(({ stride, alpha }, l): Tensor[] => {
      const [below, z] = [l === 0 ? x : codes[l - 1]!, codes[l]!];
      const error = below.sub(drawn(z, filters[l]!, below, stride));
      const weight = l === 0 ? 1 : agreement;
      return [
        error
          .square()
          .sum([1, 2, 3])
          .mul(weight / 2),
        z.abs().sum([1, 2, 3]).mul(alpha),
      ];
    });
    return tf.addN(terms) as Tensor1D;
  });
}

/**
 * The codes of least `layeredEnergy` that are nowhere below 0, of all layers together, as near as
 * `iterations` steps of FISTA come. The energy is convex in all of them at once, so more steps come
 * nearer; each layer has a step of its own, and none can overshoot.
 *
 * @param filters as for `layeredEnergy`, of any scale.
 * @returns of each layer, [batch, height', width', filters]; the caller owns them.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { latent, random, type Tensor4D } from 'dark-matter';
 * const filters = [random.normal(random.key(0), [4, 4, 1, 6]) as Tensor4D];
 * const layers = [{ filters: 6, size: 4, stride: 2, alpha: 0.2 }];
 * const x = random.uniform(random.key(1), [2, 8, 8, 1]) as Tensor4D;
 * const [z] = latent.layeredCodes(x, filters, { layers });
 * assert.deepEqual(z!.shape, [2, 4, 4, 6]);
 * ```
 */
export function layeredCodes(
  x: Tensor4D,
  filters: readonly Tensor4D[],
  options: LayeredSparseOptions,
): Tensor4D[] {
  const { layers, iterations = 30 } = options;
  return tf.tidy(() => {
    const { start, step } = proximalGradient(x, filters, options);
    const first = { zs: start, ahead: start, t: tf.scalar(1) as Tensor };
    const [last] = scan(
      ({ zs, ahead, t }: typeof first) => {
        const next = step(ahead);
        const nextT = t.square().mul(4).add(1).sqrt().add(1).div(2);
        const momentum = t.sub(1).div(nextT);
        const beyond = next.map((z, l) => z.add(z.sub(zs[l]!).mul(momentum)) as Tensor4D);
        return [{ zs: next, ahead: beyond, t: nextT }, undefined];
      },
      first,
      iterations,
    );
    return layers.map((_, l) => last.zs[l]!);
  });
}

/** One proximal gradient step of all layers at once, and where it starts: at zero. */
function proximalGradient(
  x: Tensor4D,
  filters: readonly Tensor4D[],
  { layers, agreement = 1 }: LayeredSparseOptions,
): { start: Tensor4D[]; step: (codes: readonly Tensor4D[]) => Tensor4D[] } {
  const weights = layers.map((_, l) => (l === 0 ? 1 : agreement));
  // w/2 ||a - D b||^2 is at most w ||a||^2 + w ||D||^2 ||b||^2: a bound for each layer by itself.
  const bounds = layers.map(({ stride }, l) =>
    normBound(filters[l]!, stride)
      .mul(weights[l]! * (l === 0 ? 1 : 2))
      .add(l + 1 < layers.length ? 2 * agreement : 0)
      .maximum(1e-6),
  );
  const start: Tensor4D[] = [];
  // Zeros made of a tensor: tf.zeros would be written into a trace number by number.
  for (const [l, { stride }] of layers.entries())
    start.push(seen(start[l - 1] ?? x, filters[l]!, stride).mul(0) as Tensor4D);
  return {
    start,
    step(codes) {
      const errors = layers.map(({ stride }, l) => {
        const below = l === 0 ? x : codes[l - 1]!;
        return drawn(codes[l]!, filters[l]!, below, stride).sub(below).mul(weights[l]!);
      });
      return layers.map(({ stride, alpha }, l) => {
        const down = seen(errors[l] as Tensor4D, filters[l]!, stride);
        const slope = l + 1 < layers.length ? down.sub(errors[l + 1]!) : down;
        const moved = codes[l]!.sub(slope.div(bounds[l]!)) as Tensor4D;
        return softThresholdAbove(moved, tf.div(alpha, bounds[l]!));
      });
    },
  };
}

/** D z: what codes draw in the layer below, whose shape is that of `below`. */
const drawn = (z: Tensor4D, filters: Tensor4D, below: Tensor4D, stride: number): Tensor4D =>
  tf.conv2dTranspose(z, filters, below.shape, stride, 'same') as Tensor4D;

/** D^T y, its adjoint. */
const seen = (y: Tensor4D, filters: Tensor4D, stride: number): Tensor4D =>
  tf.conv2d(y, filters, stride, 'same') as Tensor4D;

/**
 * An upper bound of ||D||^2, the squared norm of the transposed convolution: the greatest sum of
 * the sizes of a filter's inner products with all filters at all places (Gershgorin). Exact where
 * nothing overlaps and the filters are orthogonal.
 *
 * @param filters [size, size, channels, filters].
 */
export function normBound(filters: Tensor4D, stride: number): Scalar {
  return tf.tidy(() => {
    const reach = Math.floor((filters.shape[0] - 1) / stride) * stride;
    const around: [number, number] = [reach, reach];
    const pictures = tf.pad(tf.transpose(filters, [3, 0, 1, 2]), [[0, 0], around, around, [0, 0]]);
    const products = tf.conv2d(pictures as Tensor4D, filters, stride, 'valid');
    return products.abs().sum([1, 2, 3]).max() as Scalar;
  });
}

/** Each filter at length 1. Else the price could be dodged: long filters need small codes. */
const unitFilters = (filters: Tensor4D): Tensor4D =>
  tf.tidy(
    () => filters.div(filters.square().sum([0, 1, 2], true).sqrt().maximum(1e-12)) as Tensor4D,
  );

export interface LayeredSparseParams {
  /** Of each layer, [size, size, channels below, filters]; at length 1 they are the decoder's. */
  readonly filters: readonly Tensor4D[];
}

export interface LayeredSparseMethodOptions extends LayeredSparseOptions {
  /** Of the pictures. */
  readonly channels: number;
}

type Batch = { readonly x: Tensor4D };

/** Sparse coding with a decoder of several layers. */
export interface LayeredSparseCoding
  extends
    EnergyMethod<LayeredSparseParams, NoState, Batch>,
    EmbeddingMethod<LayeredSparseParams, NoState, Batch> {
  /** Of each layer, each filter at length 1. */
  filters(params: LayeredSparseParams): Tensor4D[];
  /** The codes of each layer, [batch, height', width', filters]. */
  codes(params: LayeredSparseParams, x: Tensor4D): Tensor4D[];
}

/**
 * Learns the filters under which the pictures' `layeredEnergy` is least, all layers together:
 *
 *     mean over x of min_z E(x, z)
 *
 * As in `dictionaryLearning`, codes are inferred anew at each step, and the gradient is that of E
 * at them, with the codes held fixed. `embed` gives the codes of the last layer, flattened.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { latent, random, train, type Tensor4D } from 'dark-matter';
 * const first = { filters: 6, size: 4, stride: 2, alpha: 0.1 };
 * const second = { filters: 5, size: 3, stride: 2, alpha: 0.1 };
 * const method = latent.layeredSparseCoding({ channels: 1, layers: [first, second] });
 * const x = random.uniform(random.key(0), [16, 8, 8, 1]) as Tensor4D;
 * const { params } = await train({ method, data: { x }, batch: 8, steps: 2, display: 'none' });
 * assert.deepEqual(method.embed(params, x).shape, [16, 2 * 2 * 5]);
 * ```
 */
export function layeredSparseCoding(options: LayeredSparseMethodOptions): LayeredSparseCoding {
  const { channels, layers, agreement = 1, iterations = 30 } = options;
  expectNumber('channels', channels, { atLeast: 1, integer: true });
  expectNumber('layers: how many', layers.length, { atLeast: 1 });
  expectNumber('agreement', agreement, { above: 0 });
  expectNumber('iterations', iterations, { atLeast: 1, integer: true });
  for (const [l, { filters, size, stride, alpha }] of layers.entries()) {
    for (const [name, value] of Object.entries({ filters, size, stride }))
      expectNumber(`layers[${l}].${name}`, value, { atLeast: 1, integer: true });
    expectNumber(`layers[${l}].alpha`, alpha, { above: 0 });
  }
  const filtersOf = ({ filters }: LayeredSparseParams): Tensor4D[] => filters.map(unitFilters);
  const energyOf = (x: Tensor4D, filters: readonly Tensor4D[]): Tensor1D =>
    layeredEnergy(x, layeredCodes(x, filters, options), filters, options);
  const expectPictures = (x: Tensor): Tensor4D => {
    expectShape('x', x, ['batch', 'height', 'width', channels]);
    return x as Tensor4D;
  };
  return {
    name: 'Layered sparse coding',
    mechanism: 'limited-latent',
    options,
    init(key) {
      const keys = random.split(key, layers.length);
      const filters = layers.map(({ filters: count, size }, l) => {
        const inputs = l === 0 ? channels : layers[l - 1]!.filters;
        return unitFilters(random.normal(keys[l]!, [size, size, inputs, count]) as Tensor4D);
      });
      return { params: { filters }, state: {} };
    },
    objective(params, batch, _key, state) {
      const [x, filters] = [expectPictures(batch.x), filtersOf(params)];
      const codes = heldCodes(x, filters, options);
      const active = codes.map((z, l): [string, Scalar] => [
        `active ${l + 1}`,
        tf.notEqual(z, 0).toFloat().sum([1, 2, 3]).mean() as Scalar,
      ]);
      const loss = layeredEnergy(x, codes, filters, options).mean() as Scalar;
      return { loss, metrics: Object.fromEntries(active), state };
    },
    energy: (params, _x, y) => tf.tidy(() => energyOf(expectPictures(y), filtersOf(params))),
    embed: (params, x) =>
      tf.tidy(() => {
        const last = layeredCodes(expectPictures(x), filtersOf(params), options).at(-1)!;
        return last.reshape([x.shape[0]!, -1]) as Tensor2D;
      }),
    codes: (params, x) =>
      tf.tidy(() => layeredCodes(expectPictures(x), filtersOf(params), options)),
    /** Codes are inferred picture by picture: a copy. */
    calibrate: (params) => tree.clone(params),
    filters: (params) => tf.tidy(() => filtersOf(params)),
  };
}

/** The codes as constants. They go through `withoutGradient` in one piece. */
function heldCodes(
  x: Tensor4D,
  filters: readonly Tensor4D[],
  options: LayeredSparseOptions,
): Tensor4D[] {
  let [height, width] = [x.shape[1], x.shape[2]];
  const shapes = options.layers.map(({ filters: count, stride }) => {
    [height, width] = [Math.ceil(height / stride), Math.ceil(width / stride)];
    return [x.shape[0], height, width, count] as const;
  });
  const packed = withoutGradient(() => {
    const codes = layeredCodes(x, filters, options);
    return tf.concat(
      codes.map((z) => z.reshape([x.shape[0], -1])),
      1,
    );
  }, filters[0]!);
  const sizes = shapes.map(([, h, w, count]) => h * w * count);
  const parts = sizes.length === 1 ? [packed] : tf.split(packed, sizes, 1);
  return parts.map((part, l) => part.reshape([...shapes[l]!]) as Tensor4D);
}
