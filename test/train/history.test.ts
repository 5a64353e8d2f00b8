import { expect, it } from 'vitest';
import { tf } from '../../lib/core/engine';
import { HistoryWriter } from '../../lib/train/history';

it('HistoryWriter reads what was pushed, in order, in columns, and frees it', () => {
  const before = tf.memory().numTensors;
  const history = new HistoryWriter();
  history.names = ['accuracy', 'std'];
  expect(history.read()).toBeUndefined();
  for (let step = 0; step < 3; step++)
    history.push(step, tf.tensor1d([step + 0.5, step * 10, step * 100]));
  expect(history.latestLoss()).toBe(2.5);
  expect(history.read()).toBeUndefined();
  history.push(3, tf.tensor1d([3.5, 30, 300]));
  history.read();
  expect(history.latestLoss()).toBe(3.5);
  expect(history.columns()).toEqual({
    step: [0, 1, 2, 3],
    loss: [0.5, 1.5, 2.5, 3.5],
    metrics: { accuracy: [0, 10, 20, 30], std: [0, 100, 200, 300] },
  });
  expect(tf.memory().numTensors).toBe(before);
});

it('HistoryWriter names the first step whose loss is not finite', () => {
  const history = new HistoryWriter();
  [1, Infinity, NaN].forEach((loss, i) => history.push(7 + i, tf.tensor1d([loss])));
  expect(history.read()).toBe(8);
  history.push(10, tf.tensor1d([1]));
  history.dispose();
  expect(history.columns().step).toEqual([7, 8, 9]);
});
