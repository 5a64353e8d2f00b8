/** Denoising: hide or spoil a part of the data, and predict what it was. */
export { tokenizer, type Tokenizer, type TokenizerOptions } from './tokenizer';
export { maskTokens, substituteTokens, type Masked, type MaskingOptions } from './corruption';
export {
  textEncoder,
  type TextEncoder,
  type TextEncoderOptions,
  type TextEncoderParams,
} from './textEncoder';
export {
  maskedWords,
  type MaskedWords,
  type MaskedWordsOptions,
  type MaskedWordsParams,
} from './maskedWords';
export {
  replacedTokens,
  type ReplacedTokens,
  type ReplacedTokensOptions,
  type ReplacedTokensParams,
} from './replacedTokens';
export { type TextBatch, type WordModelOptions, type WordModelParams } from './wordModel';
export { nGram, twoSided, type NGram } from './nGram';
export { imageDenoising, type ImageDenoising } from './imageDenoising';
export {
  maskedImages,
  type MaskedImages,
  type MaskedImagesOptions,
  type MaskedImagesParams,
  type PatchMask,
} from './maskedImages';
