import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchIndices } from '../../lib/train';

// The share is drawn as a whole number, without bias: fc.double draws mostly values near 0, that is
// batches of 1, and fc.integer mostly the ends, batches of all; neither crosses an epoch.
const settings = fc
  .record({
    seed: fc.integer(),
    size: fc.noBias(fc.integer({ min: 1, max: 60 })),
    share: fc.noBias(fc.integer({ min: 0, max: 1000 })),
  })
  .map(({ seed, size, share }) => ({
    seed,
    size,
    batch: Math.max(1, Math.ceil((share / 1000) * size)),
  }));
type Setting = { seed: number; size: number; batch: number };
const drawn = { seed: 20, numRuns: 300 };

const batchesOf = ({ seed, size, batch }: Setting, epochs: number): number[][] =>
  Array.from({ length: Math.ceil((epochs * size) / batch) }, (_, step) =>
    Array.from(batchIndices({ seed, step, size, batch })),
  );
const crossings = ({ size, batch }: Setting, epochs: number): number =>
  Array.from({ length: epochs - 1 }, (_, e) => ((e + 1) * size) % batch).filter((r) => r > 0)
    .length;

describe('batchIndices', () => {
  it('the settings drawn here do cross epochs within a batch, most of them', () => {
    const all = fc.sample(settings, drawn);
    expect(all.filter((setting) => crossings(setting, 7) > 0).length).toBeGreaterThan(200);
    // Also where most of an epoch is in one batch, so that orders hang on each other.
    expect(all.filter((s) => crossings(s, 7) > 3 && s.size < 2 * s.batch).length).toBeGreaterThan(
      50,
    );
  });

  it('uses every example exactly once in each epoch', () => {
    fc.assert(
      fc.property(settings, (setting) => {
        const { size } = setting;
        const stream = batchesOf(setting, 7).flat();
        for (let epoch = 0; epoch < 7; epoch++) {
          const seen = stream.slice(epoch * size, (epoch + 1) * size).sort((a, b) => a - b);
          expect(seen).toEqual(Array.from({ length: size }, (_, i) => i));
        }
      }),
      drawn,
    );
  });

  it('puts no example into a batch twice, also where a batch ends one epoch and begins the next', () => {
    fc.assert(
      fc.property(settings, (setting) => {
        for (const batch of batchesOf(setting, 7)) expect(new Set(batch).size).toBe(batch.length);
      }),
      drawn,
    );
  });

  it('is a function of its arguments, whatever was asked before', () => {
    fc.assert(
      fc.property(settings, fc.integer({ min: 0, max: 500 }), ({ seed, size, batch }, step) => {
        const first = batchIndices({ seed, step, size, batch });
        for (let other = 0; other < 20; other++)
          batchIndices({ seed: seed + 1 + other, step: other * size, size, batch: 1 });
        expect(batchIndices({ seed, step, size, batch })).toEqual(first);
      }),
      drawn,
    );
  });

  it('draws who begins an epoch about equally often, of those that the batch has not', () => {
    // Of 5 in batches of 3: the second epoch's first follows the first's last two.
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 6000; seed++) {
      const [, , , d, e] = [0, 1].flatMap((step) => [
        ...batchIndices({ seed, step, size: 5, batch: 3 }),
      ]);
      const sixth = batchIndices({ seed, step: 1, size: 5, batch: 3 })[2]!;
      const others = [0, 1, 2, 3, 4].filter((i) => i !== d && i !== e);
      const rank = String(others.indexOf(sixth));
      counts.set(rank, (counts.get(rank) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual(['0', '1', '2']);
    // Chi-squared with 2 degrees of freedom: above 13.8 once in a thousand.
    const statistic = [...counts.values()].reduce((sum, n) => sum + (n - 2000) ** 2 / 2000, 0);
    expect(statistic).toBeLessThan(13.8);
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
