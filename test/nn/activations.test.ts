import { describe, expect, it } from 'vitest';
import { tf } from '../../lib/core/engine';
import * as nn from '../../lib/nn';
import { gradientError } from './support';

/** Phi(1) and Phi(-2), from tables. */
const [PHI_1, PHI_MINUS_2] = [0.8413447461, 0.0227501319];

describe('activations', () => {
  const cases = {
    relu: [nn.relu(), [0, 0, 1]],
    leakyRelu: [nn.leakyRelu(0.1), [-0.2, 0, 1]],
    gelu: [nn.gelu(), [-2 * PHI_MINUS_2, 0, PHI_1]],
    silu: [nn.silu(), [-2 / (1 + Math.exp(2)), 0, 1 / (1 + Math.exp(-1))]],
    tanh: [nn.tanh(), [Math.tanh(-2), 0, Math.tanh(1)]],
    sigmoid: [nn.sigmoid(), [1 / (1 + Math.exp(2)), 0.5, 1 / (1 + Math.exp(-1))]],
    softplus: [nn.softplus(), [Math.log(1 + Math.exp(-2)), Math.log(2), Math.log(1 + Math.E)]],
  } as const;

  it.each(Object.entries(cases))(
    '%s at -2, 0 and 1 is its closed form',
    (_name, [layer, expected]) => {
      tf.tidy(() => {
        const y = layer.apply({}, tf.tensor1d([-2, 0, 1])).dataSync();
        expected.forEach((value, i) => expect(y[i]).toBeCloseTo(value, 5));
      });
    },
  );

  it.each(Object.entries(cases))('%s has the gradient of finite differences', (_name, [layer]) => {
    tf.tidy(
      () =>
        void expect(
          gradientError((x) => layer.apply({}, x).sum(), tf.tensor1d([-1.7, -0.4, 0.3, 2.1])),
        ).toBeLessThan(1e-3),
    );
  });
});
