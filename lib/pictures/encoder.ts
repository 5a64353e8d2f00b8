/** The trained encoder, ready for use: statistics fixed, each picture by itself. */
import { tf, type Tensor, type Tensor2D, type Tensor4D } from '../core/engine';
import * as tree from '../core/pytree';
import * as random from '../core/random';
import type { NetworkParams } from '../nn/backbones';
import { calibrate, inInference, type Layer } from '../nn/layer';
import { atMost } from './holdOut';
import type { Learner, LearnerParams } from './learner';
import type { PictureSource } from './pictureSource';

/** What makes embeddings of pictures. The caller owns its parameters: `dispose()`. */
export interface Encoder {
  readonly layer: Layer<NetworkParams>;
  /** With the statistics of the training pictures. */
  readonly params: NetworkParams;
  /** [n, height, width, channels] -> [n, features], owned by the caller. */
  embed(images: Tensor): Tensor2D;
  dispose(): void;
}

/** Training pictures whose statistics normalization gets; they go through in one piece. */
const STATISTICS = 2000;

/**
 * Fixes the statistics of an encoder's normalization on training pictures, so that each picture is
 * embedded on its own.
 *
 * @param params of `fit`; untouched. Left out: those that a training with this seed starts from.
 * @param options train: positions of the training pictures. No other picture is read.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { pictures, random } from 'dark-matter';
 *
 * const source = pictures.fromTensor(random.uniform(random.key(0), [40, 8, 8, 3]));
 * const learner = pictures.learner({ shape: source.shape, width: 4 });
 * const untrained = pictures.encoderOf(source, learner, undefined, pictures.holdOut(source.count));
 * assert.deepEqual(untrained.embed(source.images([0, 1])).shape, [2, 128]);
 * ```
 */
export function encoderOf(
  source: PictureSource,
  { method, encoder }: Learner,
  params: LearnerParams | undefined,
  { train, seed = 0 }: { readonly train: Int32Array; readonly seed?: number },
): Encoder {
  const known = source.images(atMost(train, STATISTICS));
  const start = random.key(seed);
  const made = params ? undefined : method.init(start);
  try {
    const fixed = calibrate(encoder, (params ?? made!.params).encoder, known);
    return {
      layer: encoder,
      params: fixed,
      embed: (images) => encoder.apply(fixed, images, inInference) as Tensor2D,
      dispose: () => tree.dispose(fixed),
    };
  } finally {
    tree.dispose([known, start, made]);
  }
}

/** Embeddings of pictures, in the order of the pictures: plain numbers, of which no tensor is left. */
export interface Embeddings {
  /** n * dim, row by row. */
  readonly data: Float32Array;
  readonly dim: number;
}

/**
 * Embeds pictures a chunk at a time, so that memory is bounded by the chunk.
 *
 * @param embed [n, height, width, channels] -> [n, dim], owned by the caller: an `Encoder`'s, or
 * `measure.rawPixels`.
 * @param positions which pictures; all where left out.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { measure, pictures, random } from 'dark-matter';
 *
 * const source = pictures.fromTensor(random.uniform(random.key(0), [5, 4, 4, 3]));
 * const { data, dim } = pictures.embedAll(source, measure.rawPixels);
 * assert.deepEqual([data.length, dim], [5 * 48, 48]);
 * ```
 */
export function embedAll(
  source: PictureSource,
  embed: (images: Tensor4D) => Tensor2D,
  positions: Int32Array = Int32Array.from({ length: source.count }, (_, i) => i),
  chunk = 500,
): Embeddings {
  const parts: Float32Array[] = [];
  for (let start = 0; start < positions.length; start += chunk) {
    const images = source.images(positions.subarray(start, start + chunk));
    const rows = tf.tidy(() => embed(images));
    parts.push(rows.dataSync() as Float32Array);
    tf.dispose([images, rows]);
  }
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const data = new Float32Array(length);
  parts.reduce((at, part) => (data.set(part, at), at + part.length), 0);
  return { data, dim: length / Math.max(1, positions.length) };
}

/** As a tensor [n, dim], the caller's. */
export const asTensor = ({ data, dim }: Embeddings): Tensor2D =>
  tf.tensor2d(data, [data.length / dim, dim]);
