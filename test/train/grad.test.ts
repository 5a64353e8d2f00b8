import { describe, expect, it } from 'vitest';
import { tf, type Scalar, type Tensor } from '../../lib/core/engine';
import * as tree from '../../lib/core/pytree';
import { grad, valueAndGrad } from '../../lib/train';

describe('valueAndGrad', () => {
  it('gives the value, the gradient in the structure of the parameters, and what else was computed', () => {
    const before = tf.memory().numTensors;
    const params = {
      a: tf.scalar(3) as Tensor,
      list: [tf.tensor1d([1, 2]) as Tensor],
      label: 'static',
    };
    const { value, grads, aux } = valueAndGrad((p: typeof params) => {
      const square = p.list[0]!.square();
      return { value: p.a.mul(square.sum()) as Scalar, aux: { square } };
    }, params);
    expect(value.dataSync()[0]).toBe(15);
    expect(grads.a.dataSync()[0]).toBe(5);
    expect(Array.from(grads.list[0]!.dataSync())).toEqual([6, 12]);
    expect(grads.label).toBe('static');
    expect(Array.from(aux.square.dataSync())).toEqual([1, 4]);
    tree.dispose([value, grads, aux, params]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('gives zeros where the value does not depend on a leaf', () => {
    tf.tidy(() => {
      const grads = grad((p: { used: Tensor; unused: Tensor }) => p.used.sum() as Scalar)({
        used: tf.ones([2]),
        unused: tf.ones([3]),
      });
      expect(Array.from(grads.unused.dataSync())).toEqual([0, 0, 0]);
    });
  });

  it('passes parameters through as aux with handles of their own', () => {
    const before = tf.memory().numTensors;
    const params = { w: tf.scalar(2) as Tensor };
    const { value, grads, aux } = valueAndGrad(
      (p: typeof params) => ({ value: p.w.square() as Scalar, aux: p }),
      params,
    );
    tree.dispose([value, grads, aux]);
    expect(params.w.dataSync()[0]).toBe(2);
    tree.dispose(params);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('nests: the derivative of the squared derivative of x^3 is 36 x^3', () => {
    tf.tidy(() => {
      const cube = (x: { x: Tensor }): Scalar => x.x.pow(3) as Scalar;
      const outer = grad((x: { x: Tensor }) => grad(cube)(x).x.square() as Scalar);
      expect(outer({ x: tf.scalar(2) }).x.dataSync()[0]).toBeCloseTo(36 * 8, 3);
    });
  });

  it('refuses a value that is not a scalar', () => {
    const x = tf.ones([2]) as Tensor;
    const before = tf.memory().numTensors;
    expect(() => grad((p: Tensor) => p.square() as Scalar)(x)).toThrow(
      'the value has shape [2], a scalar expected',
    );
    expect(tf.memory().numTensors).toBe(before);
    x.dispose();
  });
});
