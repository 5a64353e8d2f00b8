import type { Tensor2D } from '../core/engine';
import { l2Normalize } from '../core/l2Normalize';

/**
 * Each atom at length 1. Without that the L1 price could be dodged: long atoms need only small
 * codes.
 */
export function unitAtoms(dictionary: Tensor2D): Tensor2D {
  return l2Normalize(dictionary);
}
