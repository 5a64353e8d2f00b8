import { compile, tf } from 'dark-matter';
import { describe, expect, it } from 'vitest';

const x = tf.tensor2d([
  [1, 2],
  [3, 4],
  [5, 6],
]);
const index = tf.tensor1d([2, 0, 2], 'int32');

describe('tf.gather on the native engine', () => {
  it('takes rows, columns, and rows batch by batch', () => {
    expect(tf.gather(x, index).arraySync()).toEqual([
      [5, 6],
      [1, 2],
      [5, 6],
    ]);
    expect(tf.gather(x, tf.tensor1d([1], 'int32'), 1).arraySync()).toEqual([[2], [4], [6]]);
    expect(tf.gather(x, tf.tensor2d([[0], [1], [0]], [3, 1], 'int32'), 1, 1).arraySync()).toEqual([
      [1],
      [4],
      [5],
    ]);
  });

  it('still throws on an index out of bounds, with the bounds in the message', () => {
    expect(() => tf.gather(x, tf.tensor1d([3], 'int32')).dataSync()).toThrow(/not in \[0, 3\)/);
  });

  it('its gradient adds up over repeated rows, eagerly and compiled', () => {
    const gradient = () =>
      tf.grad((t) =>
        tf
          .gather(t, index)
          .mul([[1], [10], [100]])
          .sum(),
      )(x);
    const expected = [
      [10, 10],
      [0, 0],
      [101, 101],
    ];
    expect(gradient().arraySync()).toEqual(expected);
    const compiled = compile(
      (t: typeof x, i: typeof index) =>
        tf.grad((u) =>
          tf
            .gather(u, i)
            .mul([[1], [10], [100]])
            .sum(),
        )(t),
      { mode: 'graph' },
    );
    expect(compiled(x, index).arraySync()).toEqual(expected);
    compiled.dispose();
  });
});
