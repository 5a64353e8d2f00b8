import { describe, expect, test } from 'vitest';
import { tf } from '../../lib/core/engine';
import { dispose } from '../../lib/core/pytree';
import { parseFractions } from '../../lib/data/digitPixels';
import { digits } from '../../lib/data/digits';

const histogram = (labels: ArrayLike<number>) =>
  Array.from({ length: 10 }, (_, c) => Array.from(labels).filter((l) => l === c).length);
const hashes = (images: Float32Array) =>
  Array.from({ length: images.length / 784 }, (_, i) =>
    Buffer.from(images.slice(784 * i, 784 * (i + 1)).buffer).toString('base64'),
  );

describe('digits', () => {
  test('gives 8000 + 2000 images in [0, 1] with their labels, and leaks nothing', async () => {
    const before = tf.memory().numTensors;
    const set = await digits();
    expect(tf.memory().numTensors).toBe(before + 4);
    expect(set.train.images.shape).toEqual([8000, 28, 28, 1]);
    expect(set.test.images.shape).toEqual([2000, 28, 28, 1]);
    expect([set.train.images.dtype, set.train.labels.dtype]).toEqual(['float32', 'int32']);
    expect(set.train.images.min().dataSync()[0]).toBe(0);
    expect(set.train.images.max().dataSync()[0]).toBe(1);
    // MNIST's mean brightness is 0.1307.
    expect(set.train.images.mean().dataSync()[0]).toBeCloseTo(0.1307, 2);
    dispose(set);
  });

  test('every value is a whole number of 255ths: the bytes are restored exactly', async () => {
    const { test: part } = await digits({ train: 1, test: 1000 });
    const values = part.images.dataSync();
    expect(values.every((v) => Math.fround(Math.round(v * 255) / 255) === v)).toBe(true);
  });

  test('each class has the same share in train and test, to one image', async () => {
    const set = await digits({ train: 5000, test: 5000, seed: 3 });
    const [a, b] = [histogram(set.train.labels.dataSync()), histogram(set.test.labels.dataSync())];
    for (let c = 0; c < 10; c++) expect(Math.abs(a[c]! - b[c]!)).toBeLessThanOrEqual(1);
    dispose(set);
  });

  test('the parts are disjoint, and together they are all 10,000', async () => {
    const set = await digits({ train: 7000, test: 3000, seed: 1 });
    const [a, b] = [
      hashes(set.train.images.dataSync() as Float32Array),
      hashes(set.test.images.dataSync() as Float32Array),
    ];
    const all = await digits({ train: 9999, test: 1, seed: 2 });
    const whole = [
      ...hashes(all.train.images.dataSync() as Float32Array),
      ...hashes(all.test.images.dataSync() as Float32Array),
    ];
    expect([...a, ...b].sort()).toEqual(whole.sort());
    dispose([set, all]);
  });

  test('the seed decides the split', async () => {
    const [a, b, c] = [
      await digits({ train: 200, test: 50, seed: 5 }),
      await digits({ train: 200, test: 50, seed: 5 }),
      await digits({ train: 200, test: 50, seed: 6 }),
    ];
    expect(a.train.images.dataSync()).toEqual(b.train.images.dataSync());
    expect(a.train.labels.dataSync()).not.toEqual(c.train.labels.dataSync());
    dispose([a, b, c]);
  });

  test('the classes come mixed, not in blocks', async () => {
    const set = await digits({ train: 1000, test: 10 });
    expect(new Set(set.train.labels.dataSync().slice(0, 100)).size).toBe(10);
    dispose(set);
  });

  test('asking for too many, or for none, is told', async () => {
    await expect(digits({ train: 9000, test: 2000 })).rejects.toThrow(
      'train + test: 9000 + 2000 given, at most 10000',
    );
    await expect(digits({ train: 0 })).rejects.toThrow('train: 0 given');
  });
});

describe('parseFractions', () => {
  test('restores every byte from three digits', () => {
    const bytes = Array.from({ length: 256 }, (_, v) => v);
    const text = JSON.stringify({ data: bytes.map((v) => Math.round((v / 255) * 1000) / 1000) });
    expect([...parseFractions(Buffer.from(text))]).toEqual(bytes);
  });
  test('takes spaces and an empty list, and refuses a file that ends early', () => {
    expect([...parseFractions(Buffer.from('{ "data": [ 0, 1 , 0.2\n ] }'))]).toEqual([0, 255, 51]);
    expect([...parseFractions(Buffer.from('{"data":[]}'))]).toEqual([]);
    expect(() => parseFractions(Buffer.from('{"data":[0,0.1,'))).toThrow('ends early');
  });
});
