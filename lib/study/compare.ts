/** Which contestant is better, and how sure one may be: paired over seeds, corrected for many. */
import { holm, pairedTest, type PairedTest } from '../measure/pairedTest';
import { bootstrap, mean, type Interval } from '../measure/statistics';
import { displaySymbol, type Displayable } from '../plot/display';
import { table, type Row } from '../plot/table';
import type { StudyRecord } from './record';

/** contestant - against, paired by seed. */
export interface Comparison extends PairedTest {
  readonly contestant: string;
  readonly against: string;
  /**
   * Of the mean difference, as sure as `low` to `high`, by drawing seeds again. Narrow where the seeds
   * are few.
   */
  readonly bootstrap: Interval;
  /** `p` by Holm's correction for all comparisons made together. */
  readonly pHolm: number;
  /** Whether `pHolm` is below 1 - confidence. */
  readonly differs: boolean;
}

/** In a notebook it shows a table. */
export interface Comparisons extends Displayable {
  readonly all: readonly Comparison[];
  /**
   * One of them. `against` is needed where the contestant was compared with several.
   *
   * @throws where the two were not compared, or `against` is needed and not given.
   */
  of(contestant: string, against?: string): Comparison;
  /** For `frame` and `plot.table`. */
  rows(): Row[];
}

export interface CompareOptions {
  /** The figure compared: 'linear, %'. */
  readonly metric: string;
  /** The contestant that the others are compared with. */
  readonly against: string;
  /**
   * Those compared. Default: all others that have the figure; where `against` has one value for all
   * seeds, those that have one for each.
   */
  readonly contestants?: readonly string[];
  /** Of the intervals, in (0, 1). Default 0.95. */
  readonly confidence?: number;
}

/**
 * Compares contestants with one of them over the seeds of a record: the mean difference with
 * Student's interval and a bootstrap interval, each by itself, and p-values corrected by Holm
 * (1979) for all that are made together. A contestant that has one value for all seeds (raw pixels)
 * has it for each; of two such contestants nothing can be said over seeds.
 *
 * @throws where there are fewer than two seeds, a name is not in the record, or two contestants with
 * one value each are to be compared.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { compare, studyRecord } from 'dark-matter';
 *
 * const figures = { a: { '%': [3, 4, 5.5] }, b: { '%': [1, 2, 3] } };
 * const { mean } = compare(studyRecord({ figures, seeds: [0, 1, 2] }), {
 *   metric: '%', against: 'b',
 * }).of('a');
 * assert.equal(mean.toFixed(2), '2.17');
 * ```
 */
export function compare(
  record: Compared,
  { metric, against, contestants, confidence }: CompareOptions,
): Comparisons {
  const once = isOnce(record.values(against, metric));
  const names =
    contestants ??
    Object.entries(record.figures).flatMap(([name, { [metric]: values }]) =>
      name === against || !values || (once && isOnce(values)) ? [] : [name],
    );
  const pairs = names.map((contestant) => [contestant, against] as const);
  const all = comparisonsOf(record, pairs, { metric, confidence });
  return comparisons(all, {
    metric,
    confidence,
    rows: () => all.map((each) => rowOf(each, metric)),
    caption: `difference to ${against}, paired over ${record.seeds.length} seeds`,
  });
}

export interface ComparePairsOptions extends Pick<CompareOptions, 'metric' | 'confidence'> {
  /** Who is compared with whom: an ablation with its method, say. */
  readonly pairs: readonly (readonly [contestant: string, against: string])[];
}

/**
 * As `compare`, each contestant with an opponent of its own: the p-values are corrected for all of
 * them together.
 *
 * @throws as `compare` does.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { comparePairs, studyRecord } from 'dark-matter';
 *
 * const figures = { a: { '%': [3, 4, 5] }, b: { '%': [1, 2, 4] }, 'b, halved': { '%': [0, 1, 3] } };
 * const { all } = comparePairs(studyRecord({ figures, seeds: [0, 1, 2] }), {
 *   metric: '%', pairs: [['a', 'b'], ['b, halved', 'b']],
 * });
 * assert.deepEqual(all.map(({ mean }) => Math.sign(mean)), [1, -1]);
 * ```
 */
export function comparePairs(
  record: Compared,
  { metric, pairs, confidence }: ComparePairsOptions,
): Comparisons {
  const all = comparisonsOf(record, pairs, { metric, confidence });
  return comparisons(all, {
    metric,
    confidence,
    rows: () =>
      all.map((each) => {
        const { contestant, ...rest } = rowOf(each, metric);
        return { contestant: contestant!, against: each.against, ...rest };
      }),
    caption: `differences, paired over ${record.seeds.length} seeds`,
  });
}

type Compared = Pick<StudyRecord, 'figures' | 'seeds' | 'values'>;

/** Whether these are a figure's one value for all seeds. */
const isOnce = (values: readonly number[]): boolean => values.length === 1;

/** Each pair over the seeds, corrected for all. @throws as `compare` does. */
function comparisonsOf(
  record: Compared,
  pairs: ComparePairsOptions['pairs'],
  { metric, confidence = 0.95 }: { metric: string; confidence: number | undefined },
): Comparison[] {
  const n = record.seeds.length;
  if (n < 2) throw new Error(`record: ${n} seed given, at least 2 expected: one has no spread`);
  const tests = pairs.map(([contestant, against]) => {
    const own = [contestant, against].map((name) => record.values(name, metric));
    if (own.every(isOnce))
      throw new Error(
        `contestant, against: '${contestant}' and '${against}' given, which have one value each; one with a value a seed expected`,
      );
    const [a, b] = own.map((values) =>
      isOnce(values) ? record.seeds.map(() => values[0]!) : values,
    ) as [readonly number[], readonly number[]];
    const differences = a.map((value, i) => value - b[i]!);
    return {
      contestant,
      against,
      ...pairedTest(a, b, confidence),
      bootstrap: bootstrap([n], (at) => mean(Array.from(at, (i) => differences[i]!)), {
        confidence,
      }),
    };
  });
  const corrected = holm(tests.map(({ p }) => p));
  return tests.map((test, i): Comparison => {
    const pHolm = corrected[i]!;
    return { ...test, pHolm, differs: pHolm < 1 - confidence };
  });
}

/** What a notebook shows of them. */
function comparisons(
  all: readonly Comparison[],
  { metric, confidence = 0.95, rows, caption }: Shown,
): Comparisons {
  const intervals = `with ${Number((100 * confidence).toPrecision(12))}% intervals (each by itself)`;
  return {
    all,
    of(contestant, against) {
      const own = all.filter((each) => each.contestant === contestant);
      if (own.length === 0) throw notAmong('contestant', contestant, all);
      const rivals = [...new Set(own.map((each) => each.against))];
      if (against === undefined && rivals.length > 1)
        throw new Error(`against: none given, one of ${rivals.join(' | ')} expected`);
      const found = own.find((each) => each.against === (against ?? rivals[0]));
      if (!found) throw notAmong('against', against!, own);
      return found;
    },
    rows,
    [displaySymbol]: () =>
      table(rows(), { caption: `${metric}: ${caption}, ${intervals}` })[displaySymbol](),
  };
}

interface Shown {
  readonly metric: string;
  readonly confidence: number | undefined;
  readonly rows: () => Row[];
  readonly caption: string;
}

function notAmong(
  what: 'contestant' | 'against',
  given: string,
  among: readonly Comparison[],
): Error {
  const names = [...new Set(among.map((each) => each[what]))].join(' | ');
  return new Error(`${what}: '${given}' given, one of ${names} expected`);
}

const rowOf = (
  { contestant, mean: difference, low, high, ...rest }: Comparison,
  metric: string,
): Row => ({
  contestant,
  [`difference, ${metric}`]: { mean: difference, low, high },
  'by bootstrap': { mean: difference, ...rest.bootstrap },
  p: rest.p,
  'p, Holm': rest.pHolm,
  differs: rest.differs ? 'yes' : 'not shown',
});
