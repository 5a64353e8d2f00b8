import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evenly } from './numbers';

test('numbers are spread evenly: each tenth of the interval has at least a twentieth, the ends are reached', () => {
  const drawn = fc.sample(evenly(-20, 20), 2000);
  for (let tenth = 0; tenth < 10; tenth++) {
    const [from, to] = [-20 + 4 * tenth, -16 + 4 * tenth];
    const share = drawn.filter((x) => x >= from && x <= to).length / drawn.length;
    expect(share).toBeGreaterThan(0.05);
  }
  expect([Math.min(...drawn), Math.max(...drawn)]).toEqual([-20, 20]);
});

test('the seed of property tests is fixed: two runs draw the same', () => {
  expect(fc.readConfigureGlobal().seed).toBe(20210304);
});
