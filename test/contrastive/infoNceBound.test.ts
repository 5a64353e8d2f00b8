import { contrastive, data, random, tf, type Tensor, type Tensor2D } from 'dark-matter';
import { expect, it } from 'vitest';
import { expectNoLeak } from '../helpers/memory';

const boundOf = (dim: number, m: number) =>
  tf.tidy(() => {
    const pairs = data.correlatedGaussians({ dim, correlation: 0.8 });
    const { x, y } = pairs.sample(random.key(dim), m);
    return contrastive.infoNceBound(pairs.energies(x, y)).dataSync()[0]!;
  });

it('with the best energy and enough samples it is the information', () => {
  expect(Math.abs(boundOf(1, 4096) - 0.5108)).toBeLessThan(0.05); // standard error 0.013
});

it('never exceeds log m, however much there is to tell: 20 nats, at most log 64', () => {
  const bound = boundOf(40, 64);
  expect(bound).toBeLessThanOrEqual(Math.log(64) + 1e-6);
  expect(bound).toBeGreaterThan(0.9 * Math.log(64));
});

it('is log m minus InfoNCE: the same as the loss on unit vectors', () => {
  const [q, k] = [random.normal(random.key(1), [1, 5]), random.normal(random.key(2), [7, 5])];
  const unit = (v: Tensor) => v.div(v.norm(2, 1, true)) as Tensor2D;
  const energies = tf.matMul(unit(q), unit(k), false, true).div(-0.2) as Tensor2D;
  const loss = contrastive
    .infoNceLoss(q, k.slice([0, 0], [1, 5]), k.slice([1, 0], [6, 5]), { temperature: 0.2 })
    .dataSync()[0]!;
  expect(contrastive.infoNceBound(energies).dataSync()[0]).toBeCloseTo(Math.log(7) - loss, 5);
});

it('leaks nothing, and wants a column a row at least', () => {
  const energies = random.normal(random.key(3), [3, 6]);
  expectNoLeak(() => contrastive.infoNceBound(energies).dispose());
  expect(() => contrastive.infoNceBound(tf.zeros([3, 2]))).toThrow(/\[3, 2\] given/);
});
