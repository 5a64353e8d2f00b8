import { tf, type Tensor } from '../core/engine';

/**
 * A layer norm without parameters: each token has mean 0 and variance 1 (plus 1e-5). [...,
 * features] -> the same.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { noncontrastive, random } from 'dark-matter';
 * const tokens = random.normal(random.key(0), [2, 3, 16], 5, 2);
 * assert.ok(Math.abs(noncontrastive.standardTokens(tokens).mean().dataSync()[0]) < 1e-5);
 * ```
 */
export function standardTokens<T extends Tensor>(tokens: T): T {
  return tf.tidy(() => {
    const { mean, variance } = tf.moments(tokens, -1, true);
    return tokens.sub(mean).div(variance.add(1e-5).sqrt()) as T;
  });
}
