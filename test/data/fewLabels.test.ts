import { expect, test } from 'vitest';
import fc from 'fast-check';
import { fewLabels } from '../../lib/data/fewLabels';

test('gives exactly perClass different positions of each class', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 0, max: 1000 }),
      fc.integer({ min: 1, max: 6 }),
      (perClass, seed, classes) => {
        const labels = Array.from({ length: classes * 8 }, (_, i) => i % classes);
        const chosen = fewLabels(labels, perClass, seed);
        expect(new Set(chosen).size).toBe(classes * perClass);
        for (let c = 0; c < classes; c++)
          expect(chosen.filter((i) => labels[i] === c).length).toBe(perClass);
        expect(fewLabels(labels, perClass, seed)).toEqual(chosen);
      },
    ),
  );
});

test('a class with too few examples is named; a class that is absent is passed over', () => {
  expect(() => fewLabels([0, 0, 1], 2)).toThrow('perClass: 2 given, but class 1 has only 1');
  expect(fewLabels([0, 2], 1)).toHaveLength(2);
  expect(() => fewLabels([0], 0.5)).toThrow('perClass: 0.5 given');
});
