/** Data: real digits, toys with exact densities, few-label subsets. Augmentations are a room of their own, `augment`. */
export { digits, type DigitsOptions } from './digits';
export { type ImageSet, type Labelled, stratifiedSplit } from './labelled';
export { fewLabels } from './fewLabels';
export { toys, gaussians8, moons, checkerboard, pinwheel, swissRoll, spirals, rings, type Toy } from './toys';
