import { expectNumber } from '../core/checks';
import { relu } from './activations';
import type { NetworkParams } from './backbones';
import { residual, sequential } from './compose';
import type { AnyLayer, Layer } from './layer';
import { normalized } from './normalized';
import { globalAveragePool } from './pooling';

export interface ResNetOptions {
  /**
   * Blocks of two convolutions in each of the three stages; 6 blocks + 2 layers in all. Default 1,
   * ResNet-8.
   */
  readonly blocks?: number;
  /** Channels of the first stage; they double at each. Default 16. */
  readonly width?: number;
  /** Channels of the images; default 1. */
  readonly channels?: number;
}

/**
 * The residual network for small images (He et al. 2016, "Deep Residual Learning", section 4.2),
 * without its classifier: a 3x3 stem and three stages; the second and the third halve the image.
 * Where the shape changes the shortcut is a 1x1 convolution (option B). [batch, height, width,
 * channels] -> [batch, 4 width].
 *
 * @example
 * ```ts
 * import { nn, random } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const net = nn.resnet({ width: 4 });
 * const params = net.init(random.key(0));
 * assert.equal(net.apply(params, random.normal(random.key(1), [2, 16, 16, 1])).shape[0], 2);
 * ```
 */
export function resnet({
  blocks = 1,
  width = 16,
  channels = 1,
}: ResNetOptions = {}): Layer<NetworkParams> {
  for (const [name, value] of Object.entries({ blocks, width, channels }))
    expectNumber(name, value, { atLeast: 1, integer: true });
  const block = (inputs: number, outputs: number, stride: number): AnyLayer[] => {
    const inner = sequential([
      ...normalized(inputs, outputs, 3, { stride }),
      relu(),
      ...normalized(outputs, outputs, 3),
    ]);
    return [
      stride > 1
        ? residual(inner, sequential(normalized(inputs, outputs, 1, { stride })))
        : residual(inner),
      relu(),
    ];
  };
  const stage = (outputs: number, stride: number): AnyLayer[] =>
    Array.from({ length: blocks }, (_, i) =>
      i === 0 ? block(outputs / stride, outputs, stride) : block(outputs, outputs, 1),
    ).flat();
  return sequential([
    ...normalized(channels, width, 3),
    relu(),
    ...stage(width, 1),
    ...stage(2 * width, 2),
    ...stage(4 * width, 2),
    globalAveragePool(),
  ]) as unknown as Layer<NetworkParams>;
}
