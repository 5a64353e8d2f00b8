import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blockWidths, regnets, regnetStages, type RegNetName } from '../../lib/nn';
import { evenly } from '../helpers/numbers';

/** Depths and widths of the stages, as the paper draws them (Radosavovic et al. 2020, appendix). */
const printed: Partial<Record<RegNetName, readonly [readonly number[], readonly number[]]>> = {
  'RegNetX-200MF': [
    [1, 1, 4, 7],
    [24, 56, 152, 368],
  ],
  'RegNetX-400MF': [
    [1, 2, 7, 12],
    [32, 64, 160, 384],
  ],
  'RegNetX-3.2GF': [
    [2, 6, 15, 2],
    [96, 192, 432, 1008],
  ],
  'RegNetX-32GF': [
    [2, 7, 13, 1],
    [336, 672, 1344, 2520],
  ],
  'RegNetY-800MF': [
    [1, 3, 8, 2],
    [64, 128, 320, 768],
  ],
  'RegNetY-4.0GF': [
    [2, 6, 12, 2],
    [128, 192, 512, 1088],
  ],
  'RegNetY-32GF': [
    [2, 5, 12, 1],
    [232, 696, 1392, 3712],
  ],
};

const anyDesign = fc.record({
  depth: fc.integer({ min: 1, max: 40 }),
  w0: fc.integer({ min: 8, max: 512 }),
  wa: evenly(0, 256),
  wm: evenly(1.5, 3),
  groupWidth: fc.integer({ min: 1, max: 200 }),
});

describe('regnetStages', () => {
  it.each(Object.keys(printed) as RegNetName[])(
    '%s has the stages that the paper draws',
    (name) => {
      const stages = regnetStages(regnets[name]);
      expect([stages.map(({ depth }) => depth), stages.map(({ width }) => width)]).toEqual(
        printed[name],
      );
    },
  );

  it("SEER's RegNetY-256GF ends 10,444 channels wide, as its head's input says", () => {
    expect(regnetStages(regnets['RegNetY-256GF']).at(-1)!.width).toBe(10_444);
  });

  it('for any design: groups divide widths, which do not fall; the depths add up', () => {
    fc.assert(
      fc.property(anyDesign, (design) => {
        const stages = regnetStages(design);
        expect(stages.every(({ width, groupWidth }) => width % groupWidth === 0)).toBe(true);
        expect(stages.every(({ width }, i) => i === 0 || width >= stages[i - 1]!.width)).toBe(true);
        expect(stages.reduce((sum, { depth }) => sum + depth, 0)).toBe(design.depth);
      }),
    );
  });
});

describe('blockWidths', () => {
  it('each width is at most the square root of wm away from the line, before it is made a multiple of 8', () => {
    fc.assert(
      fc.property(anyDesign, (design) => {
        const { linear, powers, quantised } = blockWidths(design);
        powers.forEach((w, j) =>
          expect(Math.abs(Math.log(w / linear[j]!))).toBeLessThan(Math.log(design.wm) / 2 + 1e-9),
        );
        expect(quantised.every((w) => w % 8 === 0)).toBe(true);
      }),
    );
  });

  it('refuses what is no design', () => {
    expect(() => blockWidths({ ...regnets['RegNetX-200MF'], wm: 1 })).toThrow('wm: 1 given');
    expect(() => blockWidths({ ...regnets['RegNetX-200MF'], depth: 0 })).toThrow('depth: 0 given');
    expect(() => blockWidths({ ...regnets['RegNetX-200MF'], groupWidth: 1.5 })).toThrow(
      'groupWidth: 1.5 given',
    );
  });
});
