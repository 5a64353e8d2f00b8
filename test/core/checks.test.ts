import fc from 'fast-check';
import { tf } from 'dark-matter';
import { describe, expect, it } from 'vitest';
import {
  expectFloat,
  expectNumber,
  expectSameShape,
  expectShape,
  expectWidth,
} from '../../lib/core/checks';
import { evenly } from '../helpers/numbers';

describe('checks at the door', () => {
  it('a shape that fits its pattern gives the sizes of the named axes', () => {
    expect(expectShape('x', tf.zeros([3, 4, 3]), ['side', 4, 'side'])).toEqual({ side: 3 });
    expect(expectShape('x', tf.scalar(1), [])).toEqual({});
  });

  it('a shape that does not fit is told beside the one expected', () => {
    expect(() => expectShape('batch', tf.zeros([32, 10]), ['batch', 784])).toThrow(
      'batch: shape [32, 10] given, [batch, 784] expected',
    );
    expect(() => expectShape('x', tf.zeros([3, 4]), ['n', 'n'])).toThrow(
      'x: shape [3, 4] given, [n, n] expected',
    );
    expect(() => expectShape('x', tf.zeros([3]), ['n', 'n'])).toThrow('x: shape [3] given');
  });

  it('two shapes pass exactly when they are equal', () => {
    const shape = fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 3 });
    fc.assert(
      fc.property(shape, shape, (a, b) => {
        tf.tidy(() => {
          const check = () => expectSameShape('a, b', tf.zeros(a), tf.zeros(b));
          if (JSON.stringify(a) === JSON.stringify(b)) check();
          else
            expect(check).toThrow(
              `a, b: shapes [${a.join(', ')}] and [${b.join(', ')}] given, equal ones expected`,
            );
        });
      }),
    );
  });

  it('a number passes exactly when it keeps every rule', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.double(), evenly(-8, 8), fc.integer({ min: -8, max: 8 })),
        fc.integer({ min: -5, max: 5 }),
        fc.boolean(),
        (value, low, integer) => {
          const keeps =
            Number.isFinite(value) &&
            value >= low &&
            value <= 5 &&
            (!integer || Number.isInteger(value));
          const check = () => expectNumber('n', value, { atLeast: low, atMost: 5, integer });
          if (keeps) check();
          else expect(check).toThrow(`n: ${value} given, `);
        },
      ),
    );
  });

  it('says which rule was meant', () => {
    expect(() => expectNumber('t', 0, { above: 0 })).toThrow(
      't: 0 given, a finite number above 0 expected',
    );
    expect(() => expectNumber('k', 1.5, { atLeast: 1, atMost: 9, integer: true })).toThrow(
      'k: 1.5 given, a whole number at least 1 and at most 9 expected',
    );
    expect(() => expectNumber('x', NaN, {})).toThrow('x: NaN given, a finite number expected');
    expect(() => expectNumber('beta', 1, { atLeast: 0, below: 1 })).toThrow(
      'beta: 1 given, a finite number at least 0 and below 1 expected',
    );
    expectNumber('beta', 0.999999, { atLeast: 0, below: 1 });
  });

  it('whole numbers and truth values are not float32, and the way to it is told', () => {
    expectFloat('x', tf.ones([2]));
    expect(() => expectFloat('x', tf.ones([2], 'int32'))).toThrow(
      'x: int32 given, float32 expected (toFloat() converts)',
    );
    expect(() => expectFloat('x', tf.ones([2], 'bool'))).toThrow('x: bool given');
  });

  it('a width that is not the output’s is named beside the one that is', () => {
    expectWidth('dim', 3, tf.ones([2, 3]), "the projector's");
    expect(() => expectWidth('dim', 4, tf.ones([2, 3]), "the projector's")).toThrow(
      "dim: 4 given, 3 expected, the projector's width",
    );
  });
});
