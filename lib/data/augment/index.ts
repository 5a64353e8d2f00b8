/** Augmentations: random changes that keep what an image shows. */
export { compose, sometimes, twoViews, type Augmentation } from './augmentation';
export {
  shift,
  rotate,
  scale,
  shear,
  horizontalFlip,
  type ShiftOptions,
  type RotateOptions,
  type ScaleOptions,
  type ShearOptions,
  type HorizontalFlipOptions,
} from './affine';
export { randomResizedCrop, type RandomResizedCropOptions } from './randomResizedCrop';
export { elastic, type ElasticOptions } from './elastic';
export { noise, type NoiseOptions } from './noise';
export { colorJitter, type ColorJitterOptions } from './colorJitter';
export { grayscale, type GrayscaleOptions } from './grayscale';
export { solarize, type SolarizeOptions } from './solarize';
export { gaussianBlur, type GaussianBlurOptions } from './gaussianBlur';
export { erase, type EraseOptions } from './erase';
export { multiCrop, type MultiCropOptions, type CropsOfImages } from './multiCrop';
export {
  simclrView,
  simclrViews,
  byolView,
  byolViews,
  type RecipeOptions,
  type ByolViewOptions,
} from './recipes';
export { resample, type Warp } from './resample';
export { type RangeOption } from './range';
export { type Interval } from './settings';
export * as functional from './functional';
