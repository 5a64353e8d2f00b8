import { describe, expect, it } from 'vitest';
import { tf, type Scalar } from '../../lib/core/engine';
import * as tree from '../../lib/core/pytree';
import { cosineMomentum, ema, linearMomentum } from '../../lib/train';

describe('ema', () => {
  it('is decay target + (1 - decay) online, for a number and a tensor', () => {
    const before = tf.memory().numTensors;
    const [target, online, decay] = [
      { w: tf.tensor1d([0, 8]) },
      { w: tf.tensor1d([4, 0]) },
      tf.scalar(0.75),
    ];
    for (const d of [0.75, decay]) {
      const average = ema(target, online, d);
      expect(Array.from(average.w.dataSync())).toEqual([1, 6]);
      tree.dispose(average);
    }
    tree.dispose([target, online, decay]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('with decay 1 stays, with decay 0 copies', () => {
    tf.tidy(() => {
      const [target, online] = [{ w: tf.scalar(0.1) }, { w: tf.scalar(0.7) }];
      expect(ema(target, online, 1).w.dataSync()[0]).toBe(target.w.dataSync()[0]);
      expect(ema(target, online, 0).w.dataSync()[0]).toBeCloseTo(0.7, 6);
    });
  });

  it('after n steps towards a constant is 1 - decay^n of the way', () => {
    tf.tidy(() => {
      let average = { w: tf.scalar(0) };
      for (let i = 0; i < 20; i++) average = ema(average, { w: tf.scalar(1) }, 0.9);
      expect(average.w.dataSync()[0]).toBeCloseTo(1 - 0.9 ** 20, 5);
    });
  });

  it('refuses trees that differ, and decays outside [0, 1]', () => {
    tf.tidy(() => {
      expect(() => ema({ w: tf.scalar(0) } as unknown, { v: tf.scalar(0) }, 0.9)).toThrow(
        '"w" is missing',
      );
      expect(() => ema({ w: tf.scalar(0) }, { w: tf.scalar(0) }, 1.1)).toThrow(
        'ema: decay: 1.1 given',
      );
    });
  });
});

it("cosineMomentum goes from its base to 1, half-way in the middle (BYOL's schedule)", () => {
  tf.tidy(() => {
    const at = (progress: number): number =>
      cosineMomentum(0.99, tf.scalar(progress) as Scalar).dataSync()[0]!;
    expect(at(0)).toBeCloseTo(0.99, 6);
    expect(at(0.5)).toBeCloseTo(0.995, 6);
    expect(at(1)).toBeCloseTo(1, 6);
  });
});

it("linearMomentum goes from its base to 1 in equal steps (I-JEPA's schedule)", () => {
  tf.tidy(() => {
    const at = (progress: number): number =>
      linearMomentum(0.9, tf.scalar(progress) as Scalar).dataSync()[0]!;
    for (const progress of [0, 0.25, 0.5, 1])
      expect(at(progress)).toBeCloseTo(0.9 + 0.1 * progress, 6);
    // A quarter of the way the cosine has gone only 15% of it.
    expect(at(0.25)).toBeGreaterThan(cosineMomentum(0.9, tf.scalar(0.25)).dataSync()[0]! + 0.005);
    expect(() => linearMomentum(1.5, tf.scalar(0))).toThrow('linearMomentum: base: 1.5 given');
  });
});
