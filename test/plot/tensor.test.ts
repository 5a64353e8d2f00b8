import { describe, expect, it } from 'vitest';
import { tf, type Tensor } from 'dark-matter';
import { expectNoLeak } from '../helpers/memory';
import { bundle, decode, pngOf } from './support';
import { tensorSummary } from '../../lib/plot/tensor';

describe('tensorSummary', () => {
  it('tells shape, range and distribution in text and as a picture', async () => {
    const x = tf.tensor2d([
      [0, 1],
      [2, 5],
    ]);
    const text = String((await bundle(tensorSummary(x)))['text/plain']);
    expect(text.split('\n')[0]).toBe('Tensor float32 [2, 2] · min 0 · mean 2 · sd 1.871 · max 5');
    expect([...text.split('\n')[1]!].filter((letter) => letter === '█')).toHaveLength(4);
    expect(decode(await pngOf(tensorSummary(x))).width).toBe(1000);
    expectNoLeak(() => tensorSummary(x));
    x.dispose();
  });

  it('counts what is not finite, and copes with nothing else, with emptiness and with constants', async () => {
    const text = async (x: Tensor): Promise<string> => {
      const told = String((await bundle(tensorSummary(x)))['text/plain']);
      x.dispose();
      return told;
    };
    expect(await text(tf.tensor1d([1, NaN, Infinity]))).toMatch(/mean 1 .* 2 of 3 not finite/);
    expect(await text(tf.tensor1d([NaN]))).toBe('Tensor float32 [1] · 1 of 1 not finite');
    expect(await text(tf.zeros([0, 3]))).toBe('Tensor float32 [0, 3]');
    expect(await text(tf.fill([4], 7))).toMatch(/min 7 .* max 7\n7 +█ +7$/);
    const gone = tf.scalar(1);
    gone.dispose();
    expect(String((await bundle(tensorSummary(gone)))['text/plain'])).toBe(
      'Tensor float32 [], disposed',
    );
  });
});
