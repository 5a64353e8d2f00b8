/** The judges of frozen features, and how sure each of them is. */
import { expectNumber } from '../core/checks';
import { binomialInterval } from '../measure/binomial';
import type { Embedded } from '../measure/embedded';
import { fewLabelProbe } from '../measure/fewLabelProbe';
import { knn } from '../measure/knn';
import { linearProbe } from '../measure/linearProbe';
import { mean, summarize, type Interval } from '../measure/statistics';

/** An accuracy in %, and where it might lie by chance. */
export interface Score {
  /** Top-1 accuracy on the test rows, in %; the mean over the draws where labels are drawn. */
  readonly value: number;
  /** The accuracy of each draw of labels, in %; a single one where nothing is drawn. */
  readonly draws: readonly number[];
  /** 95%, of the mean over draws (Student's t); undefined for fewer than two draws. */
  readonly overDraws: Interval | undefined;
  /** 95%, in %, for the choice of the test rows (Clopper and Pearson's, exact). */
  readonly binomial: Interval;
}

/** Scores by the judge's name: '20-NN, %', 'linear, %', '10 labels a class, %'. */
export type Judgement = Readonly<Record<string, Score>>;

export interface JudgeOptions {
  /** Labels a class of the few-label probes, one each. Default [10, 1]. */
  readonly perClass?: readonly number[];
  /** Draws of the few labels. Default 5. */
  readonly draws?: number;
  /** Neighbours that vote. Default 20. */
  readonly k?: number;
  /** Draw d labels the rows `fewLabels(labels, perClass, seed + d)`, for all alike. Default 0. */
  readonly seed?: number;
}

/**
 * Judges frozen features three ways: k nearest neighbours, a linear probe on all training labels,
 * and linear probes on a few labels a class.
 *
 * @param sets train: features [n, dim] and labels [n]; test: features [m, dim] and labels [m].
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { judge, tf } from 'dark-matter';
 *
 * const labels = [0, 0, 0, 1, 1, 1];
 * const features = tf.tensor2d([[1, 0], [1, 0.1], [1, -0.1], [0, 1], [0.1, 1], [-0.1, 1]]);
 * const set = { features, labels };
 * const scores = judge({ train: set, test: set }, { perClass: [1], k: 1 });
 * assert.equal(scores['1-NN, %']!.value, 100);
 * ```
 */
export function judge(
  { train, test }: { readonly train: Embedded; readonly test: Embedded },
  { perClass = [10, 1], draws = 5, k = 20, seed = 0 }: JudgeOptions = {},
): Judgement {
  expectNumber('draws', draws, { atLeast: 1, integer: true });
  const n = test.features.shape[0];
  const few = perClass.map((each): [string, Score] => {
    const probe = fewLabelProbe(train, test, { perClass: each, repeats: draws, seed });
    return [fewLabelsName(each), scoreOf(probe.accuracies, n)];
  });
  return {
    [`${k}-NN, %`]: scoreOf([knn(train, test, { k }).accuracy], n),
    'linear, %': scoreOf([linearProbe(train, test).accuracy], n),
    ...Object.fromEntries(few),
  };
}

/** The name of a few-label figure, wherever it is measured: '10 labels a class, %'. */
export const fewLabelsName = (perClass: number): string =>
  `${perClass} ${perClass === 1 ? 'label' : 'labels'} a class, %`;

/**
 * A score from accuracies in [0, 1].
 *
 * @param accuracies one a draw of the labels, or a single one.
 * @param n how many test rows each was measured on.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { scoreOf } from 'dark-matter';
 *
 * const { value, binomial } = scoreOf([0.9], 2000);
 * assert(value === 90 && binomial.low > 88.5 && binomial.high < 91.3);
 * ```
 */
export function scoreOf(accuracies: readonly number[], n: number): Score {
  const draws = accuracies.map((accuracy) => 100 * accuracy);
  const value = mean(draws);
  const { low, high } = binomialInterval(Math.round((value / 100) * n), n);
  return {
    value,
    draws,
    overDraws: draws.length > 1 ? boundsOf(summarize(draws)) : undefined,
    binomial: { low: 100 * low, high: 100 * high },
  };
}

const boundsOf = ({ low, high }: Interval): Interval => ({ low, high });
