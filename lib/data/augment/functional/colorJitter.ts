/** Brightness, contrast, saturation and hue, one after the other, each image in an order of its own. */
import { tf, type Tensor, type Tensor3D, type Tensor4D } from '../../../core/engine';
import { expectOneOf, expectShape } from '../../../core/checks';
import { guarded } from '../range';
import { blendPlanes, blendPlanesBy, type BlendKind } from './blend';
import { huePlanes } from './hue';
import { expectColors, fromPlanes, perImage, toPlanes, type PerImage } from './images';

/** One of the four changes, and its amount: a factor, or for the hue a part of the circle. */
export interface JitterStep {
  readonly kind: BlendKind | 'hue';
  readonly amount: PerImage;
}

/**
 * Changes colours by up to four steps, in an order that each image has for itself: what torchvision's
 * `ColorJitter` does once its numbers are drawn.
 *
 * @param images [batch, height, width, 1 or 3], values in [0, 1].
 * @param steps each kind at most once.
 * @param order int32 [batch, steps.length]: in each row the steps' numbers, the first applied first.
 * Default: all images in the order of `steps`.
 * @returns the same shape, values in [0, 1].
 * @example
 * ```ts
 * import { augment, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const images = tf.fill([2, 1, 1, 1], 0.75) as ReturnType<typeof tf.tensor4d>;
 * const steps = [
 *   { kind: 'brightness', amount: 2 },
 *   { kind: 'contrast', amount: 0.5 },
 * ] as const;
 * const order = tf.tensor2d(
 *   [
 *     [0, 1],
 *     [1, 0],
 *   ],
 *   [2, 2],
 *   'int32',
 * );
 * const jittered = augment.functional.colorJitter(images, steps, order);
 * assert.deepEqual([...jittered.dataSync()], [1, 1]);
 * ```
 */
export function colorJitter(
  images: Tensor4D,
  steps: readonly JitterStep[],
  order?: Tensor,
): Tensor4D {
  const shape = expectColors('colorJitter', images);
  const [batch] = shape;
  expectSteps(steps);
  if (order) expectShape('colorJitter: order', order, [batch, steps.length]);
  return tf.tidy(() => {
    const amounts = steps.map(({ kind, amount }) => {
      const rule = kind === 'hue' ? { atLeast: -0.5, atMost: 0.5 } : { atLeast: 0 };
      return perImage(`colorJitter: ${kind}`, amount, batch, rule);
    });
    const all = steps.map(({ kind }, i) => ({ kind, amount: amounts[i]! }));
    const planes = order ? inOwnOrder(toPlanes(images), all, order) : inTurn(toPlanes(images), all);
    return guarded('colorJitter', images, fromPlanes(planes, shape));
  });
}

/** A step with an amount for each image, [batch]. */
interface Step {
  readonly kind: BlendKind | 'hue';
  readonly amount: Tensor;
}

/** One order for all. */
function inTurn(planes: Tensor3D, steps: readonly Step[]): Tensor3D {
  return steps.reduce(
    (current, { kind, amount }) =>
      kind === 'hue' ? huePlanes(current, amount) : blendPlanesBy(current, kind, amount),
    planes,
  );
}

/**
 * An order for each. The blends are all of one form, so one operation does whichever of them an
 * image has in a place of its order. The hue is dearer, and is computed once: first the blends of
 * all places that come before an image's hue, then the hue, then the others. A place whose blend is
 * not due blends by the factor 1, which changes nothing.
 */
function inOwnOrder(planes: Tensor3D, steps: readonly Step[], order: Tensor): Tensor3D {
  const [batch, channels] = planes.shape;
  const places = steps.length;
  const numbers = tf.reshape(tf.range(0, places, 1, 'int32'), [1, 1, places]);
  // [batch, place, step]: 1 where the step stands in the place.
  const stands = tf.cast(tf.equal(tf.expandDims(order, 2), numbers), 'float32');
  /** [batch, place]: for a kind, 1 in its place; nowhere for a kind that is no step. */
  const placeOf = (kind: Step['kind']): Tensor => {
    const step = steps.findIndex((one) => one.kind === kind);
    if (step < 0) return tf.zeros([batch, places]);
    return tf.reshape(tf.slice(stands, [0, 0, step], [batch, places, 1]), [batch, places]);
  };
  /** [batch, place]: what a kind's factor is above 1, in its place. */
  const excessOf = (kind: BlendKind): Tensor => {
    const amount = steps.find((one) => one.kind === kind)?.amount ?? tf.ones([batch]);
    return tf.mul(placeOf(kind), tf.sub(tf.reshape(amount, [batch, 1]), 1));
  };
  const [brightness, contrast, saturation] = [
    excessOf('brightness'),
    excessOf('contrast'),
    // One channel has none.
    channels === 1 ? tf.zeros([batch, places]) : excessOf('saturation'),
  ];
  /** The blends of those places, where `due` [batch, place] is 1. */
  const blended = (from: Tensor3D, due: Tensor, which: readonly number[]): Tensor3D => {
    const factors = tf.add(1, tf.mul(due, tf.add(brightness, tf.add(contrast, saturation))));
    const [grey, mean] = [tf.mul(due, tf.neg(saturation)), tf.mul(due, tf.neg(contrast))];
    const column = (values: Tensor, place: number) => tf.slice(values, [0, place], [batch, 1]);
    return which.reduce(
      (current, place) =>
        blendPlanes(current, {
          factor: column(factors, place),
          grey: column(grey, place),
          mean: column(mean, place),
        }),
      from,
    );
  };
  const every = Array.from({ length: places }, (_, place) => place);
  const hue = steps.find(({ kind }) => kind === 'hue');
  if (!hue) return blended(planes, tf.ones([batch, places]), every);
  // 1 in the places that an image's hue comes after. The last never is, and the first never comes
  // after the hue.
  const early = tf.cumsum(placeOf('hue'), 1, true, true);
  const first = blended(planes, early, every.slice(0, -1));
  return blended(huePlanes(first, hue.amount), tf.sub(1, early), every.slice(1));
}

/** @throws unless each is a kind that there is, and none is there twice. */
function expectSteps(steps: readonly JitterStep[]): void {
  for (const { kind } of steps)
    expectOneOf('colorJitter: kind', kind, ['brightness', 'contrast', 'saturation', 'hue']);
  const kinds = steps.map(({ kind }) => kind);
  if (new Set(kinds).size < kinds.length)
    throw new Error(`colorJitter: steps: ${kinds.join(', ')} given, each at most once expected`);
}
