/**
 * Distributions in the plane whose density is known exactly: for density estimation, energies and
 * samplers, where real data can only be looked at. The pictures are the field's (FFJORD, Grathwohl
 * et al. 2019, figure 2, and its forebears).
 */
import { gaussians8, gaussians8Modes } from './gaussians8';
import { moons } from './moons';
import { checkerboard } from './checkerboard';
import { pinwheel } from './pinwheel';
import { swissRoll } from './swissRoll';
import { spirals } from './spirals';
import { rings } from './rings';

export type { Toy } from './toy';
export { gaussians8, gaussians8Modes, moons, checkerboard, pinwheel, swissRoll, spirals, rings };

/** All of them, by name of the export. */
export const toys = {
  gaussians8,
  moons,
  checkerboard,
  pinwheel,
  swissRoll,
  spirals,
  rings,
} as const;
