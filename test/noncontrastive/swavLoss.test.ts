import { noncontrastive, random, tf } from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { expectGradientMatchesFiniteDifferences } from '../helpers/gradients';
import { expectNoLeak } from '../helpers/memory';
import { swappedPredictionLoss } from '../../lib/noncontrastive/swappedPrediction';

const { swavLoss } = noncontrastive;
type Matrix = ReturnType<typeof tf.tensor2d>;
const scores = (seed: number) => random.uniform(random.key(seed), [8, 4], -1, 1) as Matrix;
const value = (t: { dataSync(): ArrayLike<number> }) => t.dataSync()[0]!;

describe('SwAV’s swapped prediction', () => {
  it('is log(prototypes) when no crop prefers any prototype', () => {
    const flat = tf.zeros([8, 4]) as Matrix;
    expect(value(swavLoss([flat, flat], 2))).toBeCloseTo(Math.log(4), 5);
  });

  it('is near 0 when all crops agree on well separated, balanced assignments', () => {
    const sharp = tf.tile(tf.eye(4), [2, 1]) as Matrix;
    expect(value(swavLoss([sharp, sharp, sharp], 2))).toBeLessThan(1e-3);
  });

  it('does not depend on the order of the large crops', () => {
    const [a, b, small] = [scores(1), scores(2), scores(3)];
    expect(value(swavLoss([a, b, small], 2))).toBeCloseTo(value(swavLoss([b, a, small], 2)), 6);
  });

  it('with one large crop, that crop is only a target: no gradient reaches it', () => {
    const [a, b] = [scores(1), scores(2)];
    const [toTarget, toPrediction] = tf.grads((x, y) => swavLoss([x as Matrix, y as Matrix], 1))([
      a,
      b.clone(),
    ]);
    expect(toTarget!.abs().sum().dataSync()[0]).toBe(0);
    expect(toPrediction!.abs().sum().dataSync()[0]).toBeGreaterThan(0.01);
  });

  it('its gradient is that of finite differences while the targets are held: of a small crop, and of a large one', () => {
    const [a, b, small] = [scores(1), scores(2), scores(3)];
    expectGradientMatchesFiniteDifferences(
      (x) => swavLoss([a, b, x as Matrix], 2, { temperature: 0.5 }),
      small,
    );
    // A large crop also makes a target, which no gradient enters: differences would move it, so it
    // is made beforehand.
    const targets = [a, b].map((crop) => noncontrastive.sinkhorn(crop));
    const held = (x: Matrix) => swappedPredictionLoss([x, b, small], targets, 0.5);
    expectGradientMatchesFiniteDifferences((x) => held(x as Matrix), a);
    const [whole, part] = [
      tf.grad((x) => swavLoss([x as Matrix, b, small], 2, { temperature: 0.5 }))(a),
      tf.grad((x) => held(x as Matrix))(a),
    ];
    expect(value(whole.sub(part).abs().max())).toBeLessThan(1e-6);
  });

  it('leaks no tensor, and says which argument is wrong', () => {
    const a = scores(1);
    expectNoLeak(() => swavLoss([a, a], 2).dispose());
    expect(() => swavLoss([a], 1)).toThrow('crops: 1 given');
    expect(() => swavLoss([a, a], 3)).toThrow('large: 3 given');
    expect(() => swavLoss([a, tf.zeros([8, 5])], 2)).toThrow(
      'scores[0], scores[1]: shapes [8, 4] and [8, 5] given',
    );
  });
});
