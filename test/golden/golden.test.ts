import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { computations, errorsOf } from './cases.mjs';

const { cases } = JSON.parse(readFileSync(join(__dirname, 'losses.json'), 'utf8')) as {
  cases: Parameters<typeof errorsOf>[0][];
};

describe('golden values: ours equals the peers’ float64 to 1e-5', () => {
  it('each of ours has a case', () => {
    expect(
      Object.keys(computations).filter((name) => !cases.some((golden) => golden.name === name)),
    ).toEqual([]);
  });

  for (const golden of cases.filter(({ name }) => name in computations)) {
    it(`${golden.name} as ${golden.source}`, () => {
      for (const { quantity, error } of errorsOf(golden))
        expect(error, quantity).toBeLessThan(1e-5);
    });
  }
});
