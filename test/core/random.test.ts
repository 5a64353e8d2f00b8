import { describe, expect, it } from 'vitest';
import { tf, type Tensor } from '../../lib/core/engine';
import { philoxWords } from '../../lib/core/philox';
import * as random from '../../lib/core/random';
import * as tree from '../../lib/core/pytree';

const values = (tensor: Tensor): number[] => Array.from(tensor.dataSync());

describe('random bits', () => {
  it('are Philox under the key, as the host generates them', () => {
    for (const n of [1, 2, 3, 4, 5, 64, 1001]) {
      const bits = random.randomBits(random.key(5 + 7 * 2 ** 32), [n]);
      expect(values(bits)).toEqual([...new Int32Array(philoxWords(n, 5, 7))]);
    }
  });
  it('of split and foldIn are other blocks of the same key', () => {
    const key = random.key(9);
    const split = tree.leaves(random.split(key, 3)).flatMap(values);
    expect(split).toEqual([...new Int32Array(philoxWords(6, 9, 0, 1))]);
    const folded = [...new Int32Array(philoxWords(2, 9, 0, 2, 41))];
    expect(values(random.foldIn(key, 41))).toEqual(folded);
    expect(values(random.foldIn(key, tf.scalar(41, 'int32')))).toEqual(folded);
  });
});

describe('keys of numbers', () => {
  it('are different for all whole numbers below 2^32, and there are no others', () => {
    const key = random.key(9);
    const numbers = [0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];
    const words = numbers.map((data) => values(random.foldIn(key, data)).join());
    expect(new Set(words).size).toBe(numbers.length);
    // The bits of an int32 tensor are those of a number: -1 is 2^32 - 1.
    expect(values(random.foldIn(key, tf.scalar(-1, 'int32'))).join()).toBe(words.at(-1));
    for (const data of [2 ** 32, -1, 0.5, NaN, Infinity])
      expect(() => random.foldIn(key, data)).toThrow(
        `foldIn: data: ${data} given, a whole number in [0, 2^32) expected`,
      );
  });
});

describe('split', () => {
  it('has as many keys in its type as were asked for, and the first do not depend on how many', () => {
    const key = random.key(9);
    const [a, b]: [random.Key, random.Key] = random.split(key);
    const three: [random.Key, random.Key, random.Key] = random.split(key, 3);
    const count: number = 5;
    const [first, ...others] = random.split(key, count);
    const rest: random.Key[] = others;
    expect([a, b].map(values)).toEqual(three.slice(0, 2).map(values));
    expect([first, ...rest.slice(0, 2)].map(values)).toEqual(three.map(values));
  });
});

describe('distributions', () => {
  const n = 40000;
  const moments = (x: Tensor) => {
    const { mean, variance } = tf.moments(x.cast('float32'));
    return [mean.dataSync()[0]!, variance.dataSync()[0]!] as const;
  };
  // Five standard errors of the mean and of the variance (kurtosis k).
  const expectMoments = (x: Tensor, mean: number, variance: number, kurtosis: number) => {
    const [m, v] = moments(x);
    expect(Math.abs(m - mean)).toBeLessThan(5 * Math.sqrt(variance / n));
    expect(Math.abs(v - variance)).toBeLessThan(5 * variance * Math.sqrt((kurtosis - 1) / n));
  };
  it('uniform has its moments and its range', () => {
    const x = random.uniform(random.key(1), [n], -2, 3);
    expectMoments(x, 0.5, 25 / 12, 1.8);
    expect(x.min().dataSync()[0]).toBeGreaterThanOrEqual(-2);
    expect(x.max().dataSync()[0]).toBeLessThan(3);
  });
  it('normal has its moments, and its halves are independent', () => {
    const x = random.normal(random.key(2), [n], 1, 2);
    expectMoments(x, 1, 4, 3);
    const [a, b] = tf.split(x.sub(1).div(2), 2) as [Tensor, Tensor];
    for (const pair of [a.mul(b), a.square().sub(1).mul(b.square().sub(1)).div(2)]) {
      expect(Math.abs(pair.mean().dataSync()[0]!)).toBeLessThan(5 / Math.sqrt(n / 2));
    }
  });
  it('normal of an odd shape has that shape', () => {
    expect(random.normal(random.key(2), [3, 5]).shape).toEqual([3, 5]);
    expect(random.normal(random.key(2), []).shape).toEqual([]);
  });
  it('truncatedNormal has the moments of a normal cut at two deviations, and never leaves them', () => {
    const x = random.truncatedNormal(random.key(3), [n]);
    expectMoments(x, 0, 0.7737413, 2.0625); // 1 - 4 phi(2) / (Phi(2) - Phi(-2))
    expect(x.abs().max().dataSync()[0]).toBeLessThanOrEqual(2);
  });
  it('bernoulli and randint have their frequencies', () => {
    expectMoments(random.bernoulli(random.key(4), 0.3, [n]), 0.3, 0.21, (1 - 3 * 0.21) / 0.21);
    const x = random.randint(random.key(5), [n], -3, 4);
    expectMoments(x, 0, 4, 1.75);
    expect([x.min().dataSync()[0], x.max().dataSync()[0]]).toEqual([-3, 3]);
  });
  it('each of randint’s 31 bits is 1 in half of the draws', () => {
    const draws = values(random.randint(random.key(5), [4000], 0, 2 ** 31 - 1));
    for (let bit = 0; bit < 31; bit++) {
      const share = draws.filter((draw) => (draw >>> bit) & 1).length / draws.length;
      expect(Math.abs(share - 0.5)).toBeLessThan(5 * Math.sqrt(0.25 / 4000));
    }
  });
  it('categorical draws classes with the probabilities of the softmax', () => {
    const p = [0.1, 0.2, 0.7];
    const draws = values(
      random.categorical(random.key(6), tf.tile(tf.log(tf.tensor2d([p])), [n, 1])),
    );
    p.forEach((probability, c) => {
      const share = draws.filter((d) => d === c).length / n;
      expect(Math.abs(share - probability)).toBeLessThan(
        5 * Math.sqrt((probability * (1 - probability)) / n),
      );
    });
  });
  it('permutation and choice hold each number at most once', () => {
    const order = values(random.permutation(random.key(7), 1000));
    expect(order).not.toEqual([...order].sort((a, b) => a - b));
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    expect(new Set(values(random.choice(random.key(7), 1000, 10))).size).toBe(10);
  });
  it('dropout keeps the mean, and its zeros are a part `rate`', () => {
    const x = random.dropout(random.key(8), tf.ones([n]), 0.25);
    expect(Math.abs(x.mean().dataSync()[0]! - 1)).toBeLessThan(5 * Math.sqrt(0.25 / 0.75 / n));
    expect(new Set(values(x).map((v) => v.toFixed(5)))).toEqual(new Set(['0.00000', '1.33333']));
  });
});

describe('keys', () => {
  it('give the same numbers again, and other numbers for another key', () => {
    const draw = (seed: number) => values(random.normal(random.key(seed), [8]));
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });
  it('leave no tensors behind', () => {
    const key = random.key(1);
    const x = tf.ones([4, 3]);
    const operations: (() => unknown)[] = [
      () => random.split(key, 3),
      () => random.foldIn(key, 1),
      () => random.uniform(key, [5]),
      () => random.normal(key, [5], 1, 2),
      () => random.truncatedNormal(key, [5]),
      () => random.bernoulli(key, 0.5, [5]),
      () => random.randint(key, [5], 0, 3),
      () => random.categorical(key, x),
      () => random.permutation(key, 5),
      () => random.dropout(key, x, 0.5),
    ];
    const before = tf.memory().numTensors;
    for (const operation of operations) {
      tree.dispose(operation());
      expect(tf.memory().numTensors).toBe(before);
    }
  });
  it('are checked, and so are the arguments', () => {
    expect(() => random.uniform(tf.zeros([2]), [3])).toThrow(
      'key: float32 of shape [2] given, an int32 tensor of shape [2] expected',
    );
    expect(() => random.key(1.5)).toThrow('seed: 1.5 given');
    expect(() => random.bernoulli(random.key(1), 1.5, [3])).toThrow('p: 1.5 given');
    expect(() => random.randint(random.key(1), [3], 4, 4)).toThrow('randint: [4, 4) given');
    expect(() => random.categorical(random.key(1), tf.zeros([3]))).toThrow(
      'logits of shape [3] given, [batch, classes] expected',
    );
    expect(() => random.choice(random.key(1), 3, 4)).toThrow('choice: n = 4 of size = 3 given');
    expect(() => random.dropout(random.key(1), tf.ones([2]), 1)).toThrow('dropout: rate = 1 given');
  });
});
