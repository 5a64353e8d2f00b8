/** RegNets that have names. */
import type { RegNetDesign } from './regnetDesign';

const design = (
  depth: number,
  w0: number,
  wa: number,
  wm: number,
  groupWidth: number,
  squeeze = false,
): RegNetDesign => ({ depth, w0, wa, wm, groupWidth, ...(squeeze && { squeeze }) });
const y = (...numbers: readonly [number, number, number, number, number]): RegNetDesign =>
  design(...numbers, true);

/**
 * The published designs: RegNetX and RegNetY by their flops, "in the mobile regime" and above
 * (Radosavovic et al. 2020, tables 2-4 and appendix D); RegNetY-128GF and 256GF, SEER's, the latter
 * with 1.3 billion parameters (Goyal et al. 2021, "Self-supervised Pretraining of Visual Features
 * in the Wild"); and its successor of ten billion (Goyal et al. 2022, "Vision Models Are More
 * Robust and Fair When Pretrained on Uncurated Images Without Supervision"), of which 9.3 are in
 * this trunk and 0.3 in the head that SwAV trains it with.
 */
export const regnets = {
  'RegNetX-200MF': design(13, 24, 36.44, 2.49, 8),
  'RegNetX-400MF': design(22, 24, 24.48, 2.54, 16),
  'RegNetX-600MF': design(16, 48, 36.97, 2.24, 24),
  'RegNetX-800MF': design(16, 56, 35.73, 2.28, 16),
  'RegNetX-1.6GF': design(18, 80, 34.01, 2.25, 24),
  'RegNetX-3.2GF': design(25, 88, 26.31, 2.25, 48),
  'RegNetX-4.0GF': design(23, 96, 38.65, 2.43, 40),
  'RegNetX-6.4GF': design(17, 184, 60.83, 2.07, 56),
  'RegNetX-8.0GF': design(23, 80, 49.56, 2.88, 120),
  'RegNetX-12GF': design(19, 168, 73.36, 2.37, 112),
  'RegNetX-16GF': design(22, 216, 55.59, 2.1, 128),
  'RegNetX-32GF': design(23, 320, 69.86, 2.0, 168),
  'RegNetY-200MF': y(13, 24, 36.44, 2.49, 8),
  'RegNetY-400MF': y(16, 48, 27.89, 2.09, 8),
  'RegNetY-600MF': y(15, 48, 32.54, 2.32, 16),
  'RegNetY-800MF': y(14, 56, 38.84, 2.4, 16),
  'RegNetY-1.6GF': y(27, 48, 20.71, 2.65, 24),
  'RegNetY-3.2GF': y(21, 80, 42.63, 2.66, 24),
  'RegNetY-4.0GF': y(22, 96, 31.41, 2.24, 64),
  'RegNetY-6.4GF': y(25, 112, 33.22, 2.27, 72),
  'RegNetY-8.0GF': y(17, 192, 76.82, 2.19, 56),
  'RegNetY-12GF': y(19, 168, 73.36, 2.37, 112),
  'RegNetY-16GF': y(18, 200, 106.23, 2.48, 112),
  'RegNetY-32GF': y(20, 232, 115.89, 2.53, 232),
  'RegNetY-128GF': y(27, 456, 160.83, 2.52, 264),
  'RegNetY-256GF': y(27, 640, 230.83, 2.53, 373),
  'RegNetY-10B': y(27, 1744, 620.83, 2.52, 1010),
} as const satisfies Record<string, RegNetDesign>;

export type RegNetName = keyof typeof regnets;
