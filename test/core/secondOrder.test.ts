import { describe, expect, it } from 'vitest';
import { tf, type Tensor } from '../../lib/core/engine';
import { mendSecondOrder } from '../../lib/core/secondOrder';

const softmax = (values: readonly number[]): number[] => {
  const sum = values.reduce((total, value) => total + Math.exp(value), 0);
  return values.map((value) => Math.exp(value) / sum);
};
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

describe('second derivatives of operations whose gradient is written in terms of their output', () => {
  const at = [-1.3, 0.4, 2];
  const cases: Record<string, [(x: Tensor) => Tensor, (x: number) => number]> = {
    exp: [(x) => x.exp(), Math.exp],
    sigmoid: [(x) => x.sigmoid(), (x) => sigmoid(x) * (1 - sigmoid(x)) * (1 - 2 * sigmoid(x))],
    tanh: [(x) => x.tanh(), (x) => -2 * Math.tanh(x) * (1 - Math.tanh(x) ** 2)],
    'x sigmoid(x)': [
      (x) => x.mul(x.sigmoid()),
      (x) => sigmoid(x) * (1 - sigmoid(x)) * (2 + x * (1 - 2 * sigmoid(x))),
    ],
  };
  it.each(Object.entries(cases))('%s', (_name, [f, second]) => {
    tf.tidy(() => {
      const got = tf
        .grad((t) => tf.grad(f)(t).sum())(tf.tensor1d(at))
        .dataSync();
      at.forEach((x, i) => expect(got[i]).toBeCloseTo(second(x), 4));
    });
  });

  it('where: of x^2 on the one side and x^3 on the other, 2 and 6 x', () => {
    tf.tidy(() => {
      const f = (x: Tensor): Tensor => tf.where(x.greater(0), x.square(), x.square().mul(x));
      const got = tf
        .grad((t) => tf.grad(f)(t).sum())(tf.tensor1d(at))
        .dataSync();
      [6 * -1.3, 2, 2].forEach((second, i) => expect(got[i]).toBeCloseTo(second, 4));
    });
  });

  it('leakyRelu and clipByValue: of their square, twice the square of their slope', () => {
    tf.tidy(() => {
      const twice = (f: (x: Tensor) => Tensor): number[] =>
        Array.from(
          tf
            .grad((t) =>
              tf
                .grad((x) => f(x).square())(t)
                .sum(),
            )(tf.tensor1d(at))
            .dataSync(),
        );
      const close = (got: number[], expected: number[]): void =>
        expected.forEach((value, i) => expect(got[i]).toBeCloseTo(value, 5));
      close(
        twice((x) => tf.leakyRelu(x, 0.1)),
        [0.02, 2, 2],
      );
      close(
        twice((x) => x.clipByValue(-1, 1)),
        [0, 2, 0],
      );
    });
  });

  it('softmax: the Hessian of its first entry', () => {
    tf.tidy(() => {
      const p = softmax(at);
      const slopeAlong =
        (direction: number[]) =>
        (x: Tensor): Tensor =>
          tf
            .grad((t) => tf.softmax(t).slice([0], [1]).sum())(x)
            .mul(direction)
            .sum();
      [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ].forEach((direction, j) => {
        const row = tf.grad(slopeAlong(direction))(tf.tensor1d(at)).dataSync();
        const delta = (a: number, b: number): number => (a === b ? 1 : 0);
        for (let k = 0; k < 3; k++) {
          const expected =
            p[0]! * ((delta(0, j) - p[j]!) * (delta(0, k) - p[k]!) - p[j]! * (delta(j, k) - p[k]!));
          expect(row[k]).toBeCloseTo(expected, 4);
        }
      });
    });
  });

  it('x - logSumExp(x): its Hessian is p p^T - diag(p)', () => {
    tf.tidy(() => {
      const p = softmax(at);
      const row = tf
        .grad((x) =>
          tf
            .grad((t) => t.sub(t.logSumExp()).slice([0], [1]).sum())(x)
            .slice([1], [1])
            .sum(),
        )(tf.tensor1d(at))
        .dataSync();
      p.forEach((value, k) => expect(row[k]).toBeCloseTo(p[1]! * value - (k === 1 ? value : 0), 4));
    });
  });

  it('first derivatives are as they were, and leak nothing', () => {
    const x = tf.tensor1d(at);
    const before = tf.memory().numTensors;
    const slope = tf.grad((t) => t.sigmoid())(x);
    slope
      .dataSync()
      .forEach((value, i) => expect(value).toBeCloseTo(sigmoid(at[i]!) * (1 - sigmoid(at[i]!)), 6));
    slope.dispose();
    expect(tf.memory().numTensors).toBe(before);
    x.dispose();
  });

  it('mended twice, as when the library is loaded anew, they are the same', () => {
    mendSecondOrder(tf);
    tf.tidy(() => {
      const got = tf
        .grad((t) =>
          tf
            .grad((x) => x.exp())(t)
            .sum(),
        )(tf.tensor1d(at))
        .dataSync();
      at.forEach((x, i) => expect(got[i]).toBeCloseTo(Math.exp(x), 4));
    });
  });
});
