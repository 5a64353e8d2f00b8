/** The page to look at pictures' embeddings. */
export { galleryPage, type Gallery, type GalleryEncoder, type GalleryOptions } from './galleryPage';
export { mapLayout, type LayoutOptions } from './layout';
export { nearDuplicates, type DuplicateOptions, type Pair, type Thumbnails } from './duplicates';
export { traceEncoder, type PictureEncoder, type TracedEncoder } from './traceEncoder';
export type { GalleryReport, Comparison, ComparisonRow, Collapse } from './report';
