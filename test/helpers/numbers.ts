/** Numbers for property tests. */
import fc from 'fast-check';

/** So many steps lie between the ends. */
const STEPS = 1_000_000;

/**
 * Numbers spread evenly from `min` to `max`; the ends, where faults live, come oftener. `fc.double` is uniform over the
 * doubles that exist, of which almost all lie next to 0: of -20 to 20 it draws 91% below 1e-6.
 */
export const evenly = (min: number, max: number): fc.Arbitrary<number> =>
  fc.integer({ min: 0, max: STEPS }).map((step) => min + ((max - min) * step) / STEPS);
