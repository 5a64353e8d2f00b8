import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchIndices } from '../../lib/train';

const settings = fc
  .record({
    seed: fc.integer(),
    size: fc.integer({ min: 1, max: 60 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ seed, size, share }) => ({ seed, size, batch: Math.max(1, Math.ceil(share * size)) }));

describe('batchIndices', () => {
  it('uses every example exactly once in each epoch', () => {
    fc.assert(
      fc.property(settings, ({ seed, size, batch }) => {
        const steps = Math.ceil((3 * size) / batch);
        const stream = Array.from({ length: steps }, (_, step) =>
          Array.from(batchIndices({ seed, step, size, batch })),
        ).flat();
        for (let epoch = 0; epoch < 3; epoch++) {
          const seen = stream.slice(epoch * size, (epoch + 1) * size).sort((a, b) => a - b);
          expect(seen).toEqual(Array.from({ length: size }, (_, i) => i));
        }
      }),
    );
  });

  it('is a function of its arguments, whatever was asked before', () => {
    fc.assert(
      fc.property(settings, fc.integer({ min: 0, max: 500 }), ({ seed, size, batch }, step) => {
        const first = batchIndices({ seed, step, size, batch });
        for (let other = 0; other < 10; other++)
          batchIndices({ seed: seed + 1 + other, step: other * size, size, batch: 1 });
        expect(batchIndices({ seed, step, size, batch })).toEqual(first);
      }),
    );
  });

  it('shuffles anew for each epoch and each seed', () => {
    const all = { size: 100, batch: 100 };
    const order = (seed: number, step: number): string =>
      batchIndices({ seed, step, ...all }).join();
    expect(new Set([order(0, 0), order(0, 1), order(1, 0), order(1, 1)]).size).toBe(4);
  });

  it('draws each example first about equally often', () => {
    const counts = [0, 0, 0, 0, 0];
    for (let seed = 0; seed < 2000; seed++)
      counts[batchIndices({ seed, step: 0, size: 5, batch: 1 })[0]!]!++;
    // Chi-squared with 4 degrees of freedom: above 18.5 once in a thousand.
    expect(counts.reduce((sum, n) => sum + (n - 400) ** 2 / 400, 0)).toBeLessThan(18.5);
  });

  it('refuses batches that are larger than the data, by name', () => {
    expect(() => batchIndices({ seed: 0, step: 0, size: 5, batch: 6 })).toThrow('batch: 6 given');
    expect(() => batchIndices({ seed: 0, step: -1, size: 5, batch: 5 })).toThrow('step: -1 given');
    expect(() => batchIndices({ seed: 0.5, step: 0, size: 5, batch: 5 })).toThrow(
      'seed: 0.5 given',
    );
  });
});
