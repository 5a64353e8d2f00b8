/**
 * Data: real digits, the full image sets, definitions, toys with exact densities, few-label
 * subsets.
 */
export { digits, type DigitsOptions } from './digits';
export { mnist, fashionMnist, cifar10, type ImageSetOptions } from './imageSets';
export { load, type ImageSetName, type LoadedImages } from './load';
export {
  imageFolder,
  decodePicture,
  type ImageFolderOptions,
  type PictureOptions,
  type PictureProgress,
} from './imageFolder';
export type {
  BrokenPicture,
  PictureBatch,
  PictureFolder,
  SourceOptions,
  SplitOptions,
} from './pictures/pictureFolder';
export type { Split } from './pictures/split';
export type { Ground } from './pictures/ground';
export {
  emoji,
  emojiArtists,
  emojiByCategory,
  emojiCategories,
  emojiSvg,
  artistPair,
  unseenArtist,
  type EmojiArtist,
  type EmojiByCategoryOptions,
  type EmojiOptions,
  type EmojiPart,
  type EmojiSet,
  type UnseenArtist,
  type Undrawn,
} from './emoji';
export { glosses, partsOfSpeech, type Gloss, type PartOfSpeech } from './glosses';
export { type ImageSet, type Labelled, stratifiedSplit } from './labelled';
export { ofClasses } from './ofClasses';
export { fewLabels } from './fewLabels';
export {
  toys,
  gaussians8,
  gaussians8Modes,
  moons,
  checkerboard,
  pinwheel,
  swissRoll,
  spirals,
  rings,
  type Toy,
} from './toys';
export { letters, strokeLetters } from './letters';
export { movingDigits, type MovingDigits } from './movingDigits';
export { crops, type CropsOptions } from './crops';
export { photos, photosInColor, photoNames, patches, type PhotoName } from './photos';
export { zca, type Whitening } from './whitening';
export {
  correlatedGaussians,
  type CorrelatedGaussians,
  type CorrelatedGaussiansOptions,
} from './correlatedGaussians';
export { gaussian, type Gaussian, type GaussianOptions } from './gaussian';
