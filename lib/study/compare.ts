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
  /** 95%, of the mean difference, by drawing seeds again. Narrow where the seeds are few. */
  readonly bootstrap: Interval;
  /** `p` by Holm's correction for all comparisons made together. */
  readonly pHolm: number;
  /** Whether `pHolm` is below 1 - confidence. */
  readonly differs: boolean;
}

/** In a notebook it shows a table. */
export interface Comparisons extends Displayable {
  readonly all: readonly Comparison[];
  /** One of them. @throws where the contestant was not compared. */
  of(contestant: string): Comparison;
  /** For `frame` and `plot.table`. */
  rows(): Row[];
}

export interface CompareOptions {
  /** The figure compared: 'linear, %'. */
  readonly metric: string;
  /** The contestant that the others are compared with. */
  readonly against: string;
  /** Those compared. Default: all others that have the figure. */
  readonly contestants?: readonly string[];
  /** Of the intervals, in (0, 1). Default 0.95. */
  readonly confidence?: number;
}

/**
 * Compares contestants with one of them over the seeds of a record: the mean difference with
 * Student's interval and a bootstrap interval, each by itself, and p-values corrected by Holm
 * (1979) for all that are made together. A contestant that has one value for all seeds (raw pixels)
 * has it for each.
 *
 * @throws where there are fewer than two seeds, or a name is not in the record.
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
  const names =
    contestants ??
    Object.keys(record.figures).filter(
      (name) => name !== against && metric in record.figures[name]!,
    );
  const pairs = names.map((contestant) => [contestant, against] as const);
  const all = comparisonsOf(record, pairs, { metric, confidence });
  return comparisons(all, metric, {
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
  return comparisons(all, metric, {
    rows: () =>
      all.map((each) => {
        const { contestant, ...rest } = rowOf(each, metric);
        return { contestant: contestant!, against: each.against, ...rest };
      }),
    caption: `differences, paired over ${record.seeds.length} seeds`,
  });
}

type Compared = Pick<StudyRecord, 'figures' | 'seeds' | 'values'>;

/** Each pair over the seeds, corrected for all. @throws where there is one seed alone. */
function comparisonsOf(
  record: Compared,
  pairs: ComparePairsOptions['pairs'],
  { metric, confidence = 0.95 }: { metric: string; confidence: number | undefined },
): Comparison[] {
  const n = record.seeds.length;
  if (n < 2) throw new Error(`record: ${n} seed given, at least 2 expected: one has no spread`);
  const values = (contestant: string): readonly number[] => {
    const own = record.values(contestant, metric);
    return own.length === 1 ? record.seeds.map(() => own[0]!) : own;
  };
  const tests = pairs.map(([contestant, against]) => {
    const [a, b] = [values(contestant), values(against)];
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
  metric: string,
  { rows, caption }: { rows: () => Row[]; caption: string },
): Comparisons {
  return {
    all,
    of(contestant) {
      const found = all.find((each) => each.contestant === contestant);
      if (found) return found;
      const names = all.map((each) => each.contestant).join(' | ');
      throw new Error(`contestant: '${contestant}' given, one of ${names} expected`);
    },
    rows,
    [displaySymbol]: () =>
      table(rows(), { caption: `${metric}: ${caption}, with 95% intervals (each by itself)` })[
        displaySymbol
      ](),
  };
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
