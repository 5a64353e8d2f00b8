import { augment, compile, random, tf, type Tensor4D } from 'dark-matter';
import { describe, expect, test } from 'vitest';
import { expectNoLeak } from '../../helpers/memory';

const n = 3000;
/** No crop to speak of, so that what else happened can be told. */
const whole = { scale: [1, 1] } as const;
/** n images of one pixel: a crop and a mirror leave them, a blur too. */
const pixels = (...color: number[]): Tensor4D =>
  tf.tile(tf.tensor4d(color, [1, 1, 1, color.length]), [n, 1, 1, 1]);
const share = (images: Tensor4D, holds: (pixel: number[]) => boolean): number =>
  (images.reshape([n, -1]).arraySync() as number[][]).filter(holds).length / n;
const slack = (p: number) => 5 * Math.sqrt((p * (1 - p)) / n);
const isGrey = ([red, green, blue]: number[]) =>
  Math.abs(red! - green!) < 1e-6 && Math.abs(red! - blue!) < 1e-6;

describe('the recipes do what the papers’ tables say', () => {
  const views = {
    simclrView: augment.simclrView({ ...whole, pictures: 'large' }),
    'byolView, first': augment.byolView({ ...whole, view: 'first', pictures: 'large' }),
    'byolView, second': augment.byolView({ ...whole, view: 'second', pictures: 'large' }),
  };

  test.each(Object.entries(views))('%s: grey with probability 0.2', (_name, view) => {
    tf.tidy(() => {
      const grey = share(view(pixels(0.3, 0.2, 0.1), random.key(1)), isGrey);
      expect(Math.abs(grey - 0.2)).toBeLessThan(slack(0.2));
    });
  });

  test.each(Object.entries(views))('%s: colours stay with probability 0.2', (name, view) => {
    tf.tidy(() => {
      const x = [0.3, 0.2, 0.1];
      const out = view(pixels(...x), random.key(2));
      const same = share(out, (pixel) => pixel.every((v, i) => Math.abs(v - x[i]!) < 1e-6));
      // Neither jittered nor grey. Solarized it is not: all values are below a half.
      expect(Math.abs(same - 0.2 * 0.8), name).toBeLessThan(slack(0.16));
    });
  });

  test('only BYOL’s second view is solarized, with probability 0.2', () => {
    tf.tidy(() => {
      // Black, inverted from 0 on, is told from black that never is: brightness keeps it black.
      const nearWhite = pixels(0.95, 0.95, 0.95);
      const dark = (view: augment.Augmentation) =>
        share(view(nearWhite, random.key(3)), ([red]) => red! < 0.5);
      const still = { ...whole, strength: 0 } as const;
      expect(dark(augment.simclrView(still))).toBe(0);
      expect(dark(augment.byolView({ ...still, view: 'first' }))).toBe(0);
      const solarized = dark(augment.byolView({ ...still, view: 'second' }));
      expect(Math.abs(solarized - 0.2)).toBeLessThan(slack(0.2));
    });
  });

  /** How many of n points were blurred. */
  const blurred = (view: augment.Augmentation) =>
    tf.tidy(() => {
      const point = tf.tile(
        tf.pad(tf.ones([1, 1, 1, 1]), [
          [0, 0],
          [1, 1],
          [1, 1],
          [0, 0],
        ]),
        [n, 1, 1, 1],
      ) as Tensor4D;
      const corner = view(point, random.key(4)).slice([0, 0, 0], [-1, 1, 1]).reshape([n, 1, 1, 1]);
      // A sigma of 0.1 to 0.2 leaves too little to see in the corner.
      return share(corner as Tensor4D, ([v]) => v! > 1e-7);
    });

  test.each([
    ['simclrView', augment.simclrView, {}, 0.5],
    ['byolView, first', augment.byolView, { view: 'first' }, 1],
    ['byolView, second', augment.byolView, { view: 'second' }, 0.1],
  ] as const)('%s of large pictures: a blur with the probability told', (_name, make, view, p) => {
    const still = { ...whole, ratio: [1, 1], strength: 0, ...view } as const;
    // Sigmas below 0.25, of 0.1 to 2, do not show.
    const seen = p * (1.75 / 1.9);
    const large = blurred(make({ ...still, pictures: 'large' }));
    expect(Math.abs(large - seen)).toBeLessThan(0.04 * p + slack(seen));
    expect(blurred(make(still))).toBe(0);
    expect(blurred(make({ ...still, blur: true }))).toBe(large);
  });

  test('SimCLR’s strength is 0.5 for small pictures and 1 for large ones; BYOL’s is its own', () => {
    tf.tidy(() => {
      // Of a dark grey only brightness changes anything: a factor of 1 - 0.8 s to 1 + 0.8 s.
      const grey = pixels(0.25, 0.25, 0.25);
      const ends = (view: augment.Augmentation) => {
        const values = [...view(grey, random.key(5)).dataSync()].map((v) => v / 0.25);
        return [Math.min(...values), Math.max(...values)];
      };
      const expectEnds = (view: augment.Augmentation, most: number) => {
        const [low, high] = ends(view);
        expect(Math.abs(low! - (1 - most))).toBeLessThan(0.01);
        expect(Math.abs(high! - (1 + most))).toBeLessThan(0.01);
      };
      expectEnds(augment.simclrView(), 0.4);
      expectEnds(augment.simclrView({ pictures: 'large' }), 0.8);
      expectEnds(augment.simclrView({ strength: 0.25 }), 0.2);
      expectEnds(augment.byolView(), 0.4);
      expectEnds(augment.byolView({ pictures: 'large', view: 'second' }), 0.4);
    });
  });
});

describe.each([
  ['simclrViews', augment.simclrViews],
  ['byolViews', augment.byolViews],
] as const)('%s', (_name, recipe) => {
  const images = random.uniform(random.key(1), [8, 24, 20, 3]) as Tensor4D;
  const views = recipe({ pictures: 'large', size: 16 });
  const key = random.key(2);

  test('two different views of each image, in [0, 1], in the size asked for; also of one channel', () => {
    tf.tidy(() => {
      for (const channels of [3, 1]) {
        const x = random.uniform(random.key(1), [8, 24, 20, channels]);
        const { x1, x2 } = views({ images: x }, key);
        expect(x1.shape).toEqual([8, 16, 16, channels]);
        expect(x2.shape).toEqual([8, 16, 16, channels]);
        for (const v of [...x1.dataSync(), ...x2.dataSync()])
          expect(v >= -1e-6 && v <= 1 + 1e-6).toBe(true);
        expect(x1.dataSync()).not.toEqual(x2.dataSync());
      }
    });
  });

  test('the same key gives the same views, another key others, and images do not mix', () => {
    tf.tidy(() => {
      const [a, b, c] = [2, 2, 3].map((seed) => views({ images }, random.key(seed)).x1.dataSync());
      expect(a).toEqual(b);
      expect(a).not.toEqual(c);
      // What becomes of the first image does not depend on the others.
      const others = tf.concat([images.slice([0], [1]), tf.zeros([7, 24, 20, 3])]) as Tensor4D;
      const first = (x: Tensor4D) => views({ images: x }, key).x1.slice([0], [1]).dataSync();
      expect(first(others)).toEqual(first(images));
      expect(first(images).every((v) => v === 0)).toBe(false);
    });
  });

  test('compiled, it is what it is: once by the graph, once by XLA', () => {
    const f = (images: Tensor4D, key: random.Key) => views({ images }, key);
    const eager = f(images, key);
    for (const mode of ['graph', 'xla'] as const) {
      const compiled = compile(f, { mode });
      compiled(images, random.key(9));
      const fast = compiled(images, key);
      for (const which of ['x1', 'x2'] as const) {
        const far = tf.abs(tf.sub(fast[which], eager[which]));
        // A value that rounding moves over the threshold is inverted: rare, but not small.
        expect(tf.mean(far).dataSync()[0]!).toBeLessThan(1e-4);
      }
      compiled.dispose();
    }
  });

  test('leaves no tensor behind', () => {
    expectNoLeak(() => {
      const { x1, x2 } = views({ images }, key);
      tf.dispose([x1, x2]);
    });
  });

  test('what it cannot use is named', () => {
    expect(() => recipe({ pictures: 'tiny' as 'small' })).toThrow("pictures: 'tiny' given");
    expect(() => recipe({ strength: 3 })).toThrow('strength: 3 given');
    expect(() => augment.byolView({ view: 'third' as 'first' })).toThrow("byolView: view: 'third'");
  });
});
