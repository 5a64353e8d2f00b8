import { conv2d, type ConvOptions } from './conv';
import type { AnyLayer } from './layer';
import { batchNorm } from './norm';

/**
 * A convolution without bias and the batch normalisation that makes up for it: what residual
 * networks are built of.
 */
export const normalized = (
  inputs: number,
  outputs: number,
  size: number,
  options: ConvOptions = {},
): AnyLayer[] => [conv2d(inputs, outputs, size, { ...options, bias: false }), batchNorm(outputs)];
