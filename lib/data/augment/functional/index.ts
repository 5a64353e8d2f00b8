/**
 * What the random augmentations do once their numbers are drawn, as in
 * `torchvision.transforms.functional`: pure functions of images and amounts. Equal to torchvision's
 * values on floats; on bytes torchvision rounds each result to 1/255.
 */
export { adjustBrightness, adjustContrast, adjustSaturation, rgbToGrayscale } from './blend';
export { adjustHue } from './hue';
export { colorJitter, type JitterStep } from './colorJitter';
export { gaussianBlur } from './gaussianBlur';
export { resizedCrop, type Size } from './resizedCrop';
export { horizontalFlip } from './horizontalFlip';
export { solarize } from './solarize';
export { type PerImage } from './images';
