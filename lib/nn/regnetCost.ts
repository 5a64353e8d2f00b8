/**
 * What a RegNet would cost, counted layer by layer without making one: ten billion parameters in a
 * millisecond.
 */
import { expectNumber } from '../core/checks';
import { regnetStages, squeezedWidth, type RegNetDesign } from './regnetDesign';

export interface RegNetFrame {
  /** Side of the (square) images; default 224. */
  readonly side?: number;
  /** Channels of the images; default 3. */
  readonly channels?: number;
  /** Channels that the stem makes; default 32. */
  readonly stem?: number;
  /** Of the stem, 3x3 and without pooling; default 2. For images of 32 to 64 pixels: 1. */
  readonly stemStride?: number;
}

export interface RegNetCost {
  /** Numbers that are trained: kernels, scales and offsets of batch normalisation, biases. */
  readonly parameters: number;
  /**
   * Numbers that the convolutions put out for one image: what the paper calls activations, and what
   * memory follows.
   */
  readonly activations: number;
  /** Multiplications (each with its addition) for one image: what the paper calls flops. */
  readonly flops: number;
}

/**
 * The cost of a design (Radosavovic et al. 2020, section 3.1 and appendix: one 3x3 stem, blocks of
 * 1x1, 3x3 in groups and 1x1 convolutions with a residual around them, a linear classifier). The
 * backbone alone with `classes: 0`.
 *
 * @param classes of the classifier; default 1000, ImageNet's.
 * @example
 * ```ts
 * import { nn } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const cost = nn.regnetCost(nn.regnets['RegNetY-256GF']);
 * assert.ok(Object.values(cost).every((figure) => figure > 0));
 * ```
 */
export function regnetCost(
  design: RegNetDesign,
  {
    side = 224,
    channels = 3,
    stem = 32,
    stemStride = 2,
    classes = 1000,
  }: RegNetFrame & { readonly classes?: number } = {},
): RegNetCost {
  for (const [name, value] of Object.entries({ side, channels, stem, stemStride }))
    expectNumber(name, value, { atLeast: 1, integer: true });
  expectNumber('classes', classes, { atLeast: 0, integer: true });
  const cost = { parameters: 0, activations: 0, flops: 0 };
  /** A convolution with `perOutput` weights for each output channel, on `area` positions. */
  const add = (perOutput: number, outputs: number, area: number, extra: number): void => {
    cost.parameters += perOutput * outputs + extra;
    cost.activations += outputs * area;
    cost.flops += perOutput * outputs * area;
  };
  /** Without bias, but with batch normalisation's scale and offset. */
  const normalized = (perOutput: number, outputs: number, area: number): void =>
    add(perOutput, outputs, area, 2 * outputs);
  const withBias = (inputs: number, outputs: number): void => add(inputs, outputs, 1, outputs);

  let [width, extent] = [stem, Math.ceil(side / stemStride)];
  normalized(9 * channels, stem, extent ** 2);
  for (const stage of regnetStages(design)) {
    for (let block = 0; block < stage.depth; block++) {
      const stride = block === 0 ? 2 : 1;
      const next = Math.ceil(extent / stride);
      if (stride > 1 || width !== stage.width) normalized(width, stage.width, next ** 2);
      normalized(width, stage.width, extent ** 2);
      normalized(9 * stage.groupWidth, stage.width, next ** 2);
      if (design.squeeze) {
        withBias(stage.width, squeezedWidth(width));
        withBias(squeezedWidth(width), stage.width);
      }
      normalized(stage.width, stage.width, next ** 2);
      [width, extent] = [stage.width, next];
    }
  }
  if (classes > 0) withBias(width, classes);
  return cost;
}
