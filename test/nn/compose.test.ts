import { describe, expect, it } from 'vitest';
import { tf, type Tensor, type Tensor2D } from '../../lib/core/engine';
import * as tree from '../../lib/core/pytree';
import { key } from '../../lib/core/random';
import {
  batchNorm,
  calibrate,
  conv2d,
  dense,
  dropout,
  flatten,
  fromFunction,
  relu,
  residual,
  sequential,
  type Layer,
} from '../../lib/nn';
import { leakFree, normals } from './support';

describe('sequential', () => {
  it('applies its layers in the order written, and names the parameters after them', () => {
    tf.tidy(() => {
      const net = sequential({ zebra: dense(3, 4), act: relu(), apple: dense(4, 2) });
      const params = net.init(key(0));
      const x = normals([5, 3]);
      const expected = x
        .matMul(params.zebra.kernel as tf2)
        .add(params.zebra.bias!)
        .relu()
        .matMul(params.apple.kernel as tf2)
        .add(params.apple.bias!);
      expect(Array.from(net.apply(params, x).dataSync())).toEqual(Array.from(expected.dataSync()));
    });
  });

  it('takes a row of layers, and its parameters are a row', () => {
    tf.tidy(() => {
      const net = sequential([dense(3, 4), relu(), dense(4, 2)]);
      const params = net.init(key(0));
      expect(params[0].kernel.shape).toEqual([3, 4]);
      expect(tree.flatten(params).structure.paths).toEqual([
        '[0].bias',
        '[0].kernel',
        '[2].bias',
        '[2].kernel',
      ]);
    });
  });

  it('gives the same parameters for the same key and others for another', () => {
    tf.tidy(() => {
      const net = sequential([dense(3, 4), dense(4, 4)]);
      const [a, b, c] = [key(1), key(1), key(2)].map((k) =>
        Array.from(net.init(k)[1].kernel.dataSync()),
      );
      expect(a).toEqual(b);
      expect(a).not.toEqual(c);
    });
  });

  it('gives two equal layers different parameters', () => {
    tf.tidy(() => {
      const params = sequential([dense(4, 4), dense(4, 4)]).init(key(1));
      expect(Array.from(params[0].kernel.dataSync())).not.toEqual(
        Array.from(params[1].kernel.dataSync()),
      );
    });
  });

  it('refuses no layers, and names that JavaScript would reorder', () => {
    expect(() => sequential({})).toThrow('at least one');
    expect(() => sequential({ 2: relu(), 1: relu() })).toThrow('words expected');
  });

  it('calibrates layer by layer: the second norm sees what the calibrated first one gives', () => {
    tf.tidy(() => {
      const net = sequential({ first: batchNorm(3), map: dense(3, 4), second: batchNorm(4) });
      const x = normals([64, 3]).mul(3).add(1);
      const params = net.init(key(0));
      const calibrated = calibrate(net, params, x);
      const y = net.apply(calibrated, x);
      // On the data it was calibrated with, precise statistics are the batch's.
      const difference = y.sub(net.apply(params, x)).abs().max().dataSync()[0]!;
      expect(difference).toBeLessThan(1e-5);
      // And an example no longer depends on its neighbours.
      const alone = net.apply(calibrated, x.slice([5, 0], [1, 3]));
      expect(
        alone
          .sub(y.slice([5, 0], [1, 4]))
          .abs()
          .max()
          .dataSync()[0]!,
      ).toBeLessThan(1e-5);
    });
  });
});

describe('residual', () => {
  it('adds the block to its input', () => {
    tf.tidy(() => {
      const block = dense(3, 3);
      const params = residual(block).init(key(0));
      const x = normals([2, 3]);
      const y = residual(block).apply(params, x);
      expect(y.sub(x).sub(block.apply(params.block, x)).abs().max().dataSync()[0]!).toBeLessThan(
        1e-6,
      );
    });
  });

  it('refuses a block of another shape and names both', () => {
    tf.tidy(() => {
      const layer = residual(dense(3, 4));
      expect(() => layer.apply(layer.init(key(0)), normals([2, 3]))).toThrow(
        'residual: the block gives [2, 4], its shortcut [2, 3]',
      );
      const mended = residual(dense(3, 4), dense(3, 4, { bias: false }));
      expect(mended.apply(mended.init(key(0)), normals([2, 3])).shape).toEqual([2, 4]);
    });
  });
});

describe('dropout', () => {
  it('is the identity without a key, and keeps the mean with one', () => {
    tf.tidy(() => {
      const layer = dropout(0.25);
      const x = tf.ones([200, 100]);
      expect(layer.apply({}, x).min().dataSync()[0]).toBe(1);
      const y = layer.apply({}, x, { key: key(3) });
      expect(y.mean().dataSync()[0]!).toBeCloseTo(1, 1);
      expect(y.equal(0).cast('float32').mean().dataSync()[0]!).toBeCloseTo(0.25, 1);
    });
  });

  it('draws anew for each layer of a row', () => {
    tf.tidy(() => {
      const net = sequential([dropout(0.5), dropout(0.5)]);
      const twice = net.apply(net.init(key(0)), tf.ones([100, 100]), { key: key(1) });
      expect(twice.greater(0).cast('float32').mean().dataSync()[0]!).toBeCloseTo(0.25, 1);
    });
  });
});

it('no layer leaks: tensors in init, apply and calibrate are those returned', () => {
  const net = sequential({
    conv: conv2d(1, 4, 3, { stride: 2, bias: false }),
    norm: batchNorm(4),
    act: relu(),
    flat: flatten(),
    out: residual(dense(64, 64)),
  });
  leakFree(() => {
    const k = key(0);
    const x = normals([3, 8, 8, 1]);
    const params = net.init(k);
    const y = net.apply(params, x);
    const calibrated = calibrate(net, params, x);
    tree.dispose([k, x, params, y, calibrated]);
  });
});

type tf2 = import('../../lib/core/engine').Tensor2D;

describe("a layer's error says which layer it was", () => {
  const x = (): Tensor => tf.ones([16, 5]);
  const raw = fromFunction('square', (y) => tf.matMul(y as Tensor2D, y as Tensor2D));

  it.each([
    [
      'in a row',
      sequential([relu(), relu(), dense(4, 2)]),
      'sequential[2] dense(x): shape [16, 5]',
    ],
    ['by name', sequential({ hidden: dense(4, 2) }), 'sequential.hidden dense(x): shape [16, 5]'],
    [
      'in layers of layers',
      sequential({ encoder: residual(sequential([dense(4, 4)])) }),
      'sequential.encoder residual.block sequential[0] dense(x): shape [16, 5] given, [batch, 4] expected',
    ],
    ['that TensorFlow refuses', sequential([relu(), raw]), 'sequential[1] square: '],
  ])('%s, applied and calibrated', (_name, net, message) => {
    tf.tidy(() => {
      const layer = net as Layer;
      const params = layer.init(key(0));
      expect(() => layer.apply(params, x())).toThrow(message);
      expect(() => calibrate(layer, params, x())).toThrow(message);
    });
  });

  it('and stays the same error: its class, its stack, and the new words in the stack too', () => {
    const mine = new RangeError('out of reach');
    const thrower = fromFunction('thrower', () => {
      throw mine;
    });
    const net = sequential([thrower]);
    const thrown = (() => {
      try {
        return net.apply([{}], x());
      } catch (error) {
        return error as Error;
      }
    })();
    expect(thrown).toBe(mine);
    expect(mine.stack).toContain('sequential[0] thrower: out of reach');
    expect(mine.stack).toContain('compose.test');
  });
});
