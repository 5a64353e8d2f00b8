/** The views that are compared in training, and a change that no training was told of. */
import { compose, noise, rotate, simclrViews, type Augmentation } from '../data/augment';

/** SimCLR's recipe for small pictures, with crops that a short training still recognises. */
export const augment = () => simclrViews({ scale: [0.3, 1] });

/**
 * A change that none of the recipes makes: a turn of at most 15 degrees and a little noise. It
 * favours nobody by having been trained on.
 */
export const unseenChange = (): Augmentation => compose(rotate(15), noise(0.05));
