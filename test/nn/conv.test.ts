import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tf, type Tensor } from '../../lib/core/engine';
import * as tree from '../../lib/core/pytree';
import { key } from '../../lib/core/random';
import {
  averagePool,
  conv2d,
  flatten,
  globalAveragePool,
  maxPool,
  reshape,
  transposedConv2d,
} from '../../lib/nn';
import { gradientError, normals } from './support';

const largest = (x: Tensor): number => tf.tidy(() => x.abs().max().dataSync()[0]!);
type Images = number[][][][];

/** The sum of the definition, one number at a time. */
function convolve(x: Images, kernel: Images, stride: number, padding: 'same' | 'valid'): Images {
  const [height, width, size] = [x[0]!.length, x[0]![0]!.length, kernel.length];
  const out = (n: number): number =>
    padding === 'same' ? Math.ceil(n / stride) : Math.floor((n - size) / stride) + 1;
  const before = (n: number): number =>
    padding === 'same' ? Math.floor(Math.max(0, (out(n) - 1) * stride + size - n) / 2) : 0;
  return x.map((image) =>
    Array.from({ length: out(height) }, (_, i) =>
      Array.from({ length: out(width) }, (_, j) =>
        kernel[0]![0]![0]!.map((_, o) => {
          let sum = 0;
          for (let a = 0; a < size; a++)
            for (let b = 0; b < size; b++)
              image[i * stride + a - before(height)]?.[j * stride + b - before(width)]?.forEach(
                (value, c) => (sum += value * kernel[a]![b]![c]![o]!),
              );
          return sum;
        }),
      ),
    ),
  );
}

describe('conv2d', () => {
  it('is the sum of its definition, for any stride and padding', () => {
    fc.assert(
      fc.property(
        fc.record({
          inputs: fc.integer({ min: 1, max: 3 }),
          outputs: fc.integer({ min: 1, max: 3 }),
          size: fc.integer({ min: 1, max: 3 }),
          stride: fc.integer({ min: 1, max: 3 }),
          padding: fc.constantFrom('same' as const, 'valid' as const),
          height: fc.integer({ min: 3, max: 7 }),
          width: fc.integer({ min: 3, max: 7 }),
        }),
        ({ inputs, outputs, size, stride, padding, height, width }) =>
          tf.tidy(() => {
            const layer = conv2d(inputs, outputs, size, { stride, padding });
            const params = { ...layer.init(key(1)), bias: normals([outputs], 2) };
            const x = normals([2, height, width, inputs]);
            const expected = tf
              .tensor4d(
                convolve(
                  x.arraySync() as Images,
                  params.kernel.arraySync() as Images,
                  stride,
                  padding,
                ),
              )
              .add(params.bias);
            const y = layer.apply(params, x);
            expect(y.shape).toEqual(expected.shape);
            expect(largest(y.sub(expected))).toBeLessThan(1e-4);
          }),
      ),
      { numRuns: 30 },
    );
  });

  it('in groups, is each group alone', () => {
    tf.tidy(() => {
      const layer = conv2d(4, 6, 3, { groups: 2, bias: false });
      const params = layer.init(key(0));
      const x = normals([1, 5, 5, 4]);
      expect(params.kernel.shape).toEqual([3, 3, 2, 6]);
      const halves = [0, 1].map((g) =>
        conv2d(2, 3, 3, { bias: false }).apply(
          { kernel: params.kernel.slice([0, 0, 0, 3 * g], [3, 3, 2, 3]) },
          x.slice([0, 0, 0, 2 * g], [1, 5, 5, 2]),
        ),
      );
      expect(largest(layer.apply(params, x).sub(tf.concat(halves, 3)))).toBeLessThan(1e-5);
    });
  });

  it('has the gradient of finite differences', () => {
    const layer = conv2d(2, 2, 3, { stride: 2, groups: 2 });
    const [k, x, c] = [key(0), normals([1, 4, 4, 2]), normals([1, 2, 2, 2], 8)];
    const params = layer.init(k);
    expect(gradientError((t) => layer.apply(params, t).mul(c).sum(), x)).toBeLessThan(2e-3);
    expect(
      gradientError(
        (kernel) =>
          layer
            .apply({ ...params, kernel }, x)
            .mul(c)
            .sum(),
        params.kernel,
      ),
    ).toBeLessThan(2e-3);
    tree.dispose([k, x, c, params]);
  });

  it('refuses other channels, other ranks and groups that do not divide', () => {
    expect(() => conv2d(3, 4, 3, { groups: 2 })).toThrow(
      'groups is 2, a divisor of inputs (3) and outputs (4) expected',
    );
    expect(() => conv2d(3, 4, 0)).toThrow('conv2d: size: 0 given');
    tf.tidy(() => {
      const layer = conv2d(3, 4, 3);
      const params = layer.init(key(0));
      expect(() => layer.apply(params, normals([2, 5, 5, 1]))).toThrow(
        'conv2d(x): shape [2, 5, 5, 1] given, [batch, height, width, 3] expected',
      );
      expect(() => layer.apply(params, normals([2, 75]))).toThrow('conv2d(x): shape [2, 75] given');
    });
  });
});

describe('transposedConv2d', () => {
  it("starts with the scale that keeps the input's, through a ReLU, whatever the stride", () => {
    // heNormal gives 2 / (taps that meet an input * inputs): of the size squared, 1 in stride squared.
    tf.tidy(() => {
      for (const stride of [1, 2, 4]) {
        const layer = transposedConv2d(64, 32, 4, { stride });
        const { kernel } = layer.init(key(1));
        const variance = tf.moments(kernel).variance.dataSync()[0]!;
        expect(variance / (2 / ((16 / stride ** 2) * 64))).toBeCloseTo(1, 1);
        const x = normals([4, 8, 8, 64]);
        const [from, many] = [2 * stride, 4 * stride];
        const inner = layer.apply({ kernel }, x).slice([0, from, from, 0], [4, many, many, 32]);
        expect(tf.mean(tf.square(tf.relu(inner))).dataSync()[0]!).toBeGreaterThan(0.8);
        expect(tf.mean(tf.square(tf.relu(inner))).dataSync()[0]!).toBeLessThan(1.25);
      }
    });
  });

  it.each([
    ['same', 2],
    ['valid', 2],
    ['same', 1],
    ['valid', 3],
  ] as const)(
    'is the adjoint of conv2d: <conv(a), b> = <a, transposed(b)> (%s, stride %i)',
    (padding, stride) => {
      tf.tidy(() => {
        const up = transposedConv2d(3, 2, 3, { stride, padding, bias: false });
        const down = conv2d(2, 3, 3, { stride, padding, bias: false });
        const params = up.init(key(0));
        const b = normals([1, 4, 4, 3]);
        const large = up.apply(params, b);
        expect(large.shape.slice(1, 3)).toEqual(
          padding === 'same' ? [4 * stride, 4 * stride] : [3 * stride + 3, 3 * stride + 3],
        );
        const a = normals(large.shape, 3);
        const left = down.apply(params, a).mul(b).sum().dataSync()[0]!;
        expect(left).toBeCloseTo(a.mul(large).sum().dataSync()[0]!, 3);
      });
    },
  );

  it('has the gradient of finite differences', () => {
    const layer = transposedConv2d(2, 1, 3, { stride: 2 });
    const [k, x, c] = [key(0), normals([1, 2, 2, 2]), normals([1, 4, 4, 1], 8)];
    const params = layer.init(k);
    expect(gradientError((t) => layer.apply(params, t).mul(c).sum(), x)).toBeLessThan(2e-3);
    expect(
      gradientError(
        (kernel) =>
          layer
            .apply({ ...params, kernel }, x)
            .mul(c)
            .sum(),
        params.kernel,
      ),
    ).toBeLessThan(2e-3);
    tree.dispose([k, x, c, params]);
  });
});

it('pooling takes the largest, and the mean, of each window; flatten and reshape are inverse', () => {
  tf.tidy(() => {
    const x = tf.range(0, 16).reshape([1, 4, 4, 1]);
    const values = (y: Tensor): number[] => Array.from(y.dataSync());
    expect(values(maxPool(2).apply({}, x))).toEqual([5, 7, 13, 15]);
    expect(values(averagePool(2).apply({}, x))).toEqual([2.5, 4.5, 10.5, 12.5]);
    expect(values(globalAveragePool().apply({}, x))).toEqual([7.5]);
    expect(flatten().apply({}, x).shape).toEqual([1, 16]);
    expect(values(reshape([4, 4, 1]).apply({}, flatten().apply({}, x)))).toEqual(values(x));
    expect(() => globalAveragePool().apply({}, normals([2, 3]))).toThrow(
      'globalAveragePool(x): shape [2, 3] given',
    );
  });
});
