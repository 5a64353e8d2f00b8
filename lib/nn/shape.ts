import { expectShape } from '../core/checks';
import type { Tensor } from '../core/engine';

/**
 * For layers that act on the last axis and leave the others alone.
 * @throws when the last axis has another size.
 */
export function expectFeatures(layer: string, x: Tensor, features: number): void {
  if (x.rank > 2 && x.shape[x.rank - 1] === features) return;
  expectShape(`${layer}(x)`, x, x.rank > 2 ? ['batch', '...', features] : ['batch', features]);
}

/** @throws when x is not a batch of images in NHWC, with so many channels if a number is given. */
export function expectImages(
  layer: string,
  x: Tensor,
  channels: number | 'channels' = 'channels',
): void {
  expectShape(`${layer}(x)`, x, ['batch', 'height', 'width', channels]);
}
