import { describe, expect, it } from 'vitest';
import { tf, type Scalar } from '../../lib/core/engine';
import {
  constant,
  cosine,
  exponential,
  linear,
  piecewise,
  startingAt,
  warmupCosine,
  type Schedule,
} from '../../lib/train/schedule';

const at = (schedule: Schedule, step: number): number => {
  const before = tf.memory().numTensors;
  const t = tf.scalar(step, 'int32') as Scalar;
  const value = schedule(t);
  const number = value.dataSync()[0]!;
  expect([value.rank, value.dtype]).toEqual([0, 'float32']);
  tf.dispose([t, value]);
  expect(tf.memory().numTensors).toBe(before);
  return number;
};

describe('schedules', () => {
  it('constant never changes', () => {
    expect(at(constant(0.5), 0)).toBe(0.5);
    expect(at(constant(0.5), 1e6)).toBe(0.5);
  });

  it('the rest of a schedule is the whole from there on', () => {
    const whole = warmupCosine({ peak: 2, warmup: 4, steps: 20 });
    const rest = startingAt(7, whole);
    for (const step of [0, 3, 12, 40]) expect(at(rest, step)).toBe(at(whole, step + 7));
    expect(at(startingAt(0, whole), 5)).toBe(at(whole, 5));
    expect(rest.options).toEqual({ done: 7, whole: whole.options });
    expect(() => startingAt(-1, whole)).toThrow('startingAt: done: -1 given');
  });

  it('linear goes from one end to the other and stays there', () => {
    const s = linear({ from: 1, to: 3, steps: 10 });
    expect([0, 5, 10, 99].map((step) => at(s, step))).toEqual([1, 2, 3, 3]);
  });

  it('cosine is at its ends at 0 and steps, half-way in the middle', () => {
    const s = cosine({ from: 1, to: 0.2, steps: 100 });
    expect(at(s, 0)).toBeCloseTo(1, 6);
    expect(at(s, 50)).toBeCloseTo(0.6, 6);
    expect(at(s, 25)).toBeCloseTo(0.2 + 0.4 * (1 + Math.SQRT1_2), 6);
    expect(at(s, 100)).toBeCloseTo(0.2, 6);
    expect(at(s, 500)).toBeCloseTo(0.2, 6);
  });

  it('warmupCosine rises in equal steps to its peak, then falls to its end', () => {
    const s = warmupCosine({ peak: 2, warmup: 4, steps: 104, end: 0.1 });
    [0.5, 1, 1.5, 2, 2].forEach((value, step) => expect(at(s, step)).toBeCloseTo(value, 6));
    expect(at(s, 54)).toBeCloseTo(1.05, 5);
    expect(at(s, 104)).toBeCloseTo(0.1, 6);
    expect(at(warmupCosine({ peak: 2, warmup: 0, steps: 10 }), 0)).toBeCloseTo(2, 6);
  });

  it('exponential multiplies by its factor every so many steps', () => {
    const s = exponential({ from: 8, factor: 0.5, every: 10 });
    [
      [0, 8],
      [10, 4],
      [20, 2],
      [5, 8 * Math.SQRT1_2],
    ].forEach(([step, value]) => expect(at(s, step!)).toBeCloseTo(value!, 5));
  });

  it('piecewise changes at the steps named', () => {
    const s = piecewise({ from: 1, at: { 20: 0.25, 10: 0.5 } });
    expect([0, 9, 10, 19, 20, 100].map((step) => at(s, step))).toEqual([
      1, 1, 0.5, 0.5, 0.25, 0.25,
    ]);
  });

  it('refuse lengths that make no sense, by name', () => {
    expect(() => warmupCosine({ peak: 1, warmup: 10, steps: 10 })).toThrow(
      'warmupCosine: steps: 10 given',
    );
    expect(() => cosine({ from: 1, steps: 0 })).toThrow('cosine: steps: 0 given');
    expect(() => linear({ from: NaN, to: 1, steps: 2 })).toThrow('linear: from: NaN given');
    expect(() => cosine({ from: 1, to: Infinity, steps: 2 })).toThrow('cosine: to: Infinity given');
    expect(() => warmupCosine({ peak: NaN, warmup: 1, steps: 2 })).toThrow('warmupCosine: peak');
    expect(() => piecewise({ from: 1, at: { 1.5: 2 } })).toThrow('piecewise: at: step: 1.5 given');
    expect(() => piecewise({ from: 1, at: { 3: NaN } })).toThrow('piecewise: at[3]: NaN given');
    expect(() => exponential({ from: 1, factor: 0 })).toThrow('exponential: factor: 0 given');
  });
});
