import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { computations, errorsOf } from './cases.mjs';

const file = fileURLToPath(new URL('../../../shared/golden/losses.json', import.meta.url));
const present = existsSync(file);
if (!present) console.warn(`golden values skipped: ${file} is absent`);

const cases = present ? (JSON.parse(readFileSync(file, 'utf8')) as { cases: Parameters<typeof errorsOf>[0][] }).cases : [];

describe.skipIf(!present)('golden values: ours equals the peers’ float64 to 1e-5', () => {
  for (const golden of cases.filter(({ name }) => name in computations)) {
    it(`${golden.name} as ${golden.source}`, () => {
      for (const { quantity, error } of errorsOf(golden)) expect(error, quantity).toBeLessThan(1e-5);
    });
  }
});
