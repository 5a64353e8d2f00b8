/**
 * The honest comparison: the same questions to the trained encoder, the untrained one, principal
 * components and raw pixels.
 *
 * Which question is fair? Finding another *augmented view* is what the method was trained for, so it
 * favours the trained encoder. Finding a picture under a change that the training was not told of
 * favours nobody by training, and raw pixels by how small it is. Whether the nearest picture has the
 * same label is what people care about, but needs labels. So all are asked, and each says whom it
 * favours.
 */
import { tf, type Tensor2D, type Tensor4D } from '../core/engine';
import * as random from '../core/random';
import { hostGenerator } from '../core/random';
import { binomialInterval, binomialTail } from '../measure/binomial';
import { holm } from '../measure/pairedTest';
import type { Contender } from './contenders';
import { canBeChecked } from './classify';
import { crossValidate } from './crossValidate';
import { asTensor, embedAll } from './encoder';
import { atMost } from './holdOut';
import type { Learner } from './learner';
import type { PictureSource } from './pictureSource';
import { findsLabel, findsTwin } from './retrieval';
import { unseenChange } from './views';

/** How one contender did. */
export interface Score {
  readonly name: string;
  readonly trained: boolean;
  /** The share that was right, in [0, 1]. */
  readonly score: number;
  /** 95%, exact (Clopper and Pearson), for the choice of the pictures asked about. */
  readonly low: number;
  readonly high: number;
  /** [n], 1 where it was right: what two contenders are compared by, picture by picture. */
  readonly hits: Uint8Array;
}

/** A question that all contenders were asked. */
export interface Question {
  readonly name: string;
  /** What is counted, as a phrase: 'finds the other view of a picture among 200'. */
  readonly counts: string;
  /** Whom the question favours, as a sentence. */
  readonly fairness: string;
  /** Pictures asked about. */
  readonly n: number;
  /** What guessing gets, in [0, 1]. */
  readonly chance: number;
  /** The trained one first. */
  readonly scores: readonly Score[];
}

/** Labels by which is judged and nothing is trained: -1 where there is none. */
export interface Labelled {
  /** [count]. */
  readonly index: Int32Array;
  readonly classes: readonly string[];
}

export interface CompareOptions {
  /** Positions of the pictures that nobody learned from. */
  readonly test: Int32Array;
  readonly labels?: Labelled | undefined;
  readonly seed?: number;
}

/**
 * Asks each contender the same questions.
 *
 * @param learner whose views are the first question's.
 * @returns two questions without labels; with labels one or two more.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { measure, pictures, random } from 'dark-matter';
 *
 * const source = pictures.fromTensor(random.uniform(random.key(0), [40, 8, 8, 3]));
 * const learner = pictures.learner({ shape: source.shape });
 * const pixels = { name: 'raw pixels', trained: false, embed: measure.rawPixels };
 * const { test } = pictures.holdOut(source.count);
 * const [views] = pictures.compareOn(source, learner, [pixels], { test });
 * assert.deepEqual([views!.n, views!.chance], [8, 1 / 8]);
 * ```
 */
export function compareOn(
  source: PictureSource,
  learner: Learner,
  contenders: Iterable<Contender>,
  { test, labels, seed = 0 }: CompareOptions,
): Question[] {
  const all = [...contenders];
  return [
    ...twinQuestions(source, learner, all, test, seed),
    ...(labels ? labelQuestions(source, all, test, labels, seed) : []),
  ];
}

function twinQuestions(
  source: PictureSource,
  { views }: Learner,
  contenders: readonly Contender[],
  test: Int32Array,
  seed: number,
): Question[] {
  const n = test.length;
  const images = source.images(test);
  const [seen, unseen] = tf.tidy(() => {
    const [forViews, forChange] = random.split(random.key(seed + ASKED));
    const { x1, x2 } = views({ images }, forViews!);
    return [
      [x1, x2],
      [unseenChange()(images, forChange!), images.clone()],
    ] as [[Tensor4D, Tensor4D], [Tensor4D, Tensor4D]];
  });
  images.dispose();
  const ask = ([queries, bank]: [Tensor4D, Tensor4D]): Score[] =>
    contenders.map((contender) => {
      const [q, b] = [queries, bank].map((x) => inChunks(contender, x)) as [Tensor2D, Tensor2D];
      const hits = findsTwin(q, b);
      tf.dispose([q, b]);
      return scoreOf(contender, hits);
    });
  try {
    return [
      {
        name: 'another view',
        counts: `finds the other view of a picture among ${n}`,
        fairness:
          'Such views are what the method was trained on, so this question favours the trained encoder.',
        n,
        chance: 1 / n,
        scores: ask(seen),
      },
      {
        name: 'an unseen change',
        counts: `finds a picture, turned by up to 15 degrees and with a little noise, among ${n}`,
        fairness:
          'The training was not told of this change, so nobody is favoured by training; raw pixels are by how small it is.',
        n,
        chance: 1 / n,
        scores: ask(unseen),
      },
    ];
  } finally {
    tf.dispose([...seen, ...unseen]);
  }
}

/** Apart from what else a seed is used for. */
const ASKED = 2_000_003;

/** Pictures that neighbours are looked for among, and labels that classifiers are judged on. */
const BANK = 5000,
  CLASSIFIED = 1000;

/** Numbers of raw pixels that are held at once: large pictures make a smaller bank. */
const MOST_NUMBERS = 2 ** 26;

function labelQuestions(
  source: PictureSource,
  contenders: readonly Contender[],
  test: Int32Array,
  { index, classes }: Labelled,
  seed: number,
): Question[] {
  const labelled = drawn(
    Int32Array.from(index.keys()).filter((i) => index[i]! >= 0),
    Math.min(BANK, Math.floor(MOST_NUMBERS / source.shape.reduce((a, b) => a * b))),
    seed,
  );
  const isHeld = new Set(test);
  const held = labelled.filter((i) => isHeld.has(i));
  // Where few pictures have labels, all of them are asked about, each against all others.
  const asked = held.length >= 100 ? held : labelled;
  const bankOf = (rows: Int32Array) => rows.map((i) => index[i]!);
  if (labelled.length < 3 || new Set(bankOf(labelled)).size < 2) return [];
  const place = new Map(Array.from(labelled, (at, row) => [at, row]));
  const few = drawn(labelled, CLASSIFIED, seed);
  const neighbours: Score[] = [];
  const classifiers: Score[] = [];
  for (const contender of contenders) {
    const embedded = embedAll(source, (images) => contender.embed(images), labelled);
    const bank = asTensor(embedded);
    const rowsOf = (positions: Int32Array) => positions.map((at) => place.get(at)!);
    const take = (positions: Int32Array): Tensor2D =>
      tf.tidy(() => tf.gather(bank, tf.tensor1d(rowsOf(positions), 'int32')));
    const [queries, fewRows] = [take(asked), take(few)];
    const hits = findsLabel(
      { features: queries, labels: bankOf(asked), rows: rowsOf(asked) },
      { features: bank, labels: bankOf(labelled) },
    );
    neighbours.push(scoreOf(contender, hits));
    if (canBeChecked(bankOf(few))) {
      const set = { features: fewRows, labels: bankOf(few) };
      classifiers.push(scoreOf(contender, crossValidate(set, classes.length, { seed }).hits));
    }
    tf.dispose([bank, queries, fewRows]);
  }
  const most = mostFrequent(bankOf(few));
  return [
    {
      name: 'nearest neighbour',
      counts: `gives a picture a nearest neighbour with its label, among ${labelled.length} pictures,`,
      fairness: `${
        asked === held
          ? 'The pictures asked about were kept out of the training; the neighbours are of all.'
          : 'Few pictures have labels, so those of the training are asked about too.'
      } The labels were used for judging alone.`,
      n: asked.length,
      chance: agreementByChance(bankOf(asked), bankOf(labelled)),
      scores: neighbours,
    },
    ...(classifiers.length > 0
      ? [
          {
            name: 'classifier',
            counts: 'lets a linear classifier name a label that it was not shown,',
            fairness: `The same classifier on each one's features, cross-validated, on pictures of the training too; naming the most frequent label always gets ${percent(most)}.`,
            n: few.length,
            chance: most,
            scores: classifiers,
          },
        ]
      : []),
  ];
}

/** At most so many of the positions, drawn at random, in increasing order. */
function drawn(positions: Int32Array, most: number, seed: number): Int32Array {
  if (positions.length <= most) return positions;
  const order = hostGenerator(seed).permutation(positions.length);
  return atMost(order, most)
    .slice(0, most)
    .map((at) => positions[at]!)
    .sort();
}

function inChunks(contender: Contender, images: Tensor4D): Tensor2D {
  const [n, height, width, channels] = images.shape;
  return tf.tidy(() => {
    const parts: Tensor2D[] = [];
    for (let start = 0; start < n; start += 500)
      parts.push(
        tf.tidy(() =>
          contender.embed(
            images.slice([start, 0, 0, 0], [Math.min(500, n - start), height, width, channels]),
          ),
        ),
      );
    return tf.concat(parts, 0);
  });
}

function scoreOf({ name, trained }: Contender, hits: Uint8Array): Score {
  const right = hits.reduce((sum, hit) => sum + hit, 0);
  const { low, high } = binomialInterval(right, hits.length);
  return { name, trained, score: right / hits.length, low, high, hits };
}

const shares = (labels: Int32Array): number[] => {
  const counts: number[] = [];
  for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
  return Array.from(counts, (count) => (count ?? 0) / labels.length);
};

const mostFrequent = (labels: Int32Array): number => Math.max(...shares(labels));

/** How often one of those asked has the label of another picture of the bank, drawn at random. */
function agreementByChance(asked: Int32Array, bank: Int32Array): number {
  const inBank = shares(bank);
  const others = (label: number) => (inBank[label]! * bank.length - 1) / (bank.length - 1);
  return shares(asked).reduce((sum, share, label) => sum + (share && share * others(label)), 0);
}

/**
 * The scores as the rows of a table: a contender a row, a question a column, in %.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { pictures } from 'dark-matter';
 *
 * const score = { trained: false, low: 0, high: 1, hits: Uint8Array.of(1, 0) };
 * const scores = [{ name: 'raw pixels', score: 0.5, ...score }];
 * const question = { name: 'views', counts: '', fairness: '', n: 2, chance: 0.5, scores };
 * assert.deepEqual(pictures.scoreRows([question]), [{ features: 'raw pixels', 'views, %': 50 }]);
 * ```
 */
export function scoreRows(questions: readonly Question[]): Record<string, string | number>[] {
  const names = questions[0]?.scores.map(({ name }) => name) ?? [];
  return names.map((features, i) => ({
    features,
    ...Object.fromEntries(
      questions.map(({ name, scores }) => [`${name}, %`, 100 * scores[i]!.score]),
    ),
  }));
}

/**
 * The scores as `measure.appendResults` keeps them: by contender, by question, in %.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { pictures } from 'dark-matter';
 *
 * const score = { trained: false, low: 0, high: 1, hits: Uint8Array.of(1, 0) };
 * const scores = [{ name: 'raw pixels', score: 0.5, ...score }];
 * const question = { name: 'views', counts: '', fairness: '', n: 2, chance: 0.5, scores };
 * assert.deepEqual(pictures.scoreFigures([question]), { 'raw pixels': { 'views, %': [50] } });
 * ```
 */
export function scoreFigures(
  questions: readonly Question[],
): Record<string, Record<string, number[]>> {
  const all: Record<string, Record<string, number[]>> = {};
  for (const { name: question, scores } of questions)
    for (const { name, score } of scores) (all[name] ??= {})[`${question}, %`] = [100 * score];
  return all;
}

/**
 * Whether two contenders that were asked about the same pictures differ: McNemar's exact test of
 * the pictures that only one of them got right.
 *
 * @returns the two-sided p-value.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { pictures } from 'dark-matter';
 *
 * // Five pictures that only the first got right: 2 / 2^5.
 * const [a, b] = [Uint8Array.of(1, 1, 1, 1, 1, 1), Uint8Array.of(0, 0, 0, 0, 0, 1)];
 * assert.equal(pictures.mcNemar(a, b), 2 / 32);
 * ```
 */
export function mcNemar(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length)
    throw new Error(`a, b: ${a.length} and ${b.length} hits given, one of each a picture expected`);
  const first = a.reduce((sum, hit, i) => sum + Number(hit === 1 && b[i] === 0), 0);
  const second = b.reduce((sum, hit, i) => sum + Number(hit === 1 && a[i] === 0), 0);
  return Math.min(1, 2 * binomialTail(Math.max(first, second), first + second, 0.5));
}

/**
 * Who won, in a sentence or two a question; where a baseline wins, it is said first.
 *
 * Differences count where McNemar's exact test says so at 5%, corrected (Holm) for the comparisons of
 * the question.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { pictures } from 'dark-matter';
 * const of = (name: string, hit: number, trained = false) => {
 *   const hits = new Uint8Array(20).fill(hit);
 *   return { name, trained, score: hit, low: 0, high: 1, hits };
 * };
 * const scores = [of('SimCLR', 0, true), of('raw pixels', 1)];
 * const question = { name: 'x', counts: 'finds it', fairness: '', n: 20, chance: 0.05, scores };
 * assert.match(pictures.describeQuestion(question), /worse than raw pixels \(100\.0%\)/);
 * ```
 */
export function describeQuestion({ counts, fairness, n, chance, scores }: Question): string {
  const { trained } = trainedAmong(scores);
  const own = `${trained.name} ${counts} in ${percent(trained.score)} of ${n} cases (95% interval ${percent(trained.low)} to ${percent(trained.high)}; chance ${percent(chance)})`;
  return `${own}: ${standing(scores)} ${fairness}`;
}

/** The same without its figures: `SimCLR is worse than raw pixels (68.0%). For this, use raw pixels ...` */
export const verdictOf = ({ scores }: Question): string =>
  `${trainedAmong(scores).trained.name} is ${standing(scores)}`;

function trainedAmong(scores: readonly Score[]): { trained: Score; others: readonly Score[] } {
  const [trained, ...others] = [...scores].sort((a, b) => Number(b.trained) - Number(a.trained));
  if (!trained || others.length === 0) throw new Error('scores: at least two expected');
  return { trained, others };
}

/** What the trained one is, beside the others, and what follows. */
function standing(scores: readonly Score[]): string {
  const { trained, others } = trainedAmong(scores);
  const pValues = holm(others.map((other) => mcNemar(trained.hits, other.hits)));
  const different = new Set(others.filter((_, i) => pValues[i]! < 0.05));
  const differs = (other: Score): boolean => different.has(other);
  const better = others
    .filter((other) => differs(other) && other.score > trained.score)
    .sort((a, b) => b.score - a.score);
  const worse = others.filter((other) => differs(other) && other.score < trained.score);
  const level = others.filter((other) => !differs(other));
  const said = (list: readonly Score[]): string =>
    list.map(({ name, score }) => `${name} (${percent(score)})`).join(', ');
  const parts = [
    ...(better.length > 0 ? [`worse than ${said(better)}`] : []),
    ...(level.length > 0 ? [`with no difference shown to ${said(level)}`] : []),
    ...(worse.length > 0 ? [`better than ${said(worse)}`] : []),
  ].join('; ');
  const advice =
    better.length > 0 ? ` For this, use ${better[0]!.name} rather than what was trained here.` : '';
  return `${parts}.${advice}`;
}

const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;
