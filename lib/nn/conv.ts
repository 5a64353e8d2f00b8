/** Convolutions of images in NHWC: [batch, height, width, channels]. */
import { expectNumber } from '../core/checks';
import { tf, type Tensor, type Tensor4D } from '../core/engine';
import type { Key } from '../core/random';
import { heNormal, type Initializer } from './initializers';
import { defineLayer, type Layer } from './layer';
import { expectImages } from './shape';

export interface ConvParams {
  /**
   * [height, width, inputs / groups, outputs]; of a transposed convolution [height, width, outputs,
   * inputs].
   */
  readonly kernel: Tensor;
  /** [outputs]; absent when the layer has no bias. */
  readonly bias?: Tensor;
}

export interface ConvOptions {
  /** Default 1. */
  readonly stride?: number;
  /** 'same' (the default) gives ceil(size / stride), 'valid' pads nothing. */
  readonly padding?: 'same' | 'valid';
  /** Default true; turn it off before a normalisation. */
  readonly bias?: boolean;
  /** The channels fall into so many groups that do not see each other; default 1. */
  readonly groups?: number;
  /** Of the kernel; default `heNormal`. The bias starts at zero. */
  readonly init?: Initializer;
}

/**
 * A 2D convolution (cross-correlation, as everywhere in the field) with a square kernel of side
 * `size`. [batch, height, width, inputs] -> [batch, height', width', outputs].
 *
 * @throws when x has not 4 axes with `inputs` channels, or when `groups` does not divide both
 * numbers of channels.
 * @example
 * ```ts
 * import { nn, random, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const layer = nn.conv2d(3, 8, 3, { stride: 2 });
 * const params = layer.init(random.key(0));
 * assert.deepEqual(layer.apply(params, tf.zeros([2, 32, 32, 3])).shape, [2, 16, 16, 8]);
 * ```
 */
export function conv2d(
  inputs: number,
  outputs: number,
  size: number,
  options: ConvOptions = {},
): Layer<ConvParams> {
  const { stride = 1, padding = 'same', bias = true, groups = 1, init = heNormal } = options;
  for (const [name, value] of Object.entries({ inputs, outputs, size, stride, groups }))
    expectNumber(`conv2d: ${name}`, value, { atLeast: 1, integer: true });
  if (inputs % groups !== 0 || outputs % groups !== 0) {
    throw new Error(
      `conv2d: groups is ${groups}, a divisor of inputs (${inputs}) and outputs (${outputs}) expected`,
    );
  }
  return defineLayer({
    name: 'conv2d',
    init: (key: Key): ConvParams => {
      const kernel = init(key, [size, size, inputs / groups, outputs]);
      return bias ? { kernel, bias: tf.zeros([outputs]) } : { kernel };
    },
    apply: (params, x) => {
      expectImages('conv2d', x, inputs);
      const convolve = (image: Tensor, kernel: Tensor): Tensor =>
        tf.conv2d(image as Tensor4D, kernel as Tensor4D, stride, padding);
      if (groups === 1) return withBias(convolve(x, params.kernel), params.bias);
      const images = tf.split(x, groups, 3);
      const kernels = tf.split(params.kernel, groups, 3);
      return withBias(
        tf.concat(
          images.map((image, i) => convolve(image, kernels[i]!)),
          3,
        ),
        params.bias,
      );
    },
  });
}

export type TransposedConvOptions = Omit<ConvOptions, 'groups'>;

/**
 * The transpose of `conv2d`, for decoders: stride s makes an image s times as large ('same'), or
 * (height - 1) s + size ('valid'). [batch, height, width, inputs] -> [batch, height', width',
 * outputs].
 *
 * @example
 * ```ts
 * import { nn, random, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const layer = nn.transposedConv2d(8, 3, 3, { stride: 2 });
 * const params = layer.init(random.key(0));
 * assert.deepEqual(layer.apply(params, tf.zeros([2, 16, 16, 8])).shape, [2, 32, 32, 3]);
 * ```
 */
export function transposedConv2d(
  inputs: number,
  outputs: number,
  size: number,
  options: TransposedConvOptions = {},
): Layer<ConvParams> {
  const { stride = 1, padding = 'same', bias = true, init = heNormal } = options;
  for (const [name, value] of Object.entries({ inputs, outputs, size, stride }))
    expectNumber(`transposedConv2d: ${name}`, value, { atLeast: 1, integer: true });
  const grown = (length: number): number =>
    padding === 'same' ? length * stride : (length - 1) * stride + Math.max(size, stride);
  return defineLayer({
    name: 'transposedConv2d',
    init: (key: Key): ConvParams => {
      // The initialiser takes the axes as (in, out); only every stride-th tap meets an input.
      const kernel = tf
        .transpose(init(key, [size, size, inputs, outputs]), [0, 1, 3, 2])
        .mul(stride);
      return bias ? { kernel, bias: tf.zeros([outputs]) } : { kernel };
    },
    apply: (params, x) => {
      expectImages('transposedConv2d', x, inputs);
      const [batch, height, width] = x.shape as [number, number, number, number];
      const shape: [number, number, number, number] = [batch, grown(height), grown(width), outputs];
      return withBias(
        tf.conv2dTranspose(x as Tensor4D, params.kernel as Tensor4D, shape, stride, padding),
        params.bias,
      );
    },
  });
}

function withBias(y: Tensor, bias: Tensor | undefined): Tensor {
  return bias ? tf.add(y, bias) : y;
}
