/** Emoji by several artists: pairs that nobody made by augmenting, and nine categories. */
export { emoji, type EmojiOptions, type EmojiPart, type EmojiSet } from './emoji';
export { emojiByCategory, type EmojiByCategoryOptions } from './byCategory';
export { artistPair, unseenArtist, type UnseenArtist } from './pairs';
export { emojiSvg } from './svg';
export { emojiArtists, emojiCategories, type EmojiArtist } from './packages';
export type { Undrawn } from './pictures';
