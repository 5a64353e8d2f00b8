/** Small networks, ready-made for 28x28 digits and points in the plane. */
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
 */
export const projector = (sizes: readonly number[]): Layer<NetworkParams> =>
  mlp(sizes, { norm: true, bias: false });

/**
 * BYOL's and SimSiam's predictor: a bottleneck or widening of one hidden layer, as wide out as in.
 * [batch, features] -> the same.
 */
export const predictor = (features: number, hidden: number): Layer<NetworkParams> =>
  mlp([features, hidden, features], { norm: true });

export interface SmallConvNetOptions {
  /** Channels of the first block; they double at each of the three. Default 16. */
  readonly width?: number;
  /** The size of the output. Default 128. */
  readonly embedding?: number;
  /** Channels of the images; default 1. */
  readonly channels?: number;
  /** Side of the (square) images; default 28. */
  readonly side?: number;
}

/**
 * Three blocks of 3x3 convolution with stride 2, batch norm and ReLU, then a dense layer on all
 * positions. [batch, 28, 28, 1] -> [batch, embedding]. With the defaults 155,000 parameters and 0.7
 * million multiplications an image.
 */
export function smallConvNet(options: SmallConvNetOptions = {}): Layer<NetworkParams> {
  const { width = 16, embedding = 128, channels = 1, side = 28 } = options;
  const block = (inputs: number, outputs: number): AnyLayer[] => [
    conv2d(inputs, outputs, 3, { stride: 2, bias: false }),
    batchNorm(outputs),
    relu(),
  ];
  const last = Math.ceil(side / 8);
  return sequential([
    ...block(channels, width),
    ...block(width, 2 * width),
    ...block(2 * width, 4 * width),
    flatten(),
    dense(last * last * 4 * width, embedding),
  ]) as unknown as Layer<NetworkParams>;
}
