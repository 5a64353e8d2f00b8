import { nn, random, tf } from 'dark-matter';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { expectGradientMatchesFiniteDifferences } from '../helpers/gradients';
import { expectNoLeak } from '../helpers/memory';

const logits = random.normal(random.key(3), [5, 7]) as ReturnType<typeof tf.tensor2d>;
const labels = tf.tensor1d([0, 3, 6, 3, 2], 'int32');
const values = (x: { dataSync(): ArrayLike<number> }) => Array.from(x.dataSync());

test('is the log of the softmax at the label, negated; of equal logits the log of the number of classes', () => {
  const expected = (logits.arraySync() as number[][]).map(
    (row, i) =>
      Math.log(row.reduce((sum, x) => sum + Math.exp(x), 0)) - row[labels.dataSync()[i]!]!,
  );
  values(nn.crossEntropyLoss(logits, labels)).forEach((loss, i) =>
    expect(loss).toBeCloseTo(expected[i]!, 5),
  );
  values(nn.crossEntropyLoss(tf.fill([5, 7], 3), labels)).forEach((loss) =>
    expect(loss).toBeCloseTo(Math.log(7), 5),
  );
});

test('its gradient is that of finite differences, and softmax less one at the label', () => {
  const loss = (x: Tensor) => nn.crossEntropyLoss(x as typeof logits, labels).mean() as Scalar;
  expectGradientMatchesFiniteDifferences(loss, logits);
  const expected = values(
    tf.tidy(() => tf.softmax(logits).sub(tf.oneHot(labels, 7).toFloat()).div(5)),
  );
  values(tf.grad(loss)(logits)).forEach((g, i) => expect(g).toBeCloseTo(expected[i]!, 5));
});

test('has a second derivative: the Hessian times v is (diag p - p p^T) v', () => {
  const v = random.normal(random.key(4), [5, 7]);
  const along = tf.grad((x) =>
    tf
      .grad((y) => nn.crossEntropyLoss(y as typeof logits, labels).sum())(x)
      .mul(v)
      .sum(),
  )(logits);
  const expected = tf.tidy(() => {
    const p = tf.softmax(logits);
    return p.mul(v.sub(p.mul(v).sum(1, true)));
  });
  values(along).forEach((h, i) => expect(h).toBeCloseTo(values(expected)[i]!, 4));
});

test('tells of labels that are not whole numbers, and of another number of them; leaves no tensor', () => {
  expect(() => nn.crossEntropyLoss(logits, tf.tensor1d([0, 1, 2, 3, 4]))).toThrow(
    'dtype float32 given, int32 expected',
  );
  expect(() => nn.crossEntropyLoss(logits, tf.tensor1d([0, 1], 'int32'))).toThrow(
    'crossEntropyLoss: labels',
  );
  expectNoLeak(() => nn.crossEntropyLoss(logits, labels).dispose());
  expectNoLeak(() =>
    tf
      .grad((x) => nn.crossEntropyLoss(x as typeof logits, labels).sum())(logits)
      .dispose(),
  );
});

test('a label out of range is an error, and NaN where a derivative of a derivative is taken', () => {
  const wrong = tf.tensor1d([0, 7, -1, 3, 2], 'int32');
  expect(() => nn.crossEntropyLoss(logits, wrong)).toThrow('outside the valid range of [0, 7)');
  let within: number[] = [];
  tf.grad((x) =>
    tf
      .grad((y) => {
        const losses = nn.crossEntropyLoss(y as typeof logits, wrong);
        within = values(losses);
        return losses.sum();
      })(x)
      .sum(),
  )(logits);
  expect(within.map(Number.isNaN)).toEqual([false, true, true, false, false]);
});
