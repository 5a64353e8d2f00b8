import { tf } from 'dark-matter';
import { expect } from 'vitest';

/**
 * Runs `f` twice (the first may fill caches) and expects as many tensors after the second as
 * before.
 */
export function expectNoLeak(f: () => void): void {
  f();
  const before = tf.memory().numTensors;
  f();
  expect(tf.memory().numTensors).toBe(before);
}
