import { augment, compile, nn, noncontrastive, random, tf } from 'dark-matter';
import { describe, expect, test } from 'vitest';
import { expectNoLeak } from '../../helpers/memory';

type Images = ReturnType<typeof tf.tensor4d>;
const images = random.uniform(random.key(1), [5, 8, 8, 2]) as Images;
const key = random.key(2);

describe('multiCrop', () => {
  test('two large crops and so many small ones, each of its own, all in the encoder’s size unless a side is given', () => {
    const { x1, x2, small } = augment.multiCrop({ count: 3 })({ images }, key);
    expect(small.length).toBe(3);
    const all = [x1, x2, ...small];
    for (const crop of all) expect(crop.shape).toEqual([5, 8, 8, 2]);
    expect(new Set(all.map((crop) => crop.dataSync().join())).size).toBe(5);
    const cheap = augment.multiCrop({ side: 4 })({ images }, key).small;
    expect(cheap.map(({ shape }) => shape)).toEqual(Array(4).fill([5, 4, 4, 2]));
  });

  test('the large ones are made by `large`, the small ones by `small`, with other keys', () => {
    const same = augment.shift(0);
    const black = augment.erase({ area: [1, 1], ratio: [1, 1] });
    const { x1, x2, small } = augment.multiCrop({ large: same, small: black, count: 2 })(
      { images },
      key,
    );
    expect(x1.dataSync()).toEqual(images.dataSync());
    expect(x2.dataSync()).toEqual(images.dataSync());
    for (const crop of small) expect(Math.max(...crop.dataSync())).toBe(0);
    const noisy = augment.multiCrop({
      large: augment.noise(0.1),
      small: augment.noise(0.1),
      count: 1,
    })({ images }, key);
    expect(
      new Set([noisy.x1, noisy.x2, noisy.small[0]!].map((crop) => crop.dataSync().join())).size,
    ).toBe(3);
  });

  test('the two large ones may differ, and small ones may come in their size: DINO’s, in colour', () => {
    const same = augment.shift(0);
    const twoKinds = augment.multiCrop({ large: [same, augment.solarize(1)], count: 1 });
    const { x1, x2 } = twoKinds({ images }, key);
    expect(x1.dataSync()).toEqual(images.dataSync());
    expect(x2.dataSync()).toEqual(augment.functional.solarize(images).dataSync());
    const photos = random.uniform(random.key(4), [6, 20, 24, 3]) as Images;
    const scale = [0.15, 0.5] as const;
    const dino = augment.multiCrop({
      large: [
        augment.byolView({ view: 'first', pictures: 'large' }),
        augment.byolView({ view: 'second', pictures: 'large' }),
      ],
      small: augment.simclrView({ scale, size: 8 }),
      count: 2,
    });
    const crops = dino({ images: photos }, key);
    expect(crops.x1.shape).toEqual([6, 20, 24, 3]);
    expect(crops.small.map(({ shape }) => shape)).toEqual(Array(2).fill([6, 8, 8, 3]));
    for (const v of [crops.x1, crops.x2, ...crops.small].flatMap((x) => [...x.dataSync()]))
      expect(v >= -1e-6 && v <= 1 + 1e-6).toBe(true);
  });

  test('half the side is the mean of each four pixels', () => {
    const { x1, small } = augment.multiCrop({
      large: augment.shift(0),
      small: augment.shift(0),
      count: 1,
      side: 4,
    })({ images }, key);
    const mean = tf.avgPool(x1, 2, 2, 'valid');
    expect(small[0]!.sub(mean).abs().max().dataSync()[0]).toBeLessThan(1e-6);
  });

  test('the side is the shorter one’s: other images keep their proportions', () => {
    const wide = random.uniform(random.key(1), [2, 16, 32, 1]) as Images;
    const same = augment.shift(0);
    const crops = augment.multiCrop({ large: same, small: same, count: 1, side: 8 });
    const { x1, small } = crops({ images: wide }, key);
    expect(small[0]!.shape).toEqual([2, 8, 16, 1]);
    expect(
      small[0]!
        .sub(tf.avgPool(x1, 2, 2, 'valid'))
        .abs()
        .max()
        .dataSync()[0],
    ).toBeLessThan(1e-6);
    const high = random.uniform(random.key(1), [2, 33, 10, 1]) as Images;
    expect(crops({ images: high }, key).small[0]!.shape).toEqual([2, 26, 8, 1]);
  });

  test('a small crop shows a small part: of a slope from 0 to 1 it spans a part no wider than its own', () => {
    const slope = tf.tile(tf.linspace(0, 1, 64).reshape([1, 1, 64, 1]), [16, 64, 1, 1]) as Images;
    const span = (crop: Images) =>
      crop
        .max([1, 2, 3])
        .sub(crop.min([1, 2, 3]))
        .dataSync();
    const { x1, small } = augment.multiCrop({
      large: augment.randomResizedCrop({ scale: [0.8, 1] }),
      small: augment.randomResizedCrop({ scale: [0.1, 0.2] }),
      count: 1,
    })({ images: slope }, key);
    // A tenth to a fifth of the area at up to 4 by 3 is 0.27 to 0.52 of the width.
    for (const part of span(small[0]!)) expect(part).toBeLessThan(0.53);
    for (const part of span(x1)) expect(part).toBeGreaterThan(0.7);
  });

  test('compiled it is what it was; its crops are what SwAV and DINO take, the cheap ones with a pooling encoder', () => {
    const crops = augment.multiCrop({ count: 2, side: 4 });
    const run = compile((images: Images, key: random.Key) => crops({ images }, key));
    const [eager, compiled] = [crops({ images }, key), run(images, key)];
    expect(compiled.small[1]!.dataSync()).toEqual(eager.small[1]!.dataSync());
    run.dispose();
    const fast = compile((images: Images, key: random.Key) => crops({ images }, key), {
      mode: 'xla',
    });
    const far = fast(images, key).small[1]!.sub(eager.small[1]!).abs().max().dataSync()[0];
    expect(far).toBeLessThan(1e-5);
    fast.dispose();
    const networks = {
      encoder: nn.sequential([
        nn.conv2d(2, 6, 3, { stride: 2 }),
        nn.relu(),
        nn.globalAveragePool(),
      ]),
      projector: nn.mlp([6, 4]),
    };
    for (const method of [
      noncontrastive.swav({ ...networks, dim: 4, prototypes: 3 }),
      noncontrastive.dino({ ...networks, dim: 4, prototypes: 3 }),
    ]) {
      const { params, state } = method.init(random.key(3));
      expect(
        Number.isFinite(
          method.objective(params as never, eager, key, state as never).loss.dataSync()[0],
        ),
      ).toBe(true);
    }
  });

  test('leaks no tensor, and says what is wrong with its options', () => {
    const crops = augment.multiCrop({ count: 2, side: 4 });
    expectNoLeak(() => {
      const { x1, x2, small } = crops({ images }, key);
      tf.dispose([x1, x2, ...small]);
    });
    expect(() => augment.multiCrop({ count: 0 })).toThrow('multiCrop: count: 0 given');
    expect(() => augment.multiCrop({ side: 2.5 })).toThrow('multiCrop: side: 2.5 given');
  });
});
