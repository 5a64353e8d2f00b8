/**
 * The RegNet design space: a network of some twenty blocks from a handful of numbers. Nothing is
 * allocated here.
 */
import { expectNumber } from '../core/checks';

/**
 * A point of the design space (Radosavovic et al. 2020, "Designing Network Design Spaces", section
 * 3.3), with the bottleneck ratio of 1 that the paper finds best.
 */
export interface RegNetDesign {
  /** Blocks in all, at least 1. */
  readonly depth: number;
  /** The first block's width, before it is quantised; above 0. */
  readonly w0: number;
  /** By how much the width grows a block; 0 or more. */
  readonly wa: number;
  /** The factor between the widths of one stage and the next, above 1. */
  readonly wm: number;
  /** Channels of a group in the 3x3 convolutions. */
  readonly groupWidth: number;
  /** RegNetY: squeeze-and-excitation in each block. Default false, RegNetX. */
  readonly squeeze?: boolean;
}

/** Blocks of one width; the first of them halves the image. */
export interface RegNetStage {
  readonly depth: number;
  readonly width: number;
  /** Divides `width`. */
  readonly groupWidth: number;
}

/**
 * The width of each block: before it is quantised (equation 2), to powers of wm (equations 3-4),
 * and to multiples of 8.
 */
export interface BlockWidths {
  readonly linear: readonly number[];
  readonly powers: readonly number[];
  readonly quantised: readonly number[];
}

/**
 * The widths of the blocks, block by block:
 *
 *     u_j = w0 + wa j                       a straight line           (equation 2)
 *     w_j = w0 wm^round(log_wm(u_j / w0))   a few widths that repeat  (equations 3 and 4)
 *
 * and of that the nearest multiple of 8.
 *
 * @example
 * ```ts
 * import { nn } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const { linear } = nn.blockWidths({ depth: 2, w0: 8, wa: 8, wm: 2, groupWidth: 8 });
 * assert.deepEqual(linear, [8, 16]);
 * ```
 */
export function blockWidths(design: RegNetDesign): BlockWidths {
  const { depth, w0, wa, wm, groupWidth } = design;
  expectNumber('depth', depth, { atLeast: 1, integer: true });
  expectNumber('w0', w0, { above: 0 });
  expectNumber('wa', wa, { atLeast: 0 });
  expectNumber('wm', wm, { above: 1 });
  expectNumber('groupWidth', groupWidth, { atLeast: 1, integer: true });
  const linear = Array.from({ length: depth }, (_, j) => w0 + wa * j);
  const powers = linear.map((u) => w0 * wm ** roundHalfEven(Math.log(u / w0) / Math.log(wm)));
  return { linear, powers, quantised: powers.map((w) => Math.max(8, 8 * roundHalfEven(w / 8))) };
}

/**
 * The stages: runs of equal width. Where the groups do not divide a width, it is moved to their
 * nearest multiple; a group is at most as wide as the stage.
 *
 * @example
 * ```ts
 * import { nn } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const stages = nn.regnetStages({ depth: 2, w0: 8, wa: 8, wm: 2, groupWidth: 8 });
 * assert.deepEqual(stages.map(({ width }) => width), [8, 16]);
 * ```
 */
export function regnetStages(design: RegNetDesign): RegNetStage[] {
  const stages: { depth: number; width: number }[] = [];
  for (const width of blockWidths(design).quantised) {
    const last = stages.at(-1);
    if (last?.width === width) last.depth++;
    else stages.push({ depth: 1, width });
  }
  return stages.map(({ depth, width }) => {
    const groupWidth = Math.min(design.groupWidth, width);
    return { depth, width: groupWidth * roundHalfEven(width / groupWidth), groupWidth };
  });
}

/**
 * The hidden width of a block's squeeze-and-excitation: a quarter of the width of what comes *into*
 * the block.
 */
export const squeezedWidth = (inputs: number): number => Math.max(1, roundHalfEven(inputs / 4));

/**
 * Of two nearest whole numbers the even one (IEEE 754, and Python): 392 channels in groups of 16
 * are 24 groups, not 25.
 */
function roundHalfEven(x: number): number {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
}
