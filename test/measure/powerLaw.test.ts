import { expect, test } from 'vitest';
import { fitLaw } from '../../lib/measure';
import { hostGenerator } from '../../lib/core/random';

test('finds exact laws exactly', () => {
  const x = [1, 2, 3, 5, 8];
  const power = fitLaw(
    x,
    x.map((v) => 3 * v ** -1.5),
    'power',
  );
  expect(power.factor).toBeCloseTo(3, 9);
  expect(power.rate).toBeCloseTo(-1.5, 9);
  const exponential = fitLaw(
    x,
    x.map((v) => 2 * Math.exp(0.7 * v)),
    'exponential',
  );
  expect(exponential.rate).toBeCloseTo(0.7, 9);
  expect(exponential.r2).toBeCloseTo(1, 9);
  expect(exponential.at(10).y / (2 * Math.exp(7))).toBeCloseTo(1, 6);
});

test('tells an exponential from a power law by what is left over', () => {
  const x = [2, 4, 6, 8, 10, 12];
  const y = x.map((v) => Math.exp(v));
  expect(fitLaw(x, y, 'exponential').residual).toBeLessThan(1e-9);
  expect(fitLaw(x, y, 'power').residual).toBeGreaterThan(0.5);
});

test('its 95% intervals hold the truth in about 95% of repetitions: 1000 of them, 930 to 968', () => {
  const generator = hostGenerator(5);
  const x = [1, 2, 3, 4, 5, 6];
  let [rate, band] = [0, 0];
  for (let i = 0; i < 1000; i++) {
    const law = fitLaw(
      x,
      x.map((v) => Math.exp(1 + 0.5 * v + 0.3 * generator.normal())),
      'exponential',
    );
    if (law.rateInterval.low < 0.5 && law.rateInterval.high > 0.5) rate++;
    const { low, high } = law.at(8);
    if (low < Math.exp(5) && high > Math.exp(5)) band++;
  }
  for (const held of [rate, band]) {
    expect(held).toBeGreaterThan(930);
    expect(held).toBeLessThan(968);
  }
});

test('names what is wrong', () => {
  expect(() => fitLaw([1, 2], [1, 2], 'power')).toThrow('x: 2 points given');
  expect(() => fitLaw([1, 2, 3], [1, 2, 0], 'power')).toThrow('y[2]: 0 given');
  expect(() => fitLaw([1, 1, 1], [1, 2, 3], 'power')).toThrow('x: only 1 given');
  expect(() => fitLaw([1, 2, 3], [1, 2], 'power')).toThrow('x, y: 3 and 2 values given');
  expect(() => fitLaw([1, 2, 3], [1, Infinity, 2], 'exponential')).toThrow('y[1]: Infinity given');
});
