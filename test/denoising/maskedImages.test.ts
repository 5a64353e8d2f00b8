import { compile, denoising, nn, random, tf, tree } from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { expectGradientMatchesFiniteDifferences } from '../helpers/gradients';
import { expectNoLeak } from '../helpers/memory';
import { normalizedPatches } from '../../lib/denoising/maskedImages';

const { maskedImages } = denoising;
type Tensor = ReturnType<typeof tf.tensor>;
const value = (t: { dataSync(): ArrayLike<number> }) => t.dataSync()[0]!;
const encoder = nn.visionTransformer({
  height: 6,
  width: 6,
  channels: 1,
  patch: 2,
  features: 8,
  depth: 1,
  heads: 2,
});
const options = { encoder, decoder: { features: 4, depth: 1, heads: 1 }, ratio: 0.67 };
const method = maskedImages(options);
const { params } = method.init(random.key(1));
const images = random.uniform(random.key(2), [4, 6, 6, 1]);
const key = random.key(7);

/** 1 at the pixels of the patches at `places`, 0 elsewhere. */
const pixelsAt = (places: number[][]) =>
  nn.unpatchify(
    tf.tensor3d(
      places.map((row) =>
        Array.from({ length: 9 }, (_, i) => Array<number>(4).fill(row.includes(i) ? 1 : 0)),
      ),
    ),
    encoder.grid,
  );

describe('masked images', () => {
  it('hides exactly the ratio of each image’s patches, others in each image, and each patch is seen or hidden', () => {
    const { visible, hidden } = method.masks(key, 50);
    expect([visible.shape, hidden.shape]).toEqual([
      [50, 3],
      [50, 6],
    ]);
    for (const row of tf.concat([visible, hidden], 1).arraySync() as number[][])
      expect([...row].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(new Set(visible.arraySync().map((row) => [...row].sort().join())).size).toBeGreaterThan(
      20,
    );
  });

  it('the guesses come from visible patches only: hidden pixels may change, visible ones may not', () => {
    const mask = method.masks(key, 4);
    const guess = (x: Tensor) => method.predict(params, x, mask);
    const [unseen, seen] = [pixelsAt(mask.hidden.arraySync()), pixelsAt(mask.visible.arraySync())];
    expect(guess(images.add(unseen)).dataSync()).toEqual(guess(images).dataSync());
    expect(value(guess(images.add(seen)).sub(guess(images)).abs().max())).toBeGreaterThan(1e-4);
  });

  it('normalised patches have their variance divided by n - 1, as torch’s var does; of one value there is none', () => {
    // 1, 2, 3, 4: mean 2.5, squares 2.25 + 0.25 + 0.25 + 2.25 = 5, over 3.
    const scale = Math.sqrt(5 / 3 + 1e-6);
    const normalised = normalizedPatches(tf.tensor2d([[1, 2, 3, 4]])).dataSync();
    [-1.5, -0.5, 0.5, 1.5].forEach((deviation, i) =>
      expect(normalised[i]).toBeCloseTo(deviation / scale, 5),
    );
    const single = nn.visionTransformer({
      height: 2,
      width: 2,
      channels: 1,
      patch: 1,
      features: 8,
      depth: 1,
      heads: 2,
    });
    expect(() => maskedImages({ ...options, encoder: single, normalize: true })).toThrow(
      'maskedImages: normalize: values in a patch: 1 given',
    );
  });

  it.each([false, true])(
    'is the mean square over hidden patches, written out by hand; normalised targets: %s',
    (normalize) => {
      const own = maskedImages({ ...options, normalize });
      const mask = own.masks(key, 4);
      const guesses = own.predict(params, images, mask).arraySync();
      const patches = nn.patchify(images, 2).arraySync();
      const errors = mask.hidden.arraySync().flatMap((row, i) =>
        row.flatMap((place, j) => {
          const patch = patches[i]![place]!;
          const mean = patch.reduce((a, b) => a + b) / 4;
          const scale = Math.sqrt(patch.reduce((sum, p) => sum + (p - mean) ** 2, 0) / 3 + 1e-6);
          return patch.map(
            (p, k) => (guesses[i]![j]![k]! - (normalize ? (p - mean) / scale : p)) ** 2,
          );
        }),
      );
      expect(value(own.objective(params, { images }, key, {}).loss)).toBeCloseTo(
        errors.reduce((a, b) => a + b) / errors.length,
        4,
      );
    },
  );

  it('with a head that says the same always, a visible patch has no part in the loss: its gradient is 0, that of a hidden one is not', () => {
    const silent = { ...params, pixels: tree.map((leaf) => leaf.mul(0), params.pixels) };
    const slope = tf.grad((x) => method.objective(silent, { images: x }, key, {}).loss)(images);
    const mask = method.masks(key, 4);
    expect(value(slope.mul(pixelsAt(mask.visible.arraySync())).abs().max())).toBe(0);
    // Of the mean of squares, 2 x / n, at each hidden pixel.
    const expected = images.mul(pixelsAt(mask.hidden.arraySync())).mul(2 / (4 * 6 * 4));
    expect(value(slope.sub(expected).abs().max())).toBeLessThan(1e-6);
  });

  it('has the gradient of its finite differences, into the mask’s vector and the pixels’ head', () => {
    expectGradientMatchesFiniteDifferences(
      (mask) => method.objective({ ...params, mask }, { images }, key, {}).loss,
      params.mask,
      { tolerance: 2e-2 },
    );
    expectGradientMatchesFiniteDifferences(
      (bias) =>
        method.objective(
          { ...params, pixels: { ...params.pixels, bias: bias as never } },
          { images },
          key,
          {},
        ).loss,
      params.pixels.bias!,
    );
  });

  it('is the same compiled: another mask for another key, the same one for the same', () => {
    const loss = (p: typeof params, x: Tensor, k: Tensor) =>
      method.objective(p, { images: x }, k, {}).loss;
    const compiled = compile(loss);
    for (const seed of [7, 8])
      expect(value(compiled(params, images, random.key(seed)))).toBeCloseTo(
        value(loss(params, images, random.key(seed))),
        5,
      );
    expect(value(compiled(params, images, random.key(7)))).not.toBe(
      value(compiled(params, images, random.key(8))),
    );
  });

  it('fills in: visible patches are as they were, and hidden ones grey or guessed', () => {
    const mask = method.masks(key, 4);
    const { seen, filled } = method.fillIn(params, images, mask);
    const [shown, unseen] = [pixelsAt(mask.visible.arraySync()), pixelsAt(mask.hidden.arraySync())];
    for (const picture of [seen, filled])
      expect(value(picture.sub(images).mul(shown).abs().max())).toBe(0);
    expect(value(seen.sub(0.5).mul(unseen).abs().max())).toBe(0);
    const guesses = nn.takeTokens(nn.patchify(filled, 2), mask.hidden);
    expect(
      value(
        guesses
          .sub(method.predict(params, images, mask))
          .abs()
          .max(),
      ),
    ).toBe(0);
    expect(() =>
      maskedImages({ ...options, normalize: true }).fillIn(params, images, mask),
    ).toThrow('normalize is true');
  });

  it('a normalised patch has mean 0 and variance 1, whatever its light; an empty one is 0', () => {
    const patch = tf.tensor2d([
      [1, 2, 3, 6],
      [10, 20, 30, 60],
      [0.5, 0.5, 0.5, 0.5],
    ]);
    const rows = normalizedPatches(patch).arraySync() as number[][];
    rows[0]!.forEach((p, i) => expect(p).toBeCloseTo(rows[1]![i]!, 4));
    expect(rows[0]!.reduce((sum, p) => sum + p * p, 0)).toBeCloseTo(3, 4);
    expect(rows[2]).toEqual([0, 0, 0, 0]);
  });

  it('leaks no tensor, and says what is wrong with its input', () => {
    expectNoLeak(() => tree.dispose(method.init(key)));
    expectNoLeak(() => tree.tidy(() => void method.objective(params, { images }, key, {})));
    const mask = method.masks(key, 4);
    expectNoLeak(() =>
      tree.dispose([
        method.masks(key, 4),
        method.energy(params, images, images),
        method.embed(params, images),
        method.fillIn(params, images, mask),
      ]),
    );
    expect(() => maskedImages({ ...options, ratio: 0 })).toThrow('ratio: 0 given');
    expect(() => maskedImages({ ...options, ratio: 0.99 })).toThrow(
      'ratio: 0.99 of 9 patches given',
    );
    expect(() =>
      maskedImages({ ...options, decoder: { ...options.decoder, features: 6 } }),
    ).toThrow('features is 6, a multiple of 4 expected');
  });
});
