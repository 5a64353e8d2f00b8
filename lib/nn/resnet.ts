import { expectNumber } from '../core/checks';
import { relu } from './activations';
import type { NetworkParams } from './backbones';
import { residual, sequential } from './compose';
import type { AnyLayer, Layer } from './layer';
import { normalized } from './normalized';
import { globalAveragePool, maxPool } from './pooling';

export interface ResNetOptions {
  /**
   * Blocks of two convolutions in each of the three stages (6 blocks + 2 layers in all), or a list
   * with those of each stage. Default 1, ResNet-8; 3 is ResNet-20; [2, 2, 2, 2] with width 64
   * ResNet-18.
   */
  readonly blocks?: number | readonly number[];
  /** Channels of the first stage; they double at each. Default 16. */
  readonly width?: number;
  /** Channels of the images; default 1. */
  readonly channels?: number;
  /**
   * What comes before the stages. 'cifar', the default: a 3x3 convolution, for images of 32 to 64
   * pixels, as SimCLR's ResNets have it on CIFAR-10 (Chen et al. 2020, appendix B.9). 'imagenet': a
   * 7x7 convolution and a max pooling, which halve the image each.
   */
  readonly stem?: 'cifar' | 'imagenet';
}

/**
 * The residual network for small images (He et al. 2016, "Deep Residual Learning", section 4.2),
 * without its classifier: a 3x3 stem and three stages; all but the first halve the image. Where the
 * shape changes the shortcut is a 1x1 convolution (option B). [batch, height, width, channels] ->
 * [batch, 4 width], or with a list of `blocks` for s stages [batch, 2^(s - 1) width].
 *
 * @throws when a number is not a whole one from 1, and when `blocks` is an empty list.
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
  stem = 'cifar',
}: ResNetOptions = {}): Layer<NetworkParams> {
  const stages = typeof blocks === 'number' ? [blocks, blocks, blocks] : blocks;
  if (stages.length === 0) throw new Error('blocks: [] given, at least one stage expected');
  for (const depth of stages) expectNumber('blocks', depth, { atLeast: 1, integer: true });
  for (const [name, value] of Object.entries({ width, channels }))
    expectNumber(name, value, { atLeast: 1, integer: true });
  if (!Object.hasOwn(stems, stem))
    throw new Error(
      `stem: ${String(stem)} given, one of ${Object.keys(stems).join(', ')} expected`,
    );
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
  const stage = (depth: number, place: number): AnyLayer[] => {
    const [outputs, stride] = [width * 2 ** place, place === 0 ? 1 : 2];
    return Array.from({ length: depth }, (_, i) =>
      i === 0 ? block(outputs / stride, outputs, stride) : block(outputs, outputs, 1),
    ).flat();
  };
  return sequential([
    ...stems[stem](channels, width),
    ...stages.flatMap(stage),
    globalAveragePool(),
  ]) as unknown as Layer<NetworkParams>;
}

const stems = {
  cifar: (channels: number, width: number): AnyLayer[] => [
    ...normalized(channels, width, 3),
    relu(),
  ],
  imagenet: (channels: number, width: number): AnyLayer[] => [
    ...normalized(channels, width, 7, { stride: 2 }),
    relu(),
    maxPool(3, 2, 'same'),
  ],
};
