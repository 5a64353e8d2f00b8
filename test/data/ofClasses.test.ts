import { expect, test } from 'vitest';
import { data, tf } from 'dark-matter';
import { expectNoLeak } from '../helpers/memory';

const labels = [3, 0, 7, 3, 7, 7, 0, 3];
/** Image i has the value i in its one pixel. */
const made = () =>
  ({
    images: tf.range(0, labels.length).reshape([-1, 1, 1, 1]),
    labels: tf.tensor1d(labels, 'int32'),
  }) as data.Labelled;

test('the images of the classes come in their order, and a label is the place of its class', () =>
  tf.tidy(() => {
    const { images, labels: places } = data.ofClasses(made(), [7, 3]);
    expect([...images.dataSync()]).toEqual([0, 2, 3, 4, 5, 7]);
    expect([...places.dataSync()]).toEqual([1, 0, 1, 0, 0, 1]);
    expect([images.dtype, places.dtype]).toEqual(['float32', 'int32']);
  }));

test('classes and the rest are disjoint and together the whole set', () =>
  tf.tidy(() => {
    const parts = [[3], [0, 7]].map((classes) => data.ofClasses(made(), classes));
    const rows = parts.flatMap(({ images }) => [...images.dataSync()]);
    expect(rows.sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  }));

test('a class that is not there, or is named twice, is refused', () =>
  tf.tidy(() => {
    expect(() => data.ofClasses(made(), [0, 5])).toThrow('classes[1]: 5 given');
    expect(() => data.ofClasses(made(), [3, 3])).toThrow('classes: [3, 3] given, different ones');
    expect(() => data.ofClasses(made(), [-1])).toThrow('classes[0]: -1 given');
    expect(() => data.ofClasses(made(), [])).toThrow('classes: none given');
  }));

test('it leaves nothing behind but what it gives', () => {
  const set = made();
  expectNoLeak(() => {
    const { images, labels: places } = data.ofClasses(set, [3]);
    tf.dispose([images, places]);
  });
  tf.dispose([set.images, set.labels]);
});
