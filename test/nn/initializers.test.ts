import { describe, expect, it } from 'vitest';
import { tf } from '../../lib/core/engine';
import { key } from '../../lib/core/random';
import * as nn from '../../lib/nn';
import { fans, normalWithStd } from '../../lib/nn/initializers';

describe('initialisers', () => {
  const cases = {
    glorotUniform: [nn.glorotUniform, 2 / (200 + 300)],
    glorotNormal: [nn.glorotNormal, 2 / (200 + 300)],
    heNormal: [nn.heNormal, 2 / 200],
    heUniform: [nn.heUniform, 2 / 200],
    lecunNormal: [nn.lecunNormal, 1 / 200],
    lecunUniform: [nn.lecunUniform, 1 / 200],
    normalWithStd: [normalWithStd(0.02), 0.02 ** 2],
  } as const;
  it.each(Object.entries(cases))(
    '%s has mean 0 and the variance of its formula',
    (_name, [init, variance]) => {
      tf.tidy(() => {
        const moments = tf.moments(init(key(1), [200, 300]));
        const got = moments.variance.dataSync()[0]!;
        expect(Math.abs(moments.mean.dataSync()[0]!)).toBeLessThan(
          4 * Math.sqrt(variance / 60_000),
        );
        expect(got / variance).toBeGreaterThan(0.97);
        expect(got / variance).toBeLessThan(1.03);
      });
    },
  );

  it('truncated kinds stay within two standard deviations of the untruncated normal', () => {
    tf.tidy(() => {
      const bound = (2 / 0.8796) * Math.sqrt(1 / 200);
      expect(nn.lecunNormal(key(1), [200, 300]).abs().max().dataSync()[0]!).toBeLessThanOrEqual(
        bound * 1.001,
      );
    });
  });

  it('uniform kinds fill [-sqrt(3 variance), sqrt(3 variance)]', () => {
    tf.tidy(() => {
      const largest = nn.heUniform(key(1), [200, 300]).abs().max().dataSync()[0]!;
      expect(largest).toBeLessThanOrEqual(Math.sqrt(6 / 200) * 1.00001);
      expect(largest).toBeGreaterThan(Math.sqrt(6 / 200) * 0.99);
    });
  });

  it('count the receptive field into the fans of a convolution', () => {
    expect(fans([3, 3, 16, 32])).toEqual({ fanIn: 144, fanOut: 288 });
    expect(() => fans([5])).toThrow('at least [in, out] expected');
  });

  it('depend on the key alone', () => {
    tf.tidy(() => {
      const draw = (seed: number): number[] =>
        Array.from(nn.heNormal(key(seed), [4, 4]).dataSync());
      expect(draw(1)).toEqual(draw(1));
      expect(draw(1)).not.toEqual(draw(2));
    });
  });

  it('keep the variance of a signal through ten ReLU layers (He)', () => {
    tf.tidy(() => {
      const net = nn.mlp(Array<number>(11).fill(256), {});
      const params = net.init(key(3));
      const y = net.apply(
        params,
        tf.tidy(() => normalWithStd(1)(key(4), [64, 256])),
      );
      const square = y.square().mean().dataSync()[0]!;
      expect(square).toBeGreaterThan(0.2);
      expect(square).toBeLessThan(5);
    });
  });
});
