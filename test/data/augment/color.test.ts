import { augment, compile, random, tf, type Tensor, type Tensor4D } from 'dark-matter';
import { describe, expect, test } from 'vitest';

/** n equal images of the one color. */
const flat = (n: number, ...color: number[]): Tensor4D =>
  tf.tile(tf.tensor4d(color, [1, 1, 1, color.length]), [n, 2, 3, 1]);
/** The first pixel's values, [n][channels]. */
const firsts = (images: Tensor4D): number[][] =>
  tf.tidy(() =>
    images.slice([0, 0, 0], [-1, 1, 1]).reshape([images.shape[0], -1]).arraySync(),
  ) as number[][];
const moments = (values: readonly number[]) => {
  const mean = values.reduce((a, b) => a + b) / values.length;
  const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
  return { mean, std: Math.sqrt(variance) };
};
/** Five standard errors of a share of n. */
const slack = (p: number, n: number) => 5 * Math.sqrt((p * (1 - p)) / n);
const changed = (after: Tensor4D, before: Tensor4D): number =>
  tf.tidy(() => {
    const different = tf.any(tf.notEqual(after, before), [1, 2, 3]);
    return tf.mean(tf.cast(different, 'float32')).dataSync()[0]!;
  });

describe('colorJitter draws what torchvision’s ColorJitter draws', () => {
  const n = 4000;

  test.each([
    [0.4, 0.6, 1.4],
    [1.5, 0, 2.5],
    [[0.5, 0.7] as [number, number], 0.5, 0.7],
  ])('brightness %j: a factor uniform from %d to %d', (brightness, low, high) => {
    tf.tidy(() => {
      const x = flat(n, 0.3, 0.2, 0.1);
      const factors = firsts(augment.colorJitter({ brightness })(x, random.key(1))).map(
        ([red]) => red! / 0.3,
      );
      const { mean, std } = moments(factors);
      const width = high - low;
      expect(Math.abs(mean - (low + high) / 2)).toBeLessThan((5 * width) / Math.sqrt(12 * n));
      expect(Math.abs(std - width / Math.sqrt(12))).toBeLessThan(0.03 * width);
      expect(Math.min(...factors)).toBeGreaterThan(low - 1e-4);
      expect(Math.max(...factors)).toBeLessThan(high + 1e-4);
    });
  });

  test('hue 0.1: turned uniformly by up to a tenth of the circle either way', () => {
    tf.tidy(() => {
      // Of pure red, the green or the blue that comes in is six times the turn.
      const made = firsts(augment.colorJitter({ hue: 0.1 })(flat(n, 1, 0, 0), random.key(2)));
      const turns = made.map(([, green, blue]) => (green! - blue!) / 6);
      const { mean, std } = moments(turns);
      expect(Math.abs(mean)).toBeLessThan((5 * 0.2) / Math.sqrt(12 * n));
      expect(std).toBeCloseTo(0.2 / Math.sqrt(12), 2);
      expect(Math.max(...turns.map(Math.abs))).toBeLessThan(0.1 + 1e-5);
    });
  });

  test('saturation and contrast: the distance from grey, and from the mean grey, by such a factor', () => {
    tf.tidy(() => {
      const color = flat(n, 0.5, 0.4, 0.3);
      const by = (after: number[][]) => after.map(([red, , blue]) => (red! - blue!) / 0.2);
      for (const settings of [{ saturation: 0.5 }, { contrast: 0.5 }]) {
        const { mean, std } = moments(
          by(firsts(augment.colorJitter(settings)(color, random.key(3)))),
        );
        expect(Math.abs(mean - 1)).toBeLessThan(5 / Math.sqrt(12 * n));
        expect(std).toBeCloseTo(1 / Math.sqrt(12), 1);
      }
    });
  });

  test('each of the 24 orders comes equally often: chi squared below its 99.99th percentile', () => {
    tf.tidy(() => {
      // With these amounts all orders end in other colours.
      const half = [0.5, 0.5] as const;
      const jitter = augment.colorJitter({
        brightness: [1.6, 1.6],
        contrast: half,
        saturation: [1.9, 1.9],
        hue: [0.22, 0.22],
      });
      const x = tf.tile(
        tf.tensor4d([0.9, 0.5, 0.2, 0.1, 0.3, 0.55, 0.7, 0.75, 0.05], [1, 1, 3, 3]),
        [n, 1, 1, 1],
      );
      const ends = (jitter(x, random.key(4)).reshape([n, 9]).arraySync() as number[][]).map((row) =>
        row.map((v) => v.toFixed(4)).join(),
      );
      const counts = new Map<string, number>();
      for (const end of ends) counts.set(end, (counts.get(end) ?? 0) + 1);
      expect(counts.size).toBe(24);
      const expected = n / 24;
      const chi = [...counts.values()].reduce((s, c) => s + (c - expected) ** 2 / expected, 0);
      expect(chi).toBeLessThan(58.6);
    });
  });

  test('what is not asked for is left out: nothing at all leaves the images to the last digit', () => {
    tf.tidy(() => {
      const x = random.uniform(random.key(1), [5, 4, 6, 3]);
      const still = augment.colorJitter({ brightness: [1, 1], hue: 0, contrast: 0 });
      expect(still(x, random.key(0)).dataSync()).toEqual(x.dataSync());
      // Brightness alone is one factor for all values of an image.
      const ratio = augment.colorJitter({ brightness: 0.2 })(x.div(2), random.key(0)).div(x.div(2));
      const { variance } = tf.moments(ratio, [1, 2, 3]);
      expect(Math.max(...variance.dataSync())).toBeLessThan(1e-10);
    });
  });

  test('on one channel saturation and hue change nothing, brightness and contrast do', () => {
    tf.tidy(() => {
      const x = random.uniform(random.key(1), [5, 4, 6, 1]);
      const key = random.key(2);
      expect(augment.colorJitter({ saturation: 0.9, hue: 0.5 })(x, key).dataSync()).toEqual(
        x.dataSync(),
      );
      expect(changed(augment.colorJitter({ brightness: 0.4 })(x, key), x)).toBe(1);
      expect(changed(augment.colorJitter({ contrast: 0.4 })(x, key), x)).toBe(1);
    });
  });

  test('compiled, it refuses what is outside [0, 1] at the first call; later only such an image is NaN', () => {
    const jitter = augment.colorJitter({ brightness: 0.4, hue: 0.1 });
    const compiled = compile(jitter, { mode: 'graph' });
    const [good, key] = [flat(2, 0.4, 0.5, 0.6), random.key(0)];
    const bad = tf.concat([flat(1, 0.4, 0.5, 0.6), flat(1, 0, 2, 0.5)]) as Tensor4D;
    expect(() => compiled(bad, key)).toThrow('colorJitter: images with values from 0 to 2 given');
    for (let call = 0; call < 2; call++) {
      expect(compiled(good, key).dataSync().every(Number.isFinite)).toBe(true);
      const values = [...compiled(bad, key).dataSync()];
      expect(values.slice(0, 18).every(Number.isFinite)).toBe(true);
      expect(values.slice(18).every(Number.isNaN)).toBe(true);
    }
    compiled.dispose();
  });

  test('what it cannot use is named', () => {
    expect(() => augment.colorJitter({ hue: 0.6 })).toThrow('colorJitter: hue: 0.6 given');
    expect(() => augment.colorJitter({ hue: -0.1 })).toThrow('colorJitter: hue: -0.1 given');
    expect(() => augment.colorJitter({ brightness: -0.1 })).toThrow(
      'colorJitter: brightness: -0.1',
    );
    expect(() => augment.colorJitter({ contrast: [1.2, 0.8] })).toThrow(
      'colorJitter: contrast: [1.2, 0.8] given, low no greater than high expected',
    );
    expect(() => augment.grayscale(1.5)).toThrow('grayscale: probability: 1.5 given');
    expect(() => augment.solarize({ threshold: 2 })).toThrow('solarize: threshold: 2 given');
    expect(() => augment.gaussianBlur({ kernelSize: 4 })).toThrow(
      'gaussianBlur: kernelSize: 4 given',
    );
  });
});

describe('how often', () => {
  const n = 5000;
  const x = random.uniform(random.key(7), [n, 2, 3, 3]) as Tensor4D;
  test.each([
    ['grayscale', augment.grayscale, 0.1],
    ['solarize', augment.solarize, 0.5],
    ['horizontalFlip', augment.horizontalFlip, 0.5],
  ] as const)('%s changes the share of images that it is told to', (_name, make, byDefault) => {
    tf.tidy(() => {
      for (const p of [0.2, 0.7])
        expect(Math.abs(changed(make(p)(x, random.key(1)), x) - p)).toBeLessThan(slack(p, n));
      expect(Math.abs(changed(make()(x, random.key(1)), x) - byDefault)).toBeLessThan(
        slack(byDefault, n),
      );
      expect(changed(make(0)(x, random.key(1)), x)).toBe(0);
      expect(changed(make(1)(x, random.key(1)), x)).toBe(1);
    });
  });
});

describe('grayscale', () => {
  test('makes three equal channels, of the light that there was; one channel stays', () => {
    tf.tidy(() => {
      const x = random.uniform(random.key(1), [6, 3, 4, 3]);
      const grey = augment.grayscale(1)(x, random.key(0));
      const [red, green, blue] = tf.split(grey, 3, 3) as [Tensor, Tensor, Tensor];
      expect(red.dataSync()).toEqual(green.dataSync());
      expect(red.dataSync()).toEqual(blue.dataSync());
      expect(red.dataSync()).toEqual(augment.functional.rgbToGrayscale(x).dataSync());
      const one = random.uniform(random.key(1), [6, 3, 4, 1]);
      expect(augment.grayscale(1)(one, random.key(0)).dataSync()).toEqual(one.dataSync());
    });
  });
});

describe('gaussianBlur', () => {
  /** Pixels with some light, in the row of a white one. */
  const reach = (side: number, kernelSize?: number) =>
    tf.tidy(() => {
      const middle = Math.floor(side / 2);
      const point = tf.pad(tf.ones([1, 1, 1, 1]), [
        [0, 0],
        [middle, side - 1 - middle],
        [middle, side - 1 - middle],
        [0, 0],
      ]) as Tensor4D;
      const wide = { sigma: [50, 50] as const, ...(kernelSize && { kernelSize }) };
      const row = augment.gaussianBlur(wide)(point, random.key(0)).slice([0, middle], [1, 1]);
      return tf.sum(tf.cast(tf.greater(row, 0), 'int32')).dataSync()[0];
    });

  test('its kernel is a tenth of the side, odd and at least 3, as in SimCLR’s code; or what it is told', () => {
    expect([224, 96, 64, 32, 10, 2].map((side) => reach(side))).toEqual([23, 9, 7, 3, 3, 2]);
    expect(reach(32, 9)).toBe(9);
  });

  test('each image has a width of its own, from the interval, however long the batch', () => {
    tf.tidy(() => {
      const point = tf.tile(
        tf.pad(tf.ones([1, 1, 1, 1]), [
          [0, 0],
          [4, 4],
          [4, 4],
          [0, 0],
        ]),
        [500, 1, 1, 1],
      ) as Tensor4D;
      const blurred = augment.gaussianBlur({ sigma: [0.5, 1], kernelSize: 9 })(
        point,
        random.key(3),
      );
      // Beside the middle the light is exp(-1 / 2 sigma^2) of what it is there.
      const at = (x: number) => blurred.slice([0, 4, x, 0], [500, 1, 1, 1]);
      const sigmas = [...tf.div(at(5), at(4)).dataSync()].map((r) => Math.sqrt(-0.5 / Math.log(r)));
      const { mean, std } = moments(sigmas);
      expect(Math.abs(mean - 0.75)).toBeLessThan((5 * 0.5) / Math.sqrt(12 * 500));
      expect(std).toBeCloseTo(0.5 / Math.sqrt(12), 1);
      expect(Math.min(...sigmas)).toBeGreaterThan(0.5 - 1e-3);
      expect(Math.max(...sigmas)).toBeLessThan(1 + 1e-3);
    });
  });
});
