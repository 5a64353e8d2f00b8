/** The page of a run: what the gallery is told. */
import { galleryPage, type Gallery } from '../gallery';
import type { Classified } from './classify';
import { verdictOf, type Labelled, type Question } from './comparison';
import type { Embeddings, Encoder } from './encoder';
import { atMost } from './holdOut';
import type { PictureSource } from './pictureSource';
import type { Report } from './report';
import type { Signs } from './signs';

/** What a run has to show. */
export interface PageOptions {
  readonly title: string;
  readonly embeddings: Embeddings;
  readonly encoder: Encoder;
  readonly labels?: Labelled | undefined;
  readonly predictions?: Classified | undefined;
  readonly questions?: readonly Question[];
  /** The sentences that the page ends with. */
  readonly report?: Report | undefined;
  /** The last look at the embedding. */
  readonly signs?: Signs | undefined;
  readonly seed?: number;
  readonly onProgress?: (said: string) => void;
}

/** More pictures make a page that a browser takes long to open: then it shows these, evenly spaced. */
const MOST = 20_000;

/**
 * A page to look at pictures by their embeddings, as one HTML text that needs nothing else: a map,
 * each picture's nearest neighbours, near-duplicates, and search by a picture that is dropped in,
 * for which the encoder runs in the page. See `gallery.galleryPage`.
 *
 * @param source square pictures.
 * @returns the text of the file.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { pictures, random } from 'dark-matter';
 *
 * const source = pictures.fromTensor(random.uniform(random.key(0), [40, 8, 8, 3]));
 * const learner = pictures.learner({ shape: source.shape, width: 4 });
 * const encoder = pictures.encoderOf(source, learner, undefined, pictures.holdOut(source.count));
 * const embeddings = pictures.embedAll(source, encoder.embed);
 * const html = await pictures.pageOf(source, { title: 'Noise', embeddings, encoder });
 * assert.match(html, /<title>Noise/);
 * ```
 */
export async function pageOf(source: PictureSource, options: PageOptions): Promise<string> {
  const { title, embeddings, encoder, labels, predictions, report, seed, onProgress } = options;
  const [side, , channels] = source.shape as readonly [number, number, 1 | 3];
  const all = Int32Array.from({ length: source.count }, (_, i) => i);
  const shown = atMost(all, MOST);
  const { dim, data } = embeddings;
  const rows = new Float32Array(shown.length * dim);
  shown.forEach((at, i) => rows.set(data.subarray(at * dim, (at + 1) * dim), i * dim));
  const gallery: Gallery = {
    title,
    files: Array.from(shown, (at) => source.files[at]!),
    thumbnails: { data: source.bytes(shown), side, channels },
    embeddings: { data: rows, dim },
    ...(labels && {
      labels: { classes: labels.classes, index: shown.map((at) => labels.index[at]!) },
    }),
    ...(predictions && {
      predictions: {
        classes: predictions.classes,
        index: shown.map((at) => predictions.index[at]!),
        confidence: Float32Array.from(shown, (at) => predictions.confidence[at]!),
      },
    }),
    encoder: { layer: encoder.layer, params: encoder.params, side, channels, ...source.framing },
    report: {
      sentences: [
        ...(report?.sentences ?? []),
        ...(shown.length < source.count
          ? [`The page shows ${shown.length} of the ${source.count} pictures, evenly spaced.`]
          : []),
      ],
      ...comparisonOf(options.questions ?? []),
      ...(report && {
        collapse: {
          verdict: report.collapse.verdict,
          ...(options.signs && { figures: figuresOf(options.signs) }),
        },
      }),
    },
    ...(seed !== undefined && { seed }),
  };
  return galleryPage(gallery, { ...(onProgress && { onProgress }) });
}

/** The table: by labels where there are any, for that is what people care about. */
function comparisonOf(questions: readonly Question[]) {
  const asked = questions.find(({ name }) => name === 'nearest neighbour') ?? questions[0];
  if (!asked) return {};
  const { counts, fairness, chance, scores } = asked;
  return {
    comparison: {
      measure: `How often an embedding ${counts.replace(/,$/, '')}. ${fairness.replace(/\.$/, '')}`,
      chance,
      said: verdictOf(asked),
      rows: scores.map(({ name, trained, score, low, high }) => ({
        name,
        trained,
        score,
        interval: [low, high] as const,
      })),
    },
  };
}

const figuresOf = ({ spread, rank, mostRank, gap }: Signs) => [
  {
    name: 'Spread',
    value: spread.toFixed(2),
    meaning: '1: embeddings point everywhere; 0: all the same way',
  },
  {
    name: 'Effective rank',
    value: `${rank.toFixed(1)} of ${mostRank}`,
    meaning: 'how many directions they use',
  },
  {
    name: 'Energy gap',
    value: gap.toFixed(2),
    meaning: 'how much higher the energy of two pictures is than of two views of one',
  },
];
