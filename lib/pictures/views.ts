/** The views that are compared in training, and a change that no training was told of. */
import { tf, type Tensor4D } from '../core/engine';
import { compose, noise, rotate, simclrViews, type Augmentation } from '../data/augment';

/** SimCLR's recipe for small pictures, with crops that a short training still recognises. */
export const augment = () => simclrViews({ scale: [0.3, 1] });

/**
 * A change that none of the recipes makes: a turn of at most 15 degrees and a little noise. It
 * favours nobody by having been trained on. What the turn brings in from outside is the picture's
 * own edge, mirrored: black corners would be a larger change than the turn.
 */
export const unseenChange = (): Augmentation => compose(mirrored(rotate(15)), noise(0.05));

/** The share of a side that a turn of 15 degrees looks beyond it: (cos + sin - 1) / 2 = 0.11. */
const MARGIN = 0.12;

/** Done to images with a margin, which is cut off again. */
const mirrored =
  (move: Augmentation): Augmentation =>
  (images, key) =>
    tf.tidy(() => {
      const [, height, width] = images.shape;
      const [y, x] = [height, width].map((side) => Math.ceil(MARGIN * side)) as [number, number];
      const margins: [number, number][] = [
        [0, 0],
        [y, y],
        [x, x],
        [0, 0],
      ];
      const moved = move(tf.mirrorPad(images, margins, 'symmetric') as Tensor4D, key);
      return tf.slice(moved, [0, y, x, 0], images.shape);
    });
