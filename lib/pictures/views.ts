/** The views that are compared in training, and a change that no training was told of. */
import {
  compose,
  flip,
  crop,
  brightness,
  contrast,
  noise,
  rotate,
  twoViews,
  type Augmentation,
} from '../data/augment';

/** SimCLR's recipe for small pictures. */
export const augment = () =>
  twoViews(compose(crop([0.3, 1]), flip(), brightness(0.3), contrast([0.6, 1.4])));

/**
 * A change that none of the recipes makes: a turn of at most 15 degrees and a little noise. It
 * favours nobody by having been trained on.
 */
export const unseenChange = (): Augmentation => compose(rotate(15), noise(0.05));
