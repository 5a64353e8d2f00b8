import { relu } from './activations';
import type { NetworkParams } from './backbones';
import { residual, sequential } from './compose';
import type { AnyLayer, Layer } from './layer';
import { normalized } from './normalized';
import { globalAveragePool } from './pooling';
import type { RegNetFrame } from './regnetCost';
import { regnetStages, squeezedWidth, type RegNetDesign } from './regnetDesign';
import { squeezeExcitation } from './squeezeExcitation';

/**
 * 1x1, 3x3 in groups, 1x1, and around them the identity or, where the shape changes, a 1x1
 * convolution (figure 4).
 */
function regnetBlock(
  inputs: number,
  outputs: number,
  stride: number,
  groupWidth: number,
  squeeze: boolean,
): AnyLayer {
  const block = sequential([
    ...normalized(inputs, outputs, 1),
    relu(),
    ...normalized(outputs, outputs, 3, { stride, groups: outputs / groupWidth }),
    relu(),
    ...(squeeze ? [squeezeExcitation(outputs, squeezedWidth(inputs))] : []),
    ...normalized(outputs, outputs, 1),
  ]);
  const changes = stride > 1 || inputs !== outputs;
  return sequential([
    changes
      ? residual(block, sequential(normalized(inputs, outputs, 1, { stride })))
      : residual(block),
    relu(),
  ]);
}

/**
 * The network of a design, without classifier: stem, stages, mean over positions (Radosavovic et
 * al. 2020, section 3.2). [batch, height, width, channels] -> [batch, width of the last stage].
 * Images of any extent will do; `side` does not matter.
 *
 * The groups run one after the other (TensorFlow has no grouped convolution on a CPU), so many
 * narrow ones cost more time than their flops say.
 *
 * @example
 * ```ts
 * import { nn, random } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const net = nn.regnet({ depth: 2, w0: 8, wa: 8, wm: 2, groupWidth: 8 }, { channels: 1, stem: 8 });
 * const params = net.init(random.key(0));
 * assert.equal(net.apply(params, random.normal(random.key(1), [2, 16, 16, 1])).shape[0], 2);
 * ```
 */
export function regnet(
  design: RegNetDesign,
  { channels = 3, stem = 32, stemStride = 2 }: RegNetFrame = {},
): Layer<NetworkParams> {
  let inputs = stem;
  const blocks = regnetStages(design).flatMap(({ depth, width, groupWidth }) =>
    Array.from({ length: depth }, (_, i) => {
      const block = regnetBlock(
        inputs,
        width,
        i === 0 ? 2 : 1,
        groupWidth,
        design.squeeze ?? false,
      );
      inputs = width;
      return block;
    }),
  );
  return sequential([
    ...normalized(channels, stem, 3, { stride: stemStride }),
    relu(),
    ...blocks,
    globalAveragePool(),
  ]) as unknown as Layer<NetworkParams>;
}
