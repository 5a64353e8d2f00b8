/** Augmentations: random changes that keep what an image shows. */
export { compose, sometimes, twoViews, type Augmentation } from './augmentation';
export {
  shift,
  rotate,
  scale,
  shear,
  flip,
  type ShiftOptions,
  type RotateOptions,
  type ScaleOptions,
  type ShearOptions,
  type FlipOptions,
} from './affine';
export { crop, type CropOptions } from './crop';
export { elastic, type ElasticOptions } from './elastic';
export {
  noise,
  brightness,
  contrast,
  type NoiseOptions,
  type BrightnessOptions,
  type ContrastOptions,
} from './light';
export { type RangeOption } from './range';
export { type Interval } from './settings';
export { erase, type EraseOptions } from './erase';
export { multiCrop, type MultiCropOptions, type CropsOfImages } from './multiCrop';
export { blur, type BlurOptions } from './blur';
export { resample, type Warp } from './resample';
