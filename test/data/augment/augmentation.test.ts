import { describe, expect, test } from 'vitest';
import { tf, type Tensor4D } from '../../../lib/core/engine';
import { compile } from '../../../lib/core/compile';
import { nativeBackend } from '../../../lib/core/native';
import * as random from '../../../lib/core/random';
import * as augment from '../../../lib/data/augment';
import type { Augmentation } from '../../../lib/data/augment';

/** Smooth blobs away from the border, one a image: [batch, 28, 28, channels]. */
function blobs(batch: number, height = 28, width = 28, channels = 1): Tensor4D {
  return tf.tidy(() => {
    const generator = random.hostGenerator(5);
    const values = new Float32Array(batch * height * width * channels);
    for (let b = 0, k = 0; b < batch; b++) {
      const [cx, cy] = [
        width / 2 + generator.uniform(-2, 2),
        height / 2 + generator.uniform(-2, 2),
      ];
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++)
          for (let c = 0; c < channels; c++)
            values[k++] = Math.exp(-((x - cx) ** 2 + 2 * (y - cy) ** 2) / (18 + c));
    }
    return tf.tensor4d(values, [batch, height, width, channels]);
  });
}

const mass = (images: Tensor4D) =>
  tf.tidy(() => tf.sum(images, [1, 2, 3]).dataSync() as Float32Array);

const all: Record<string, Augmentation> = {
  shift: augment.shift(),
  rotate: augment.rotate(),
  scale: augment.scale(),
  shear: augment.shear(),
  horizontalFlip: augment.horizontalFlip(),
  randomResizedCrop: augment.randomResizedCrop(),
  elastic: augment.elastic(),
  noise: augment.noise(),
  colorJitter: augment.colorJitter({ brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1 }),
  solarize: augment.solarize(),
  erase: augment.erase(),
  gaussianBlur: augment.gaussianBlur(),
  sometimes: augment.sometimes(0.5, augment.rotate(90)),
  'sometimes noise': augment.sometimes(0.5, augment.noise(0.3)),
  composed: augment.compose(
    augment.shift(),
    augment.rotate(),
    augment.elastic(),
    augment.noise(0.05),
    augment.randomResizedCrop(),
  ),
};

describe.each(Object.entries(all))('%s', (name, augmentation) => {
  test.each([
    [28, 28, 1],
    [17, 24, 3],
  ])('keeps the shape [n, %d, %d, %d] and the range [0, 1], finite', (height, width, channels) => {
    tf.tidy(() => {
      const images = blobs(6, height, width, channels);
      const out = augmentation(images, random.key(1));
      expect(out.shape).toEqual(images.shape);
      const values = out.dataSync();
      // Averages of values in the range stay in it, but for the last digit's rounding.
      expect(values.every((v) => v >= -1e-6 && v <= 1 + 1e-6)).toBe(true);
      expect(values).not.toEqual(images.dataSync());
    });
  });

  test('the same key gives the same result, another key another', () => {
    tf.tidy(() => {
      const images = blobs(8);
      const [a, b, c] = [1, 1, 2].map((seed) =>
        augmentation(images, random.key(seed)).dataSync(),
      ) as [Float32Array, Float32Array, Float32Array];
      expect(a).toEqual(b);
      expect(a).not.toEqual(c);
    });
  });

  test('each image of a batch gets a change of its own', () => {
    tf.tidy(() => {
      const images = tf.tile(blobs(1), [16, 1, 1, 1]) as Tensor4D;
      const out = augmentation(images, random.key(3)).dataSync();
      const different = new Set(
        Array.from({ length: 16 }, (_, b) =>
          Buffer.from(out.slice(784 * b, 784 * (b + 1)).buffer).toString('base64'),
        ),
      );
      // Some have only two outcomes, and `sometimes` leaves about half as they are.
      const few = ['horizontalFlip', 'solarize'].includes(name) ? 2 : undefined;
      const some = name.startsWith('sometimes') ? 4 : 16;
      expect(different.size).toBeGreaterThanOrEqual(few ?? some);
    });
  });

  test('leaves the argument alone and leaks nothing', () => {
    const [images, key] = [blobs(3), random.key(9)];
    const copy = images.dataSync().slice();
    const before = tf.memory().numTensors;
    const out = augmentation(images, key);
    expect(tf.memory().numTensors).toBe(before + 1);
    out.dispose();
    expect(images.dataSync()).toEqual(copy);
    tf.dispose([images, key]);
  });

  test.each(['graph', 'xla'] as const)(
    'compiled in mode %s it gives what it gives eagerly',
    (mode) => {
      const [images, key, otherKey] = [blobs(4), random.key(4), random.key(5)];
      const compiled = compile(augmentation as (images: Tensor4D, key: random.Key) => Tensor4D, {
        mode,
      });
      // The first call traces; the second runs the graph, with another key than the traced one.
      const [eager, traced, fast] = [
        augmentation(images, key),
        compiled(images, otherKey),
        compiled(images, key),
      ];
      expect(tf.tidy(() => tf.max(tf.abs(tf.sub(eager, fast))).dataSync()[0]!)).toBeLessThan(1e-4);
      compiled.dispose();
      tf.dispose([images, key, otherKey, eager, traced, fast]);
    },
  );
});

test('a pipeline compiled in mode auto gives the same in every call, whichever way was chosen', () => {
  const [images, key] = [blobs(4), random.key(4)];
  const pipeline = augment.compose(augment.shift(), augment.rotate(), augment.erase());
  const compiled = compile(pipeline as (images: Tensor4D, key: random.Key) => Tensor4D);
  const eager = pipeline(images, key);
  for (let call = 0; call < 14; call++) {
    const fast = compiled(images, key);
    expect(tf.tidy(() => tf.max(tf.abs(tf.sub(eager, fast))).dataSync()[0]!)).toBeLessThan(1e-4);
    fast.dispose();
  }
  // Both were tried: XLA does not refuse what moves pixels.
  expect(compiled.report().traces[0]!.refused).toBeUndefined();
  expect(compiled.report().traces[0]!.xla!.calls).toBeGreaterThan(1);
  compiled.dispose();
  tf.dispose([images, key, eager]);
});

describe('with no strength each is the identity, exactly', () => {
  test.each(
    Object.entries({
      shift: augment.shift(0),
      rotate: augment.rotate(0),
      scale: augment.scale([1, 1]),
      shear: augment.shear(0),
      horizontalFlip: augment.horizontalFlip(0),
      elastic: augment.elastic({ strength: 0 }),
      noise: augment.noise(0),
      colorJitter: augment.colorJitter(),
      solarize: augment.solarize(0),
      erase: augment.erase({ area: [0, 0] }),
      never: augment.sometimes(0, augment.elastic()),
      'never noise': augment.sometimes(0, augment.noise(0.5)),
      all: augment.compose(
        augment.shift(0),
        augment.rotate(0),
        augment.elastic({ strength: 0 }),
        augment.noise(0),
      ),
    }),
  )('%s', (_name, augmentation) => {
    tf.tidy(() => {
      for (const [height, width] of [
        [28, 28],
        [15, 20],
      ] as const) {
        const images = blobs(5, height, width, 2);
        expect(augmentation(images, random.key(1)).dataSync()).toEqual(images.dataSync());
      }
    });
  });
});

describe('geometry', () => {
  test('a flip with certainty mirrors each row, exactly', () => {
    tf.tidy(() => {
      const images = blobs(3, 10, 13);
      expect(augment.horizontalFlip(1)(images, random.key(0)).dataSync()).toEqual(
        tf.reverse(images, 2).dataSync(),
      );
    });
  });

  test('two flips, composed into one resampling, are the identity', () => {
    tf.tidy(() => {
      const images = blobs(3);
      expect(
        augment
          .compose(augment.horizontalFlip(1), augment.horizontalFlip(1))(images, random.key(0))
          .dataSync(),
      ).toEqual(images.dataSync());
    });
  });

  test('shift, rotate, shear and elastic keep the mass of what stays within the image, to 3%', () => {
    tf.tidy(() => {
      const images = blobs(16);
      const before = mass(images);
      for (const augmentation of [augment.shift(0.05), augment.rotate(180), augment.shear(15)]) {
        mass(augmentation(images, random.key(2))).forEach((m, b) =>
          expect(Math.abs(m / before[b]! - 1)).toBeLessThan(0.03),
        );
      }
      // An elastic field stretches here and squeezes there.
      mass(augment.elastic({ strength: 0.02 })(images, random.key(2))).forEach((m, b) =>
        expect(Math.abs(m / before[b]! - 1)).toBeLessThan(0.3),
      );
    });
  });

  test('scaling by s multiplies the mass by s squared', () => {
    tf.tidy(() => {
      const images = blobs(4);
      const before = mass(images);
      for (const s of [0.7, 1.3])
        mass(augment.scale([s, s])(images, random.key(2))).forEach((m, b) =>
          expect(m / before[b]!).toBeCloseTo(s * s, 1),
        );
    });
  });

  test('shifts are uniform: their mean is 0 and their spread that of a uniform distribution', () => {
    tf.tidy(() => {
      const [n, most] = [2000, 0.1];
      const x = tf.tile(tf.reshape(tf.range(0, 28), [1, 1, 28, 1]), [n, 28, 1, 1]);
      // On the ramp x the value at the middle tells where it looked.
      const ramp = tf.div(x, 28) as Tensor4D;
      const looked = tf
        .mul(tf.slice(augment.shift(most)(ramp, random.key(8)), [0, 14, 14, 0], [n, 1, 1, 1]), 28)
        .dataSync();
      const moves = Array.from(looked, (v) => v - 14);
      const mean = moves.reduce((a, b) => a + b) / n;
      const std = Math.sqrt(moves.reduce((a, b) => a + (b - mean) ** 2, 0) / n);
      expect(Math.abs(mean)).toBeLessThan((4 * 2.8) / Math.sqrt(3 * n));
      expect(std).toBeCloseTo((28 * most) / Math.sqrt(3), 1);
      expect(Math.max(...moves.map(Math.abs))).toBeLessThanOrEqual(28 * most + 1e-4);
    });
  });

  test('the elastic field has the strength it was asked for', () => {
    tf.tidy(() => {
      const n = 300;
      const warp = augment.elastic({ strength: 0.05 }).warp!(random.key(6), [n, 28, 28, 1]);
      const rms = Math.sqrt(tf.mean(tf.square(warp.field!)).dataSync()[0]!);
      expect(rms / (0.05 * 28)).toBeGreaterThan(0.97);
      expect(rms / (0.05 * 28)).toBeLessThan(1.03);
    });
  });

  test('each axis moves by its own side: a high image further up and down than to the sides', () => {
    tf.tidy(() => {
      const [n, height, width] = [400, 40, 10];
      const x = tf.tile(tf.reshape(tf.range(0, width), [1, 1, width]), [n, height, 1]);
      const y = tf.tile(tf.reshape(tf.range(0, height), [1, height, 1]), [n, 1, width]);
      const places = tf.div(tf.stack([x, y], 3), height) as Tensor4D;
      const looked = tf
        .slice(augment.shift(0.2)(places, random.key(4)), [0, 20, 5, 0], [n, 1, 1, 2])
        .reshape([n, 2])
        .mul(height)
        .sub(tf.tensor1d([5, 20]))
        .abs()
        .max(0)
        .dataSync();
      // The largest of 400 draws comes within 2% of the most.
      expect(looked[0]! / (0.2 * width)).toBeGreaterThan(0.98);
      expect(looked[0]! / (0.2 * width)).toBeLessThan(1.001);
      expect(looked[1]! / (0.2 * height)).toBeGreaterThan(0.98);
      expect(looked[1]! / (0.2 * height)).toBeLessThan(1.001);
    });
  });

  test('elastic displacements are parts of each axis’ own side', () => {
    tf.tidy(() => {
      const [n, height, width] = [200, 40, 10];
      const { field } = augment.elastic(0.05).warp!(random.key(6), [n, height, width, 1]);
      const [x, y] = tf.split(field!, 2) as [Tensor4D, Tensor4D];
      const rms = (part: Tensor4D) => Math.sqrt(tf.mean(tf.square(part)).dataSync()[0]!);
      expect(rms(x) / (0.05 * width)).toBeCloseTo(1, 1);
      expect(rms(y) / (0.05 * height)).toBeCloseTo(1, 1);
    });
  });

  test('elastic takes no table of pixels by grid lines: 8 images of 512 x 512 in 60 MB', () => {
    // The field is two small matrix products; a table of all pixels by 49 lines would be 51 MB.
    const key = random.key(1);
    const before = tf.memory().numBytes;
    let most = 0;
    const { executeOp } = nativeBackend().binding;
    nativeBackend().binding.executeOp = (...args) => {
      most = Math.max(most, tf.memory().numBytes - before);
      return executeOp.apply(nativeBackend().binding, args);
    };
    try {
      tf.tidy(() => void augment.elastic().warp!(key, [8, 512, 512, 1]));
    } finally {
      nativeBackend().binding.executeOp = executeOp;
    }
    key.dispose();
    expect(most).toBeLessThan(60e6);
  });

  test('a shear moves rows sideways and nothing up or down: each row keeps its mass', () => {
    tf.tidy(() => {
      const images = blobs(8);
      const rows = (x: Tensor4D) => tf.sum(x, [2, 3]);
      const sheared = augment.shear(30)(images, random.key(2));
      expect(tf.max(tf.abs(tf.sub(rows(sheared), rows(images)))).dataSync()[0]).toBeLessThan(0.05);
      expect(tf.max(tf.abs(tf.sub(sheared, images))).dataSync()[0]).toBeGreaterThan(0.2);
    });
  });
});

describe('light', () => {
  test('noise has the standard deviation asked for, where nothing is clipped', () => {
    tf.tidy(() => {
      const grey = tf.fill([10, 28, 28, 1], 0.5) as Tensor4D;
      const variance = tf.moments(augment.noise(0.1)(grey, random.key(1))).variance.dataSync()[0]!;
      expect(Math.sqrt(variance)).toBeCloseTo(0.1, 2);
    });
  });

  test('erase blanks one rectangle of about the area asked for', () => {
    tf.tidy(() => {
      const white = tf.ones([50, 40, 40, 1]) as Tensor4D;
      const out = augment.erase({ area: [0.25, 0.25], ratio: [0.5, 2] })(white, random.key(1));
      const blank = tf.sub(1, out) as Tensor4D;
      mass(blank).forEach((m) => expect(Math.abs(m / 1600 - 0.25)).toBeLessThan(0.03));
      // A rectangle's mask is the product of its shadows on the two axes.
      const product = tf.mul(tf.max(blank, 1, true), tf.max(blank, 2, true));
      expect(product.dataSync()).toEqual(blank.dataSync());
    });
  });
});

describe('the range of the values', () => {
  const grey = (value: number) => tf.fill([2, 4, 4, 1], value) as Tensor4D;
  const adding = {
    noise: (range: [number, number]) => augment.noise({ std: 0, range }),
  };

  test.each(Object.entries(adding))(
    '%s refuses images that clipping would change, and says which range it was told',
    (name, of) => {
      tf.tidy(() => {
        const bytes = tf.tensor4d([0, 100, 255, -1], [1, 2, 2, 1]);
        expect(() => of([0, 1])(bytes, random.key(0))).toThrow(
          `${name}: images with values from -1 to 255 given, range [0, 1] expected`,
        );
        for (const range of [
          [-1, 255],
          [-Infinity, Infinity],
          [-5, Infinity],
        ] as [number, number][])
          expect(of(range)(bytes, random.key(0)).dataSync()).toEqual(bytes.dataSync());
        expect(() => of([1, 1])).toThrow(`${name}: range: [1,1] given, [low, high] expected`);
      });
    },
  );

  test('results are clipped to the range that was said, and to no other', () => {
    tf.tidy(() => {
      const loud = augment.noise({ std: 3, range: [-1, 2] });
      const values = loud(tf.zeros([200, 1, 1, 1]), random.key(1)).dataSync();
      expect([Math.min(...values), Math.max(...values)]).toEqual([-1, 2]);
      const free = augment.noise({ std: 3, range: [-Infinity, Infinity] });
      expect(Math.max(...free(tf.zeros([200, 1, 1, 1]), random.key(1)).dataSync())).toBeGreaterThan(
        2,
      );
    });
  });

  test.each(Object.entries(adding))(
    'compiled, %s refuses them at the first call; later, unseen, they become NaN, and only they',
    (_name, of) => {
      const compiled = compile(of([0, 1]), { mode: 'graph' });
      const [good, key] = [grey(0.5), random.key(0)];
      const bad = tf.concat([grey(0.5).slice(0, 1), grey(3).slice(0, 1)]) as Tensor4D;
      expect(() => compiled(bad, key)).toThrow('values from 0.5 to 3 given, range [0, 1] expected');
      for (let call = 0; call < 2; call++) {
        expect(Array.from(compiled(good, key).dataSync()).every(Number.isFinite)).toBe(true);
        const values = Array.from(compiled(bad, key).dataSync());
        expect(values.slice(0, 16).every((v) => Math.abs(v - 0.5) < 1e-6)).toBe(true);
        expect(values.slice(16).every(Number.isNaN)).toBe(true);
      }
      compiled.dispose();
      tf.dispose([good, bad, key]);
    },
  );

  test.each(Object.entries(all))(
    '%s refuses images of integers and of bools',
    (_name, augmentation) => {
      tf.tidy(() => {
        for (const dtype of ['int32', 'bool'] as const)
          expect(() => augmentation(tf.zeros([2, 28, 28, 1], dtype), random.key(0))).toThrow(
            `images of dtype ${dtype} given, float32 expected`,
          );
      });
    },
  );

  test('what moves, blurs or blanks keeps mean-zero images as they are, unclipped', () => {
    tf.tidy(() => {
      const images = tf.mul(tf.sub(blobs(4), 0.5), 6) as Tensor4D;
      const same = augment.compose(
        augment.gaussianBlur([1e-3, 1e-3]),
        augment.erase([0, 0]),
        augment.sometimes(0.5, augment.gaussianBlur([1e-3, 1e-3])),
        augment.shift(0),
      );
      const far = tf.max(tf.abs(tf.sub(same(images, random.key(0)), images))).dataSync()[0]!;
      expect(far).toBeLessThan(1e-5);
    });
  });

  test('sometimes, an image that is left as it is does not see what the change made of it', () => {
    tf.tidy(() => {
      const breaking: Augmentation = (images) => tf.fill(images.shape, NaN) as Tensor4D;
      const out = augment.sometimes(0.5, breaking)(blobs(40), random.key(3));
      const broken = tf.any(tf.isNaN(out), [1, 2, 3]).toFloat();
      const count = 40 - broken.sum().dataSync()[0]!;
      expect(count).toBeGreaterThan(8);
      expect(count).toBeLessThan(32);
    });
  });
});

describe('one way to call them', () => {
  const pairs: Record<string, [Augmentation, Augmentation]> = {
    shift: [augment.shift(0.2), augment.shift({ most: 0.2 })],
    rotate: [augment.rotate(40), augment.rotate({ degrees: 40 })],
    scale: [augment.scale([0.5, 2]), augment.scale({ factor: [0.5, 2] })],
    shear: [augment.shear(30), augment.shear({ degrees: 30 })],
    horizontalFlip: [augment.horizontalFlip(1), augment.horizontalFlip({ probability: 1 })],
    randomResizedCrop: [
      augment.randomResizedCrop([0.3, 0.4]),
      augment.randomResizedCrop({ scale: [0.3, 0.4] }),
    ],
    elastic: [augment.elastic(0.1), augment.elastic({ strength: 0.1 })],
    noise: [augment.noise(0.3), augment.noise({ std: 0.3 })],
    solarize: [augment.solarize(1), augment.solarize({ probability: 1 })],
    gaussianBlur: [augment.gaussianBlur([1, 2]), augment.gaussianBlur({ sigma: [1, 2] })],
    erase: [augment.erase([0.3, 0.4]), augment.erase({ area: [0.3, 0.4] })],
  };
  test.each(Object.entries(pairs))(
    '%s takes its main setting alone, or by name',
    (name, [short, long]) => {
      tf.tidy(() => {
        const images = blobs(6);
        const out = short(images, random.key(1)).dataSync();
        expect(out).toEqual(long(images, random.key(1)).dataSync());
        expect(out).not.toEqual(all[name]!(images, random.key(1)).dataSync());
      });
    },
  );

  test('a number where two belong, or something else, is told', () => {
    expect(() => augment.scale(0.8 as never)).toThrow('scale: factor: 0.8 given, [low, high] exp');
    expect(() => augment.randomResizedCrop('all' as never)).toThrow(
      'randomResizedCrop: all given, scale or { scale, ... } exp',
    );
  });
});

describe('composition', () => {
  test('sometimes changes about the share of images asked for, and leaves the rest exactly', () => {
    tf.tidy(() => {
      const images = tf.tile(blobs(1), [400, 1, 1, 1]) as Tensor4D;
      for (const inner of [augment.rotate(90), augment.noise(0.2)]) {
        const out = augment.sometimes(0.3, inner)(images, random.key(2));
        const same = tf
          .sum(tf.cast(tf.all(tf.equal(out, images).reshape([400, 784]), 1), 'float32'))
          .dataSync()[0]!;
        expect(Math.abs(same / 400 - 0.7)).toBeLessThan(4 * Math.sqrt(0.21 / 400));
      }
    });
  });

  test('steps are applied in the order given: enlarging then shifting is not shifting then enlarging', () => {
    tf.tidy(() => {
      // A point 4 right of the centre: enlarged twice it is at 8. A mirror after shows it at -8;
      // two orders, one place.
      const dot = tf.pad(tf.ones([1, 1, 1, 1]), [
        [0, 0],
        [10, 10],
        [14, 6],
        [0, 0],
      ]) as Tensor4D;
      const centreOf = (x: Tensor4D) => {
        const row = tf.sum(x, [0, 1, 3]).dataSync() as Float32Array;
        return row.reduce((s, v, i) => s + v * (i - 10), 0) / row.reduce((s, v) => s + v, 0);
      };
      const double = augment.scale([2, 2]);
      expect(
        centreOf(augment.compose(double, augment.horizontalFlip(1))(dot, random.key(0))),
      ).toBeCloseTo(-8, 4);
      // Merged into one resampling, or one by one through a step between that changes nothing: the
      // same order.
      const [first, second] = [augment.scale([0.5, 0.5]), augment.shear(30)];
      const key = random.key(3);
      const [k1, , k3] = random.split(key, 3);
      const apart = second(first(dot, k1), k3);
      const between = augment.compose(first, augment.noise(0), second)(dot, key);
      expect(between.dataSync()).toEqual(apart.dataSync());
    });
  });

  test('geometric steps merged into one resampling look where they would one by one, to interpolation', () => {
    tf.tidy(() => {
      const images = blobs(8);
      const [first, second] = [augment.rotate(60), augment.shift(0.2)];
      const key = random.key(3);
      const [k1, k2] = random.split(key, 2);
      const difference = (a: Tensor4D, b: Tensor4D) => tf.mean(tf.abs(tf.sub(a, b))).dataSync()[0]!;
      const merged = augment.compose(first, second)(images, key);
      expect(difference(merged, second(first(images, k1), k2))).toBeLessThan(0.005);
      expect(difference(merged, first(second(images, k2), k1))).toBeGreaterThan(0.01);
    });
  });

  test('twoViews gives two different views of the same images, and the second may be made otherwise', () => {
    tf.tidy(() => {
      const images = blobs(4);
      const { x1, x2 } = augment.twoViews(augment.shift())({ images }, random.key(1));
      expect(x1.shape).toEqual(images.shape);
      expect(x1.dataSync()).not.toEqual(x2.dataSync());
      const weak = augment.twoViews(augment.noise(0.3), augment.shift(0))(
        { images },
        random.key(1),
      );
      expect(weak.x2.dataSync()).toEqual(images.dataSync());
    });
  });

  test('wrong arguments are named', () => {
    expect(() => augment.shift(-0.1)).toThrow('shift: most: -0.1 given');
    expect(() => augment.scale([1.2, 0.8])).toThrow(
      'scale: factor: [1.2, 0.8] given, low no greater than high',
    );
    expect(() => augment.rotate(NaN)).toThrow('rotate: degrees: NaN given');
    expect(() => augment.compose()).toThrow('no augmentations given');
    expect(() =>
      augment.noise()(tf.zeros([2, 28, 28]) as unknown as Tensor4D, random.key(0)),
    ).toThrow('noise: images: shape [2, 28, 28] given');
  });
});
