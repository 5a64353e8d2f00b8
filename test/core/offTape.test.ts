import { tf } from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { offTape } from '../../lib/core/offTape';

describe('offTape', () => {
  const cube = tf.grad((x) => x.square().mul(x));

  it('makes what it computes a constant of the backward pass: the gradient of x * stopped(x^2) is x^2', () => {
    const gradient = tf.grad((x) => x.mul(offTape(() => x.square())).sum());
    expect([...gradient(tf.tensor1d([1, 2, 3])).dataSync()]).toEqual([1, 4, 9]);
  });

  it('leaves gradients inside of it as they are: the gradient of x * stopped(3 x^2) is 3 x^2', () => {
    const gradient = tf.grad((x) => x.mul(offTape(() => cube(x))).sum());
    expect([...gradient(tf.tensor1d([1, 2])).dataSync()]).toEqual([3, 12]);
  });

  it('puts the tape back when it throws', () => {
    const gradient = tf.grad((x) => {
      expect(() =>
        offTape(() => {
          throw new Error('inside');
        }),
      ).toThrow('inside');
      return x.square().sum();
    });
    expect([...gradient(tf.tensor1d([3])).dataSync()]).toEqual([6]);
    expect(tf.engine().state.gradientDepth).toBe(0);
  });

  it('leaks no tensor', () => {
    const x = tf.tensor1d([1, 2]);
    const before = tf.memory().numTensors;
    tf.grad((u) => u.mul(offTape(() => cube(u))).sum())(x).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
