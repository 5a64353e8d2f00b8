import { measure, random } from 'dark-matter';
import { describe, expect, it } from 'vitest';

/**
 * A Gabor function drawn from its definition. `tilt`: the stripes' degrees from the horizontal,
 * counter-clockwise.
 */
function draw(
  side: number,
  { x = 5, y = 6, tilt = 30, frequency = 0.2, across = 2, along = 3, phase = 0.7 } = {},
): number[] {
  const direction = (tilt * Math.PI) / 180;
  return Array.from({ length: side * side }, (_, i) => {
    const [right, up] = [(i % side) - x, y - Math.floor(i / side)];
    const alongStripes = right * Math.cos(direction) + up * Math.sin(direction);
    const acrossStripes = -right * Math.sin(direction) + up * Math.cos(direction);
    return (
      Math.exp(-0.5 * ((acrossStripes / across) ** 2 + (alongStripes / along) ** 2)) *
      Math.cos(2 * Math.PI * frequency * acrossStripes + phase)
    );
  });
}

describe('a Gabor fit', () => {
  it.each([
    [0, 0.2],
    [30, 0.15],
    [90, 0.3],
    [135, 0.22],
    [170, 0.25],
  ])('finds stripes at %i degrees of %d cycles a pixel again', (tilt, frequency) => {
    const fit = measure.fitGabor(draw(12, { tilt, frequency }));
    expect(fit.explained).toBeGreaterThan(0.999);
    const turned = Math.abs(fit.orientation - tilt) % 180;
    expect(Math.min(turned, 180 - turned)).toBeLessThan(1);
    expect(fit.frequency).toBeCloseTo(frequency, 2);
    expect(fit.x).toBeCloseTo(5, 1);
    expect(fit.y).toBeCloseTo(6, 1);
    expect(fit.across).toBeCloseTo(2, 1);
    expect(fit.along).toBeCloseTo(3, 1);
  });

  it('has no wave faster than half a cycle a pixel across or down, and finds the checkerboard at that limit, on the diagonal', () => {
    const within = ({ orientation, frequency }: measure.GaborFit): number => {
      const angle = (orientation * Math.PI) / 180;
      return frequency * Math.max(Math.abs(Math.cos(angle)), Math.abs(Math.sin(angle)));
    };
    const noise = random.normal(random.key(1), [10, 64]).arraySync() as number[][];
    for (const filter of [...noise, Array.from({ length: 64 }, (_, i) => (-1) ** i)])
      expect(within(measure.fitGabor(filter))).toBeLessThanOrEqual(0.5 + 1e-6);
    const checkerboard = measure.fitGabor(
      Array.from({ length: 64 }, (_, i) => (-1) ** (i + Math.floor(i / 8))),
    );
    expect(checkerboard.explained).toBeGreaterThan(0.95);
    expect(checkerboard.frequency).toBeGreaterThan(0.65);
    expect(Math.abs((checkerboard.orientation % 90) - 45)).toBeLessThan(4);
  });

  it('explains noise badly', () => {
    const noise = random.normal(random.key(0), [20, 100]).arraySync() as number[][];
    const explained = noise.map((filter) => measure.fitGabor(filter).explained);
    expect(measure.mean(explained)).toBeLessThan(0.4);
  });

  it('refuses what is not a square, and zeros', () => {
    expect(() => measure.fitGabor([1, 2, 3])).toThrow(/filter: side/);
    expect(() => measure.fitGabor(new Array(25).fill(0))).toThrow(/all zero/);
  });
});
