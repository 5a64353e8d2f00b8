/** Small networks, ready-made for 28x28 digits and points in the plane. */
import { expectNumber, expectShape } from '../core/checks';
import { relu } from './activations';
import { sequential } from './compose';
import { conv2d } from './conv';
import { dense, type DenseOptions } from './dense';
import { heNormal } from './initializers';
import type { AnyLayer, Layer } from './layer';
import { batchNorm } from './norm';
import { flatten } from './pooling';

export interface MlpOptions {
  /** Between the layers; default ReLU. */
  readonly activation?: () => AnyLayer;
  /** Batch normalisation before each activation; default false. */
  readonly norm?: boolean;
  /** Of the last layer; default true. */
  readonly bias?: boolean;
}

/** The parameters of a network that is made of a list of layers. */
export type NetworkParams = readonly object[];

/**
 * Dense layers of the given sizes with activations between: `mlp([784, 256, 10])`. [batch, first]
 * -> [batch, last].
 *
 * @example
 * ```ts
 * import { nn, random, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const net = nn.mlp([4, 16, 3]);
 * const params = net.init(random.key(0));
 * assert.deepEqual(net.apply(params, tf.zeros([2, 4])).shape, [2, 3]);
 * ```
 */
export function mlp(sizes: readonly number[], options: MlpOptions = {}): Layer<NetworkParams> {
  const { activation = relu, norm = false, bias = true } = options;
  if (sizes.length < 2)
    throw new Error(`mlp: sizes [${sizes.join(', ')}] given, at least [inputs, outputs] expected`);
  const layers = sizes.slice(1).flatMap((outputs, i): AnyLayer[] => {
    const inputs = sizes[i]!;
    if (i === sizes.length - 2) return [dense(inputs, outputs, { bias })];
    const hidden: DenseOptions = { init: heNormal, bias: !norm };
    return [dense(inputs, outputs, hidden), ...(norm ? [batchNorm(outputs)] : []), activation()];
  });
  return sequential(layers) as unknown as Layer<NetworkParams>;
}

/**
 * The head on which joint-embedding methods put their loss and which is thrown away afterwards
 * (SimCLR, Barlow Twins, VICReg): dense, batch norm, ReLU between the sizes; the last is linear,
 * without bias. `projector([128, 256, 256])`.
 *
 * @example
 * ```ts
 * import { nn, random } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const projector = nn.projector([8, 16, 4]);
 * const params = projector.init(random.key(0));
 * assert.deepEqual(projector.apply(params, random.normal(random.key(1), [6, 8])).shape, [6, 4]);
 * ```
 */
export const projector = (sizes: readonly number[]): Layer<NetworkParams> =>
  mlp(sizes, { norm: true, bias: false });

/**
 * BYOL's and SimSiam's predictor: a bottleneck or widening of one hidden layer, as wide out as in.
 * [batch, features] -> the same.
 *
 * @example
 * ```ts
 * import { nn, random } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const predictor = nn.predictor(8, 2);
 * const params = predictor.init(random.key(0));
 * assert.deepEqual(predictor.apply(params, random.normal(random.key(1), [6, 8])).shape, [6, 8]);
 * ```
 */
export const predictor = (features: number, hidden: number): Layer<NetworkParams> =>
  mlp([features, hidden, features], { norm: true });

export interface SmallConvNetOptions {
  /** Channels of the first block; they double at each of the three. Default 16. */
  readonly width?: number;
  /** The size of the output. Default 128. */
  readonly features?: number;
  /** Channels of the images; default 1. */
  readonly channels?: number;
  /** Pixels a side of square images, or [height, width] of others; default 28. */
  readonly side?: number | readonly [number, number];
}

/**
 * Three blocks of 3x3 convolution with stride 2, batch norm and ReLU, then a dense layer on all
 * positions. [batch, height, width, channels] -> [batch, features]. With the defaults 155,000
 * parameters and 0.7 million multiplications an image.
 *
 * @throws when an image is not of the size that the options say.
 * @example
 * ```ts
 * import { nn, random, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const encoder = nn.smallConvNet({ width: 4, features: 8, side: [16, 32] });
 * const params = encoder.init(random.key(0));
 * assert.deepEqual(encoder.apply(params, tf.zeros([2, 16, 32, 1])).shape, [2, 8]);
 * ```
 */
export function smallConvNet(options: SmallConvNetOptions = {}): Layer<NetworkParams> {
  const { width = 16, features = 128, channels = 1, side = 28 } = options;
  const [rows, columns] = typeof side === 'number' ? [side, side] : side;
  for (const [name, value] of Object.entries({ width, features, channels }))
    expectNumber(`smallConvNet: ${name}`, value, { atLeast: 1, integer: true });
  for (const length of [rows, columns])
    expectNumber('smallConvNet: side', length, { atLeast: 1, integer: true });
  const block = (inputs: number, outputs: number): AnyLayer[] => [
    conv2d(inputs, outputs, 3, { stride: 2, bias: false }),
    batchNorm(outputs),
    relu(),
  ];
  const positions = Math.ceil(rows / 8) * Math.ceil(columns / 8);
  const net = sequential([
    ...block(channels, width),
    ...block(width, 2 * width),
    ...block(2 * width, 4 * width),
    flatten(),
    dense(positions * 4 * width, features),
  ]) as unknown as Layer<NetworkParams>;
  return {
    ...net,
    apply: (params, x, options) => {
      expectShape('smallConvNet(x)', x, ['batch', rows, columns, channels]);
      return net.apply(params, x, options);
    },
  };
}
