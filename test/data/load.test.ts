import { afterAll, beforeAll, expect, test } from 'vitest';
import { augment, data, random, tf, tree } from 'dark-matter';
import { tinyImageSets } from '../helpers/imageSets';

let sets: ReturnType<typeof tinyImageSets>;
beforeAll(() => (sets = tinyImageSets()));
afterAll(() => sets.remove());

const { digits, mnist, fashionMnist, cifar10, emojiByCategory: emoji } = data;
const functions = { digits, mnist, fashionMnist, cifar10, emoji };
const names = Object.keys(functions) as (keyof typeof functions)[];

test.each(names)('%s has the tensors of its own function, in the same order', async (name) => {
  const options = { train: 20, test: 10, seed: 3 };
  const loaded = await data.load(name, options);
  const own = await functions[name](options);
  for (const part of ['train', 'test'] as const) {
    expect(loaded[part].images.dataSync()).toEqual(own[part].images.dataSync());
    expect(loaded[part].labels.dataSync()).toEqual(own[part].labels.dataSync());
  }
  expect(loaded.classes).toEqual(own.classes);
  tree.dispose([loaded, own]);
});

test.each(names)('%s says its shape, and its recipe keeps it', async (name) => {
  const before = tf.memory().numTensors;
  const loaded = await data.load(name, { train: 20, test: 10 });
  expect(tf.memory().numTensors).toBe(before + 4);
  const { train, shape, side, channels, recipe } = loaded;
  expect(shape).toEqual([side, side, channels]);
  expect(train.images.shape).toEqual([20, ...shape]);
  tf.tidy(() => {
    const moved = augment.compose(...recipe)(train.images, random.key(0));
    expect(moved.shape).toEqual(train.images.shape);
    expect(moved.dataSync()).not.toEqual(train.images.dataSync());
  });
  tree.dispose(loaded);
});

test('digits are changed as they always were: one resampling of four changes, key by key', async () => {
  const { train, recipe } = await data.load('digits', { train: 8, test: 1 });
  const { rotate, scale, shear, shift, compose } = augment;
  const moves = compose(rotate(20), scale([0.8, 1.2]), shear(15), shift(0.1));
  const [ours, always] = [compose(...recipe), moves].map((change) =>
    change(train.images, random.key(5)).dataSync(),
  );
  expect(ours).toEqual(always);
});

test('records are told apart by the set, those of digits by nothing', async () => {
  const parts = await Promise.all(
    (['digits', 'cifar10'] as const).map(async (name) => {
      const loaded = await data.load(name, { train: 10, test: 10 });
      tree.dispose(loaded);
      return loaded.part;
    }),
  );
  expect(parts).toEqual([undefined, 'cifar10']);
});

test('another name is refused, with those there are', async () => {
  await expect(data.load('cifar' as 'cifar10')).rejects.toThrow(
    "'cifar' given, 'digits' or 'mnist' or 'fashionMnist' or 'cifar10' or 'emoji' expected",
  );
});

test('of emoji there are fewer than notebooks ask for: then they are all', async () => {
  const before = tf.memory().numTensors;
  const asked = await data.load('emoji', { train: 8000, test: 20 });
  expect(tf.memory().numTensors).toBe(before + 4);
  const all = await data.emojiByCategory();
  const difference = tf.tidy(() => asked.train.images.sub(all.train.images).abs().max());
  expect(difference.dataSync()[0]).toBe(0);
  expect(asked.test.labels.size).toBe(20);
  expect(asked.heldOut).toBe('20 held-out emoji');
  tree.dispose([asked, all, difference]);
});
