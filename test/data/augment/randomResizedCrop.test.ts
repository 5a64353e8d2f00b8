import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { augment, random, tf, type Tensor4D } from 'dark-matter';
import { describe, expect, test } from 'vitest';
import { randomBoxes } from '../../../lib/data/augment/randomResizedCrop';

/** What test/golden/augmentations.py counted of RandomResizedCrop.get_params. */
interface Draws {
  readonly height: number;
  readonly width: number;
  readonly scale: [number, number];
  readonly ratio: [number, number];
  readonly draws: number;
  readonly mean: number[];
  readonly std: number[];
}
const { source, boxes: drawn } = JSON.parse(
  readFileSync(join(__dirname, '../../golden/augmentations.json'), 'utf8'),
) as { source: string; boxes: Draws[] };

describe(`boxes as ${source} draws them`, () => {
  test.each(drawn)(
    '$height by $width, scale $scale, ratio $ratio: mean and spread of top, left, height, width',
    ({ height, width, draws, mean, std, ...settings }) => {
      tf.tidy(() => {
        const n = 20_000;
        const boxes = randomBoxes(random.key(5), [n, height, width], settings);
        const { mean: own, variance } = tf.moments(boxes, 0);
        const [means, stds] = [own.dataSync(), tf.sqrt(variance).dataSync()];
        for (let i = 0; i < 4; i++) {
          const error = 5 * std[i]! * Math.sqrt(1 / n + 1 / draws) + 1e-3;
          expect(Math.abs(means[i]! - mean[i]!)).toBeLessThan(error);
          expect(Math.abs(stds[i]! - std[i]!)).toBeLessThan(error);
        }
      });
    },
  );

  test('whole pixels within the image, and every place that fits is drawn', () => {
    tf.tidy(() => {
      const [n, height, width] = [3000, 4, 6];
      const settings = { scale: [0.25, 0.25], ratio: [1.5, 1.5] } as const;
      const boxes = randomBoxes(
        random.key(1),
        [n, height, width],
        settings,
      ).arraySync() as number[][];
      const places = new Set(boxes.map(String));
      // 2 by 3 pixels, at 3 times 4 places.
      expect(places.size).toBe(12);
      for (const [top, left, high, wide] of boxes) {
        expect([high, wide]).toEqual([2, 3]);
        expect(top! + high! <= height && left! + wide! <= width).toBe(true);
      }
    });
  });

  test('an image of one pixel, and a part smaller than a pixel, still give a box', () => {
    tf.tidy(() => {
      const settings = { scale: [0.01, 0.02], ratio: [3, 4] } as const;
      const boxes = randomBoxes(random.key(1), [50, 1, 1], settings).arraySync() as number[][];
      for (const box of boxes) expect(box).toEqual([0, 0, 1, 1]);
      const x = tf.ones([5, 1, 1, 3]) as Tensor4D;
      expect([...augment.randomResizedCrop()(x, random.key(0)).dataSync()]).toEqual(
        Array(15).fill(1),
      );
    });
  });
});

describe('randomResizedCrop', () => {
  test('shows nothing from outside: of a white image every pixel is white', () => {
    tf.tidy(() => {
      for (const [height, width] of [
        [28, 28],
        [9, 32],
      ] as const) {
        const white = tf.ones([200, height, width, 2]) as Tensor4D;
        const part = augment.randomResizedCrop()(white, random.key(2));
        expect(tf.min(part).dataSync()[0]!).toBeGreaterThan(1 - 1e-5);
        expect(tf.max(part).dataSync()[0]!).toBeLessThan(1 + 1e-5);
      }
    });
  });

  test('comes to each border: over many crops the first and the last pixel are shown', () => {
    tf.tidy(() => {
      const ramp = tf.tile(tf.reshape(tf.range(0, 28), [1, 1, 28, 1]), [500, 28, 1, 1]);
      const out = augment.randomResizedCrop([0.25, 0.25])(
        tf.div(ramp, 27) as Tensor4D,
        random.key(1),
      );
      expect(tf.min(out).dataSync()[0]!).toBe(0);
      expect(tf.max(out).dataSync()[0]!).toBeCloseTo(1, 6);
    });
  });

  test('a quarter of the area doubles what it shows', () => {
    tf.tidy(() => {
      const ramp = tf.tile(
        tf.reshape(tf.div(tf.range(0, 28), 28), [1, 1, 28, 1]),
        [4, 28, 1, 1],
      ) as Tensor4D;
      const quarter = augment.randomResizedCrop({ scale: [0.25, 0.25], ratio: [1, 1] });
      const out = quarter(ramp, random.key(1));
      const at = (x: number) => tf.slice(out, [0, 14, x, 0], [4, 1, 1, 1]);
      for (const s of tf.sub(at(15), at(14)).dataSync()) expect(s * 28).toBeCloseTo(0.5, 4);
    });
  });

  test('the whole of an image, in its own ratio and size, is the image to the last digit', () => {
    tf.tidy(() => {
      const x = random.uniform(random.key(1), [3, 15, 20, 2]);
      const whole = augment.randomResizedCrop({ scale: [1, 1], ratio: [4 / 3, 4 / 3] });
      expect(whole(x, random.key(0)).dataSync()).toEqual(x.dataSync());
    });
  });

  test('gives another size where one is asked for, also within compose', () => {
    tf.tidy(() => {
      const x = random.uniform(random.key(1), [3, 40, 24, 3]);
      const small = augment.randomResizedCrop({ size: [10, 12] });
      expect(small(x, random.key(0)).shape).toEqual([3, 10, 12, 3]);
      const more = augment.compose(
        augment.rotate(10),
        small,
        augment.horizontalFlip(),
        augment.rotate(5),
      );
      expect(more(x, random.key(0)).shape).toEqual([3, 10, 12, 3]);
    });
  });

  test('what it cannot use is named', () => {
    expect(() => augment.randomResizedCrop({ scale: [0, 1] })).toThrow(
      'randomResizedCrop: scale: low: 0 given',
    );
    expect(() => augment.randomResizedCrop({ ratio: [-1, 1] })).toThrow('randomResizedCrop: ratio');
    expect(() => augment.randomResizedCrop({ size: 2.5 })).toThrow('randomResizedCrop: size: 2.5');
  });
});
