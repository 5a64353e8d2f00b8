import { measure, random } from 'dark-matter';
import { describe, expect, it } from 'vitest';

/** A Gabor function drawn from its definition. `tilt`: the stripes' degrees from the horizontal, counter-clockwise. */
function draw(side: number, { x = 5, y = 6, tilt = 30, frequency = 0.2, across = 2, along = 3, phase = 0.7 } = {}): number[] {
  const direction = (tilt * Math.PI) / 180;
  return Array.from({ length: side * side }, (_, i) => {
    const [right, up] = [(i % side) - x, y - Math.floor(i / side)];
    const alongStripes = right * Math.cos(direction) + up * Math.sin(direction);
    const acrossStripes = -right * Math.sin(direction) + up * Math.cos(direction);
    return Math.exp(-0.5 * ((acrossStripes / across) ** 2 + (alongStripes / along) ** 2)) * Math.cos(2 * Math.PI * frequency * acrossStripes + phase);
  });
}

describe('a Gabor fit', () => {
  it.each([[0, 0.2], [30, 0.15], [90, 0.3], [135, 0.22], [170, 0.25]])('finds stripes at %i degrees of %d cycles a pixel again', (tilt, frequency) => {
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
