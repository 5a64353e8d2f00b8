import { compile, nn, random, tf, tree } from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { expectNoLeak } from '../helpers/memory';

const { takeTokens, transformer, visionTransformer } = nn;
const vit = visionTransformer({
  height: 6,
  width: 9,
  channels: 1,
  patch: 3,
  features: 8,
  depth: 2,
  heads: 2,
  hidden: 12,
});
const params = vit.init(random.key(1));
const images = random.uniform(random.key(2), [3, 6, 9, 1]);
const close = (a: { dataSync(): ArrayLike<number> }, b: { dataSync(): ArrayLike<number> }) =>
  Math.max(...Array.from(a.dataSync(), (value, i) => Math.abs(value - b.dataSync()[i]!)));

describe('transformer', () => {
  it('knows no places: shuffled tokens come out shuffled', () => {
    const net = transformer(8, { depth: 2, heads: 2 });
    const own = net.init(random.key(4));
    const x = random.normal(random.key(5), [2, 5, 8]);
    const order = tf.tensor2d(
      [
        [4, 2, 0, 1, 3],
        [1, 0, 3, 4, 2],
      ],
      [2, 5],
      'int32',
    );
    expect(
      close(net.apply(own, takeTokens(x, order)), takeTokens(net.apply(own, x), order)),
    ).toBeLessThan(1e-5);
  });

  it('a vision transformer’s vector is the mean of its tokens, one for each patch', () => {
    const tokens = vit.tokens(params, images);
    expect(tokens.shape).toEqual([3, 6, 8]);
    expect(close(vit.apply(params, images), tokens.mean(1))).toBeLessThan(1e-6);
  });

  it('or all of them side by side, row by row', () => {
    const flat = visionTransformer({
      ...vit.grid,
      features: 8,
      depth: 2,
      heads: 2,
      hidden: 12,
      pool: 'flatten',
    });
    expect(flat.apply(params, images).shape).toEqual([3, 48]);
    expect(flat.apply(params, images).dataSync()).toEqual(vit.tokens(params, images).dataSync());
  });

  it('standardises the pixels by the mean and deviation that it is told', () => {
    const told = visionTransformer({
      ...vit.grid,
      features: 8,
      depth: 2,
      heads: 2,
      hidden: 12,
      pixels: { mean: 0.3, std: 0.5 },
    });
    expect(
      close(told.tokens(params, images), vit.tokens(params, images.sub(0.3).div(0.5))),
    ).toBeLessThan(1e-5);
  });

  it('of kept patches it sees nothing else: what is outside of them may change', () => {
    const places = tf.tensor2d(
      [
        [0, 4],
        [0, 4],
        [0, 4],
      ],
      [3, 2],
      'int32',
    );
    const blot = tf.tensor4d(
      Array.from({ length: 3 * 54 }, (_, i) => {
        const [row, column] = [Math.floor((i % 54) / 9), i % 9];
        return row < 3 && column >= 3 ? 1 : 0;
      }),
      [3, 6, 9, 1],
    );
    expect(vit.tokens(params, images.add(blot), places).dataSync()).toEqual(
      vit.tokens(params, images, places).dataSync(),
    );
    expect(close(vit.tokens(params, images.add(blot)), vit.tokens(params, images))).toBeGreaterThan(
      1e-3,
    );
  });

  it('places that only fill the row change no token of those that count', () => {
    const places = tf.tensor2d(
      Array.from({ length: 3 }, () => [0, 4, 5, 2]).flat(),
      [3, 4],
      'int32',
    );
    const two = vit.tokens(params, images, places.slice([0, 0], [3, 2]));
    const seen = tf.tensor2d(Array.from({ length: 3 }, () => [1, 1, 0, 0]).flat(), [3, 4]);
    const filled = (fill: typeof seen | undefined) =>
      vit.tokens(params, images, places, fill).slice([0, 0, 0], [3, 2, 8]);
    expect(close(filled(seen), two)).toBeLessThan(1e-5);
    expect(close(filled(undefined), two)).toBeGreaterThan(1e-3);
  });

  it('knows where a patch was: the same patch at two places has two tokens', () => {
    const flat = vit.tokens(params, tf.ones([1, 6, 9, 1]));
    expect(
      close(flat.slice([0, 0, 0], [1, 1, 8]), flat.slice([0, 5, 0], [1, 1, 8])),
    ).toBeGreaterThan(1e-2);
  });

  it('is the same compiled, with its gradient, on kept patches', () => {
    const places = tf.tensor2d(
      [
        [5, 1],
        [0, 2],
        [3, 4],
      ],
      [3, 2],
      'int32',
    );
    const slope = (own: typeof params, x: typeof images, at: typeof places) =>
      tf.grad((image) => vit.tokens(own, image, at).square().mul(tf.range(0, 8)).sum())(x);
    expect(
      close(compile(slope)(params, images, places), slope(params, images, places)),
    ).toBeLessThan(1e-3);
  });

  it('leaks no tensor, and says what is wrong with its input', () => {
    const key = random.key(0);
    expectNoLeak(() =>
      tree.dispose(visionTransformer({ ...vit.grid, features: 8, depth: 1, heads: 2 }).init(key)),
    );
    expectNoLeak(() => tf.dispose([vit.apply(params, images), vit.tokens(params, images)]));
    expect(() => vit.apply(params, tf.zeros([2, 6, 6, 1]))).toThrow(
      'visionTransformer(x): shape [2, 6, 6, 1] given',
    );
    expect(() => visionTransformer({ ...vit.grid, features: 10, depth: 1, heads: 2 })).toThrow(
      'features is 10, a multiple of 4 expected',
    );
    expect(() =>
      visionTransformer({
        ...vit.grid,
        features: 8,
        depth: 1,
        heads: 2,
        pixels: { mean: 0, std: 0 },
      }),
    ).toThrow('pixels.std: 0 given');
    expect(() =>
      visionTransformer({ ...vit.grid, features: 8, depth: 1, heads: 2, pool: 'max' as never }),
    ).toThrow("pool: 'max' given, 'mean' or 'flatten' expected");
    expect(() => transformer(8, { depth: 0, heads: 2 })).toThrow('depth: 0 given');
  });
});
