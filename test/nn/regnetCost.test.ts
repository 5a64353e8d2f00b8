import { describe, expect, it } from 'vitest';
import { tf } from '../../lib/core/engine';
import { regnetCost, regnets, type RegNetName } from '../../lib/nn';

/**
 * flops (B), parameters (M), activations (M): Radosavovic et al. 2020, rounded to a tenth as
 * printed.
 */
const printed: Partial<Record<RegNetName, readonly [number, number, number]>> = {
  'RegNetX-200MF': [0.2, 2.7, 2.2],
  'RegNetX-400MF': [0.4, 5.2, 3.1],
  'RegNetX-600MF': [0.6, 6.2, 4.0],
  'RegNetX-800MF': [0.8, 7.3, 5.1],
  'RegNetX-1.6GF': [1.6, 9.2, 7.9],
  'RegNetX-3.2GF': [3.2, 15.3, 11.4],
  'RegNetX-4.0GF': [4.0, 22.1, 12.2],
  'RegNetX-6.4GF': [6.5, 26.2, 16.4],
  'RegNetX-8.0GF': [8.0, 39.6, 14.1],
  'RegNetX-12GF': [12.1, 46.1, 21.4],
  'RegNetX-16GF': [15.9, 54.3, 25.5],
  'RegNetX-32GF': [31.7, 107.8, 36.3],
  'RegNetY-200MF': [0.2, 3.2, 2.2],
  'RegNetY-400MF': [0.4, 4.3, 3.9],
  'RegNetY-600MF': [0.6, 6.1, 4.3],
  'RegNetY-800MF': [0.8, 6.3, 5.2],
  'RegNetY-1.6GF': [1.6, 11.2, 8.0],
  'RegNetY-3.2GF': [3.2, 19.4, 11.3],
  'RegNetY-4.0GF': [4.0, 20.6, 12.3],
  'RegNetY-6.4GF': [6.4, 30.6, 16.4],
  'RegNetY-8.0GF': [8.0, 39.2, 18.0],
  'RegNetY-12GF': [12.1, 51.8, 21.4],
  'RegNetY-16GF': [15.9, 83.6, 23.0],
  'RegNetY-32GF': [32.3, 145.0, 30.3],
};
const names = Object.keys(printed) as RegNetName[];

describe('regnetCost', () => {
  // A tenth of a million is 4% of the smallest: what is printed as 2.7 can be anything from 2.65 to
  // 2.75.
  it.each(names)(
    '%s has the parameters, activations and flops of the paper: within a hundredth and the rounding of its table',
    (name) => {
      const [flops, parameters, activations] = printed[name]!;
      const cost = regnetCost(regnets[name]);
      const off = (counted: number, given: number): number =>
        Math.max(0, Math.abs(counted - given) - 0.05) / given;
      expect(off(cost.parameters / 1e6, parameters)).toBeLessThan(0.01);
      expect(off(cost.activations / 1e6, activations)).toBeLessThan(0.01);
      expect(off(cost.flops / 1e9, flops)).toBeLessThan(0.01);
    },
  );

  it("SEER's RegNetY-256GF has 1.3 billion parameters and its successor's trunk nine", () => {
    const { parameters, flops } = regnetCost(regnets['RegNetY-256GF']);
    expect(Math.round(parameters / 1e8)).toBe(13);
    expect(Math.abs(flops / 256e9 - 1)).toBeLessThan(0.01);
    // Ten billion is said of the trunk and SwAV's head together, [28280, 8192, 8192, 256] and
    // 16,000 prototypes, and is rounded up.
    const trunk = regnetCost(regnets['RegNetY-10B'], { classes: 0 }).parameters;
    const head = 28_280 * 8192 + 8192 + 8192 ** 2 + 8192 + 8192 * 256 + 256 + 256 * 16_000;
    expect(trunk / 1e9).toBeCloseTo(9.32, 2);
    expect((trunk + head) / 1e9).toBeCloseTo(9.63, 2);
  });

  it('allocates nothing', () => {
    const before = tf.memory().numTensors;
    regnetCost(regnets['RegNetY-10B']);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('without classes, without the classifier', () => {
    const { parameters } = regnetCost(regnets['RegNetX-200MF']);
    expect(parameters - regnetCost(regnets['RegNetX-200MF'], { classes: 0 }).parameters).toBe(
      369_000,
    );
  });

  it('refuses a frame that is none', () => {
    expect(() => regnetCost(regnets['RegNetX-200MF'], { side: 0 })).toThrow('side: 0 given');
    expect(() => regnetCost(regnets['RegNetX-200MF'], { classes: -1 })).toThrow(
      'classes: -1 given',
    );
  });
});
