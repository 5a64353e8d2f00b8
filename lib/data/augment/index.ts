/** Augmentations: random changes that keep what an image shows. */
export { compose, sometimes, twoViews, type Augmentation } from './augmentation';
export { shift, rotate, scale, shear, flip, crop, type CropOptions } from './affine';
export { elastic, type ElasticOptions } from './elastic';
export { noise, brightness, contrast } from './light';
export { erase, type EraseOptions } from './erase';
export { multiCrop, type MultiCropOptions, type CropsOfImages } from './multiCrop';
export { blur } from './blur';
export { resample, type Warp } from './resample';
