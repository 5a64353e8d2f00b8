import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { compile, random, tf, augment, type Tensor, type Tensor4D } from 'dark-matter';
import { describe, expect, test } from 'vitest';
import { expectNoLeak } from '../../helpers/memory';
import { evenly } from '../../helpers/numbers';

const { functional } = augment;
type Kind = 'brightness' | 'contrast' | 'saturation' | 'hue';

/** What test/golden/augmentations.py wrote. */
interface Written {
  readonly shape: [number, number, number, number];
  readonly values: number[];
}
interface Golden {
  readonly name: string;
  readonly images: string;
  readonly params: Record<string, never>;
  readonly result: Written;
}
const golden = JSON.parse(
  readFileSync(join(__dirname, '../../golden/augmentations.json'), 'utf8'),
) as { source: string; images: Record<string, Written>; cases: Golden[] };

const read = ({ shape, values }: Written): Tensor4D => tf.tensor4d(values, shape);
const apart = (a: Tensor, b: Tensor): number =>
  tf.tidy(() => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!);

/** Ours, by torchvision's names. */
const ours: Record<string, (images: Tensor4D, params: Record<string, never>) => Tensor4D> = {
  adjustBrightness: (x, { amounts }) => functional.adjustBrightness(x, tf.tensor1d(amounts)),
  adjustContrast: (x, { amounts }) => functional.adjustContrast(x, tf.tensor1d(amounts)),
  adjustSaturation: (x, { amounts }) => functional.adjustSaturation(x, tf.tensor1d(amounts)),
  adjustHue: (x, { amounts }) => functional.adjustHue(x, tf.tensor1d(amounts)),
  rgbToGrayscale: (x, { channels }) => functional.rgbToGrayscale(x, channels),
  solarize: (x, { threshold }) => functional.solarize(x, threshold),
  horizontalFlip: (x) => functional.horizontalFlip(x),
  gaussianBlur: (x, { kernelSize, sigma }) =>
    functional.gaussianBlur(x, kernelSize, tf.tensor1d(sigma)),
  resizedCrop: (x, { boxes, size }) => functional.resizedCrop(x, boxes, size),
  colorJitter: (x, { order, ...amounts }) =>
    functional.colorJitter(
      x,
      Object.entries(amounts).map(([kind, amount]) => ({
        kind: kind as Kind,
        amount: tf.tensor1d(amount),
      })),
      tf.tensor2d(order, undefined, 'int32'),
    ),
};

describe(`equal to ${golden.source} on fixed parameters, to the sixth digit`, () => {
  test('each of ours has cases, in colour and in grey', () => {
    for (const name of Object.keys(ours)) {
      const channels = golden.cases
        .filter((one) => one.name === name)
        .map(({ images }) => golden.images[images]!.shape[3]);
      expect([...new Set(channels)].sort(), name).toEqual([1, 3]);
    }
  });

  for (const [i, { name, images, params, result }] of golden.cases.entries())
    test(`${name}, case ${i}, of the ${images} images`, () => {
      tf.tidy(() => {
        const made = ours[name]!(read(golden.images[images]!), params);
        expect(made.shape).toEqual(result.shape);
        expect(apart(made, read(result))).toBeLessThan(3e-6);
      });
    });
});

describe('changes of colour', () => {
  const colors = (seed: number, n = 4) =>
    random.uniform(random.key(seed), [n, 5, 6, 3]) as Tensor4D;
  const factor = evenly(0, 3);
  const shift = evenly(-0.5, 0.5);
  const seeds = fc.integer({ min: 0, max: 1000 });
  const holds = { numRuns: 40, seed: 4 };

  test('the factor 1 changes nothing, to the last digit', () => {
    tf.tidy(() => {
      const x = colors(1);
      for (const adjust of [
        functional.adjustBrightness,
        functional.adjustContrast,
        functional.adjustSaturation,
      ])
        expect(adjust(x, 1).dataSync()).toEqual(x.dataSync());
    });
  });

  test('every result lies in [0, 1], exactly, whatever the factor, the shift and the order', () => {
    fc.assert(
      fc.property(seeds, factor, factor, factor, shift, (seed, b, c, s, h) => {
        tf.tidy(() => {
          const order = tf.topk(random.randomBits(random.key(seed), [4, 4]), 4).indices;
          const steps = [
            { kind: 'brightness', amount: b },
            { kind: 'contrast', amount: c },
            { kind: 'saturation', amount: s },
            { kind: 'hue', amount: h },
          ] as const;
          const values = functional.colorJitter(colors(seed), steps, order).dataSync();
          expect(values.every((v) => v >= 0 && v <= 1)).toBe(true);
        });
      }),
      holds,
    );
  });

  test('a hue turned there and back is where it was, and by a third red is green is blue', () => {
    fc.assert(
      fc.property(seeds, shift, (seed, h) => {
        tf.tidy(() => {
          const x = colors(seed);
          expect(apart(functional.adjustHue(functional.adjustHue(x, h), -h), x)).toBeLessThan(1e-5);
          const [red, green, blue] = tf.split(x, 3, 3) as [Tensor4D, Tensor4D, Tensor4D];
          const rolled = tf.concat([blue, red, green], 3);
          expect(apart(functional.adjustHue(x, 1 / 3), rolled)).toBeLessThan(1e-5);
        });
      }),
      holds,
    );
  });

  test('a hue keeps the largest and the smallest value of each pixel, and greys as they are', () => {
    fc.assert(
      fc.property(seeds, shift, (seed, h) => {
        tf.tidy(() => {
          const x = colors(seed);
          const turned = functional.adjustHue(x, h);
          expect(apart(tf.max(turned, 3), tf.max(x, 3))).toBeLessThan(1e-6);
          expect(apart(tf.min(turned, 3), tf.min(x, 3))).toBeLessThan(1e-6);
          const grey = functional.rgbToGrayscale(x, 3);
          expect(apart(functional.adjustHue(grey, h), grey)).toBe(0);
        });
      }),
      holds,
    );
  });

  test('a factor 0 leaves black, the mean grey, or each pixel’s grey', () => {
    tf.tidy(() => {
      const x = colors(3);
      const grey = functional.rgbToGrayscale(x, 3);
      expect(tf.max(functional.adjustBrightness(x, 0)).dataSync()[0]).toBe(0);
      expect(apart(functional.adjustSaturation(x, 0), grey)).toBeLessThan(1e-6);
      const mean = tf.mean(grey, [1, 2, 3], true);
      expect(apart(functional.adjustContrast(x, 0), tf.tile(mean, [1, 5, 6, 3]))).toBeLessThan(
        1e-6,
      );
    });
  });

  test('an order of its own gives each image what it gets in that order alone', () => {
    tf.tidy(() => {
      const x = colors(8, 3);
      const steps = [
        { kind: 'hue', amount: tf.tensor1d([0.3, -0.2, 0.4]) },
        { kind: 'contrast', amount: tf.tensor1d([1.8, 0.4, 2.5]) },
        { kind: 'brightness', amount: tf.tensor1d([1.5, 0.7, 1.2]) },
      ] as const;
      const order = [
        [0, 1, 2],
        [2, 0, 1],
        [1, 2, 0],
      ];
      const together = functional.colorJitter(x, steps, tf.tensor2d(order, [3, 3], 'int32'));
      order.forEach((own, i) => {
        const alone = own.reduce(
          (image, step) => {
            const { kind, amount } = steps[step]!;
            return functional.colorJitter(image, [{ kind, amount: amount.slice([i], [1]) }]);
          },
          x.slice([i], [1]),
        );
        expect(apart(together.slice([i], [1]), alone)).toBeLessThan(1e-6);
      });
    });
  });

  test('compiled, also by XLA, they are what they are', () => {
    const [x, amount] = [colors(5), tf.tensor1d([0.1, -0.3, 0.5, 0.2])];
    const order = tf.topk(random.randomBits(random.key(2), [4, 4]), 4).indices;
    const f = (images: Tensor4D, amount: Tensor, order: Tensor) =>
      functional.colorJitter(
        images,
        [
          { kind: 'brightness', amount: amount.add(1) },
          { kind: 'contrast', amount: amount.mul(2).add(1) },
          { kind: 'saturation', amount: amount.add(1.5) },
          { kind: 'hue', amount },
        ],
        order,
      );
    for (const mode of ['graph', 'xla'] as const) {
      const compiled = compile(f, { mode });
      for (let call = 0; call < 2; call++)
        expect(apart(compiled(x, amount, order), f(x, amount, order))).toBeLessThan(1e-5);
      compiled.dispose();
    }
  });
});

test('grey images become three equal channels where three are asked for', () => {
  tf.tidy(() => {
    const grey = random.uniform(random.key(1), [2, 3, 4, 1]);
    const three = functional.rgbToGrayscale(grey, 3);
    expect(three.dataSync()).toEqual(tf.tile(grey, [1, 1, 1, 3]).dataSync());
    expect(functional.rgbToGrayscale(grey).dataSync()).toEqual(grey.dataSync());
  });
});

describe('blur', () => {
  test('weights sum to 1: a constant image stays as it is; without reach nothing is blurred', () => {
    tf.tidy(() => {
      const grey = tf.fill([3, 9, 14, 2], 0.3) as Tensor4D;
      expect(apart(functional.gaussianBlur(grey, 9, 2), grey)).toBeLessThan(1e-6);
      const x = random.uniform(random.key(1), [2, 5, 4, 3]);
      expect(functional.gaussianBlur(x, 1, 2).dataSync()).toEqual(x.dataSync());
    });
  });

  test('a blurred point has the variance of its Gaussian, where the kernel holds it', () => {
    tf.tidy(() => {
      const point = tf.pad(tf.ones([1, 1, 1, 1]), [
        [0, 0],
        [10, 10],
        [12, 12],
        [0, 0],
      ]) as Tensor4D;
      const blurred = functional.gaussianBlur(point, 19, 1.5);
      const row = tf.sum(blurred, [0, 1, 3]).dataSync() as Float32Array;
      expect(row.reduce((sum, v, i) => sum + v * (i - 12) ** 2, 0)).toBeCloseTo(2.25, 3);
    });
  });
});

describe('crop', () => {
  test('a box of the output’s size is cut out, exactly', () => {
    tf.tidy(() => {
      const x = random.uniform(random.key(1), [2, 7, 9, 3]);
      const boxes = [
        [2, 3, 4, 5],
        [3, 0, 4, 5],
      ] as [number, number, number, number][];
      const cut = functional.resizedCrop(x, boxes, [4, 5]);
      boxes.forEach(([top, left, height, width], i) =>
        expect(cut.slice([i], [1]).dataSync()).toEqual(
          x.slice([i, top, left, 0], [1, height, width, 3]).dataSync(),
        ),
      );
    });
  });

  test('nothing outside the box is seen, whether it grows or shrinks', () => {
    tf.tidy(() => {
      const inside = tf.ones([1, 5, 4, 2]);
      const x = tf.pad(inside, [
        [0, 0],
        [3, 2],
        [1, 6],
        [0, 0],
      ]) as Tensor4D;
      for (const size of [
        [12, 12],
        [2, 3],
        [5, 4],
      ] as const) {
        const cut = functional.resizedCrop(x, [[3, 1, 5, 4]], size);
        expect(cut.shape).toEqual([1, ...size, 2]);
        expect(apart(cut, tf.ones([1, ...size, 2]))).toBeLessThan(1e-6);
      }
    });
  });
});

describe('arguments', () => {
  const x = random.uniform(random.key(1), [2, 6, 5, 3]) as Tensor4D;

  test('what they cannot use is named', () => {
    expect(() => functional.adjustHue(x, 0.7)).toThrow('adjustHue: shift: 0.7 given');
    expect(() => functional.adjustContrast(x, -1)).toThrow('adjustContrast: factor: -1 given');
    expect(() => functional.adjustContrast(x, tf.ones([3]))).toThrow(
      'adjustContrast: factor: shape [3] given, [2] expected',
    );
    for (const f of [functional.adjustHue, functional.adjustBrightness])
      expect(() => f(tf.zeros([2, 4, 4, 4]), 0.5)).toThrow(
        'images of 4 channels given, 1 (grey) or 3',
      );
    for (const f of [functional.adjustHue, functional.adjustBrightness, functional.solarize]) {
      expect(() => f(x.mul(255), 0.5)).toThrow('range [0, 1] expected: scale them');
      expect(() => f(x.toInt(), 0.5)).toThrow('images of dtype int32 given, float32 expected');
    }
    expect(() => functional.solarize(x, 1.5)).toThrow('solarize: threshold: 1.5 given');
    expect(() => functional.gaussianBlur(x, 4, 1)).toThrow(
      'gaussianBlur: kernelSize: 4 given, an odd',
    );
    expect(() => functional.gaussianBlur(x, 11, 1)).toThrow(
      'gaussianBlur: kernelSize: 11 given, at most 9 expected for a side of 5 pixels',
    );
    expect(() => functional.gaussianBlur(x, 3, 0)).toThrow('gaussianBlur: sigma: 0 given');
    const box = [0, 0, 7, 5] as const;
    expect(() => functional.resizedCrop(x, [box, box], 4)).toThrow(
      'resizedCrop: boxes[0]: [0, 0, 7, 5] given, [top, left, height, width] within 6 by 5 pixels',
    );
    expect(() => functional.resizedCrop(x, tf.ones([2, 3]), 4)).toThrow(
      'resizedCrop: boxes: shape',
    );
    expect(() => functional.resizedCrop(x, tf.ones([2, 4]), 0)).toThrow(
      'resizedCrop: size: 0 given',
    );
    const twice = [
      { kind: 'hue', amount: 0 },
      { kind: 'hue', amount: 0 },
    ] as const;
    expect(() => functional.colorJitter(x, twice)).toThrow(
      'steps: hue, hue given, each at most once',
    );
    expect(() => functional.colorJitter(x, [{ kind: 'gamma' as Kind, amount: 1 }])).toThrow(
      "colorJitter: kind: 'gamma' given",
    );
  });

  test('no tensor is left behind', () => {
    const order = tf.tensor2d([0, 1, 1, 0], [2, 2], 'int32');
    expectNoLeak(() =>
      tf.dispose([
        functional.adjustBrightness(x, 0.5),
        functional.adjustHue(x, 0.1),
        functional.rgbToGrayscale(x),
        functional.solarize(x),
        functional.horizontalFlip(x),
        functional.gaussianBlur(x, 3, 1),
        functional.resizedCrop(
          x,
          [
            [0, 0, 2, 2],
            [1, 1, 3, 3],
          ],
          4,
        ),
        functional.colorJitter(
          x,
          [
            { kind: 'hue', amount: 0.1 },
            { kind: 'contrast', amount: 2 },
          ],
          order,
        ),
      ]),
    );
  });
});
