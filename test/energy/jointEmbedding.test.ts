import { contrastive, energy, nn, noncontrastive, random, tf } from 'dark-matter';
import { describe, expect, it } from 'vitest';

type Matrix = ReturnType<typeof tf.tensor2d>;
const networks = { encoder: nn.mlp([6, 8, 5]), projector: nn.mlp([5, 4]) };
const methods = [
  noncontrastive.siamese(networks),
  contrastive.simclr(networks),
  noncontrastive.vicreg(networks),
];
const x = random.normal(random.key(1), [7, 6]);

describe('the joint-embedding energy', () => {
  it('is 0 for the same direction, 1 for orthogonal ones, 2 for opposite ones, whatever the lengths', () => {
    const a = tf.tensor2d([
      [1, 0],
      [1, 0],
      [1, 0],
    ]) as Matrix;
    const b = tf.tensor2d([
      [9, 0],
      [0, 0.1],
      [-4, 0],
    ]) as Matrix;
    const [same, orthogonal, opposite] = energy.cosineEnergy(a, b).dataSync();
    expect(same).toBeCloseTo(0, 6);
    expect(orthogonal).toBeCloseTo(1, 6);
    expect(opposite).toBeCloseTo(2, 6);
  });

  for (const method of methods) {
    it(`${method.name}: F(x, x) = 0, F is symmetric, and one value a pair comes back`, () => {
      const { params } = method.init(random.key(2));
      const y = random.normal(random.key(3), [7, 6]);
      for (const value of method.energy(params, x, x).dataSync()) expect(value).toBeCloseTo(0, 5);
      const [forth, back] = [method.energy(params, x, y), method.energy(params, y, x)];
      expect(forth.shape).toEqual([7]);
      forth.dataSync().forEach((value, i) => expect(value).toBeCloseTo(back.dataSync()[i]!, 5));
    });

    it(`${method.name}: its loss is finite, differentiable and the same for the same key; nothing leaks`, () => {
      const { params, state } = method.init(random.key(2));
      const batch = { x1: x, x2: x };
      const run = () =>
        tf.tidy(() => method.objective(params, batch, random.key(0), state).loss.dataSync()[0]!);
      expect(Number.isFinite(run())).toBe(true);
      const before = tf.memory().numTensors;
      expect(run()).toBe(run());
      method.embed(params, x).dispose();
      expect(tf.memory().numTensors).toBe(before);
    });
  }

  it('only the control that collapses states no mechanism; VICReg without its variance term states none either', () => {
    expect(methods.map(({ mechanism }) => mechanism)).toEqual([
      'none',
      'contrastive',
      'regularised',
    ]);
    expect(noncontrastive.vicreg({ ...networks, variance: 0 }).mechanism).toBe('none');
  });
});
