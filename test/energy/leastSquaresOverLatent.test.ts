import {
  compile,
  energy,
  random,
  tf,
  tree,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
} from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { expectNoLeak } from '../helpers/memory';

const [rows, dim] = [3, 6];
const values = (x: Tensor) => [...x.dataSync()];
const most = (x: Tensor) => Math.max(...values(x).map(Math.abs));
/** A matrix a row: [rows, dim, dimZ]. */
const matrices = (dimZ: number) => random.normal(random.key(dimZ), [rows, dim, dimZ]) as Tensor3D;
const linear = (a: Tensor3D) => (z: Tensor2D) =>
  tf.matMul(a, z.expandDims(2)).squeeze([2]) as Tensor2D;
const y = random.normal(random.key(1), [rows, dim]) as Tensor2D;

describe('the least squares over a latent', () => {
  it('are exact after as many steps as z has dimensions: what is left is at right angles to every answer', () => {
    const a = matrices(4);
    const found = energy.leastSquaresOverLatent(linear(a), y, tf.zeros([rows, 4]) as Tensor2D, {
      steps: 4,
    });
    const left = y.sub(linear(a)(found.z)) as Tensor2D;
    expect(most(tf.matMul(a, left.expandDims(2), true))).toBeLessThan(1e-3);
    expect(most(left.square().sum(1).sub(found.energy))).toBeLessThan(1e-4);
  });

  it('with one number find its closed form, <y, a> / <a, a>, in one step', () => {
    const a = matrices(1);
    const { z } = energy.leastSquaresOverLatent(linear(a), y, tf.zeros([rows, 1]) as Tensor2D, {
      steps: 1,
    });
    const column = a.squeeze([2]);
    expect(most(z.squeeze([1]).sub(y.mul(column).sum(1).div(column.square().sum(1))))).toBeLessThan(
      1e-5,
    );
  });

  it('never rise with more steps, and stay where they are when there is nothing more to find', () => {
    const a = matrices(5);
    const at = (steps: number) =>
      values(
        energy.leastSquaresOverLatent(linear(a), y, tf.zeros([rows, 5]) as Tensor2D, { steps })
          .energy,
      );
    const all = [1, 2, 3, 4, 5, 20].map(at);
    all
      .slice(1)
      .forEach((later, i) =>
        later.forEach((e, row) => expect(e).toBeLessThan(all[i]![row]! + 1e-4)),
      );
    all[5]!.forEach((e, row) => expect(Math.abs(e - all[4]![row]!)).toBeLessThan(1e-3));
  });

  it('with more numbers than y has copy any y, by the smallest z that does', () => {
    const a = matrices(9);
    const { energy: least, z } = energy.leastSquaresOverLatent(
      linear(a),
      y,
      tf.zeros([rows, 9]) as Tensor2D,
      { steps: 12 },
    );
    expect(most(least)).toBeLessThan(1e-6);
    // The smallest is a combination of the rows of a: nothing of z is at right angles to all of
    // them.
    const { z: again } = energy.leastSquaresOverLatent(
      (w: Tensor2D) => tf.matMul(a, w.expandDims(2), true).squeeze([2]) as Tensor2D,
      z,
      tf.zeros([rows, dim]) as Tensor2D,
      { steps: 12 },
    );
    expect(most(tf.matMul(a, again.expandDims(2), true).squeeze([2]).sub(z))).toBeLessThan(1e-3);
  });

  it('come to where gradient descent goes, and compiled to the same place', () => {
    const a = matrices(3);
    const start = tf.ones([rows, 3]) as Tensor2D;
    const search = (matrix: Tensor3D, target: Tensor2D, from: Tensor2D) =>
      energy.leastSquaresOverLatent(linear(matrix), target, from, { steps: 3 });
    const { z } = search(a, y, start);
    const square = (at: Tensor2D) => linear(a)(at).sub(y).square().sum(1) as Tensor1D;
    expect(
      most(z.sub(energy.minimumOverLatent(square, start, { steps: 400, stepSize: 0.05 }).z)),
    ).toBeLessThan(1e-3);
    const graph = compile(search);
    expect(most(graph(a, y, start).z.sub(z))).toBeLessThan(1e-4);
    graph.dispose();
  });

  it('take z of any rank, leak nothing and name what does not fit', () => {
    const images = random.normal(random.key(3), [rows, 1, 2, 2]);
    const sums = (z: Tensor) => z.reshape([rows, 4]) as Tensor2D;
    expect(
      most(
        energy
          .leastSquaresOverLatent(
            sums,
            images.reshape([rows, 4]) as Tensor2D,
            tf.zerosLike(images),
            { steps: 1 },
          )
          .z.sub(images),
      ),
    ).toBeLessThan(1e-6);
    const a = matrices(2);
    const start = tf.zeros([rows, 2]) as Tensor2D;
    expectNoLeak(() =>
      tree.dispose(energy.leastSquaresOverLatent(linear(a), y, start, { steps: 2 })),
    );
    expect(() => energy.leastSquaresOverLatent(linear(a), y, start, { steps: 0 })).toThrow(
      'steps: 0 given',
    );
    expect(() =>
      energy.leastSquaresOverLatent(linear(a), tf.zeros([rows, 2]) as Tensor2D, start, {
        steps: 1,
      }),
    ).toThrow('y, answer');
  });
});
