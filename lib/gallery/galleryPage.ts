/** A folder's embeddings as one HTML file that needs nothing else. */
import { createHash } from 'node:crypto';
import { expectNumber } from '../core/checks';
import type { Framing } from '../data/pictures/framing';
import { pageFile, pageScript } from './assets';
import { nearDuplicates, type Pair, type Thumbnails } from './duplicates';
import { count, escapeHtml, filled, scriptJson } from './html';
import { mapLayout } from './layout';
import type { PackedEncoder, Payload } from './page/payload';
import { cosineError, quantize, type Quantized } from './page/quantize';
import { reportHtml, type GalleryReport } from './report';
import { sheetsOf } from './sheets';
import { farthestFirst } from './spacing';
import { withoutGaps } from './withoutGaps';
import { traceEncoder, type PictureEncoder } from './traceEncoder';

/** What a page shows. */
export interface Gallery {
  /** The heading: the folder's name. */
  readonly title: string;
  /** [n], shown as they are; any letters. */
  readonly files: readonly string[];
  /** What the map is drawn of; 32 pixels a side are enough. */
  readonly thumbnails: Thumbnails;
  /** [n, dim], row by row. Their lengths do not matter: neighbours are found by cosine. */
  readonly embeddings: { readonly data: Float32Array; readonly dim: number };
  /** Colours the map. `index` [n] points into `classes`; -1 is a picture without a label. */
  readonly labels?: { readonly classes: readonly string[]; readonly index: Int32Array };
  /** A classifier's answers, shown beside the file names; confidence [n] in [0, 1]. */
  readonly predictions?: {
    readonly classes: readonly string[];
    readonly index: Int32Array;
    readonly confidence: Float32Array;
  };
  /** With it the page finds pictures like one that is dropped in: the encoder runs in the page. */
  readonly encoder?: GalleryEncoder;
  /** The foot of the page. */
  readonly report?: GalleryReport;
  /** Of the map; default 0. */
  readonly seed?: number;
}

/**
 * The encoder, and how pictures become its input: as `data.imageFolder` made them. Default 'cover',
 * on white.
 */
export interface GalleryEncoder extends PictureEncoder, Partial<Framing> {}

export interface GalleryOptions {
  /** Told what is being done, in a few words, for a progress line. */
  readonly onProgress?: (said: string) => void;
}

/**
 * A page to look at pictures' embeddings: a map of thumbnails (UMAP), each picture's nearest
 * neighbours, near-duplicates, and search by a picture that is dropped in. One text, to be written
 * as a .html file; it opens from a disk, and asks no network for anything.
 *
 * 10,000 pictures of 32 pixels with embeddings of 128 numbers make some 10 MB, in about a minute.
 *
 * @throws when a part does not have as many rows as there are files.
 * @example
 * ```ts
 * import { gallery } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const html = await gallery.galleryPage({
 *   title: 'Two greys',
 *   files: ['dark.png', 'light.png'],
 *   thumbnails: { data: Uint8Array.from([40, 200]), side: 1, channels: 1 },
 *   embeddings: { data: Float32Array.from([1, 0, 0, 1]), dim: 2 },
 * });
 * assert.match(html, /^<!doctype html>[^]*dark\.png/);
 * ```
 */
export async function galleryPage(
  gallery: Gallery,
  { onProgress = () => undefined }: GalleryOptions = {},
): Promise<string> {
  check(gallery);
  const { title, files, thumbnails, embeddings, encoder, labels, report, seed } = gallery;
  const n = files.length;
  let told = -1;
  const places = mapLayout(embeddings, {
    seed,
    onProgress: (done) => {
      const tenths = Math.floor(10 * done);
      if (tenths > told) onProgress(`map: ${10 * (told = tenths)}%`);
    },
  });
  const { positions, spacing } = onMap(withoutGaps(places));
  onProgress('near-duplicates');
  const duplicates = nearDuplicates(thumbnails, { least: LEAST });
  onProgress('thumbnails');
  const tiles = await sheetsOf(thumbnails, n);
  onProgress('page');
  const rows = quantize(embeddings.data, embeddings.dim);
  const payload: Payload = {
    title,
    files,
    tiles,
    places: base64(positions),
    spacing: base64(spacing),
    embeddings: { dim: rows.dim, values: base64(rows.values), scales: base64(rows.scales) },
    ...(labels && { labels: { classes: labels.classes, index: base64(labels.index) } }),
    ...(gallery.predictions && { predictions: packedPredictions(gallery.predictions) }),
    duplicates: packedPairs(duplicates),
    ...(encoder && { encoder: await packedEncoder(encoder) }),
  };
  const script = await pageScript();
  return filled(pageFile('index.html'), {
    title: escapeHtml(title),
    count: count(n),
    pictures: n === 1 ? 'picture' : 'pictures',
    policy: `sha256-${createHash('sha256').update(script).digest('base64')}`,
    style: pageFile('style.css'),
    report: reportHtml(report ?? {}),
    about: about(gallery, rows),
    payload: scriptJson(payload),
    script,
  });
}

/** Pairs below this likeness are not offered at all. */
const LEAST = 0.9;

const base64 = (values: ArrayBufferView): string =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');

function check({ files, thumbnails, embeddings, labels, predictions }: Gallery): void {
  const n = files.length;
  expectNumber('files: length', n, { atLeast: 1, integer: true });
  expectNumber('embeddings: dim', embeddings.dim, { atLeast: 1, integer: true });
  expectNumber('thumbnails: side', thumbnails.side, { atLeast: 1, atMost: 512, integer: true });
  const size = thumbnails.side ** 2 * thumbnails.channels;
  const parts: [string, number, number][] = [
    ['thumbnails: data', thumbnails.data.length, n * size],
    ['embeddings: data', embeddings.data.length, n * embeddings.dim],
    ...(labels ? [['labels: index', labels.index.length, n] as [string, number, number]] : []),
    ...(predictions
      ? ([
          ['predictions: index', predictions.index.length, n],
          ['predictions: confidence', predictions.confidence.length, n],
        ] as [string, number, number][])
      : []),
  ];
  for (const [name, given, expected] of parts)
    if (given !== expected)
      throw new Error(`${name}: ${given} values given, ${expected} expected for ${n} files`);
  const bad = embeddings.data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const file = files[Math.floor(bad / embeddings.dim)];
    throw new Error(
      `embeddings: ${embeddings.data[bad]} given for ${file}, finite numbers expected`,
    );
  }
  for (const [name, set] of Object.entries({ labels, predictions })) {
    const at = set ? set.index.findIndex((label) => label < -1 || label >= set.classes.length) : -1;
    if (at >= 0)
      throw new Error(
        `${name}: index: ${set!.index[at]} given for ${files[at]}, -1 to ${set!.classes.length - 1} expected`,
      );
  }
}

/** Places as integers on the map, whose longer side is 1, and the spacing in the same unit. */
function onMap(places: Float32Array): { positions: Uint16Array; spacing: Float32Array } {
  const axis = (which: number): Float32Array => places.filter((_, at) => at % 2 === which);
  const lows = [0, 1].map((which) => axis(which).reduce((a, b) => Math.min(a, b), Infinity));
  const highs = [0, 1].map((which) => axis(which).reduce((a, b) => Math.max(a, b), -Infinity));
  const extent = Math.max(highs[0]! - lows[0]!, highs[1]! - lows[1]!) || 1;
  const scaled = places.map((value, at) => (value - lows[at % 2]!) / extent);
  return {
    positions: Uint16Array.from(scaled, (value) => Math.round(value * 65535)),
    spacing: farthestFirst(scaled),
  };
}

function packedPairs(pairs: readonly Pair[]): Payload['duplicates'] {
  return {
    pairs: base64(Int32Array.from(pairs.flatMap(({ a, b }) => [a, b]))),
    likeness: base64(Float32Array.from(pairs, ({ likeness }) => likeness)),
    least: LEAST,
  };
}

function packedPredictions({
  classes,
  index,
  confidence,
}: NonNullable<Gallery['predictions']>): Payload['predictions'] {
  return { classes, index: base64(index), confidence: base64(confidence) };
}

async function packedEncoder(encoder: GalleryEncoder): Promise<PackedEncoder> {
  const { operations, values } = await traceEncoder(encoder);
  const { side, channels, fit = 'cover', ground = [255, 255, 255] } = encoder;
  return { side, channels, fit, ground, operations, values: base64(values) };
}

/** How the page was made, in sentences. */
function about({ files, embeddings, encoder }: Gallery, { dim, scales }: Quantized): string {
  const largest = scales.reduce((a, b) => Math.max(a, b), 0);
  const error = cosineError(dim, largest, largest);
  const sentences = [
    `The map shows ${count(files.length)} embeddings of ${count(embeddings.dim)} numbers in two dimensions, laid out by UMAP. Neighbours on the map are mostly neighbours in the embedding; distances between far-apart groups mean little.`,
    `Nearest neighbours are found among the embeddings themselves, not on the map: those with the largest cosine. The page keeps each number in 16 bits, which moves a cosine by less than ${error.toExponential(0)}.`,
    encoder
      ? 'A picture that you drop in stays on this computer: the page makes it small, and runs the encoder itself.'
      : 'The page was made without an encoder, so it cannot search for new pictures.',
  ];
  return sentences.map((sentence) => `<p>${escapeHtml(sentence)}</p>`).join('\n');
}
