/** Do two sets of samples come from the same distribution? A classifier tries to tell. */
import { tf, type Scalar, type Tensor, type Tensor1D, type Tensor2D } from '../core/engine';
import { expectNumber } from '../core/checks';
import type { Method, NoState } from '../core/method';
import { dispose, tidy } from '../core/pytree';
import * as random from '../core/random';
import { networkEnergy } from '../energy/networkEnergy';
import { calibrate, inInference, inTraining, type Layer } from '../nn';
import { adam } from '../train/optimizers';
import { train } from '../train/train';
import { binomialInterval, binomialTail } from './binomial';
import { embed } from '../core/embed';
import { standardization } from './standardize';
import type { Interval } from './statistics';

export interface TwoSampleOptions<P> {
  /**
   * The classifier, [batch, ...] -> [batch, 1]: the log-odds that a sample is of b. The test is as
   * sharp as it is.
   */
  readonly network: Layer<P>;
  /** Training steps; default 300. */
  readonly steps?: number;
  /** Samples a step, of both kinds together; default 128. */
  readonly batch?: number;
  /** Of Adam; default 2e-3. */
  readonly learningRate?: number;
  /** Of the split, the network's start and the batches; default 0. */
  readonly seed?: number;
  /** Of the interval; default 0.95. */
  readonly confidence?: number;
}

export interface TwoSampleResult extends Interval {
  /**
   * The share of held-out samples whose kind is told: 0.5 in the mean when a and b are alike, 1
   * when none is mistaken.
   */
  readonly accuracy: number;
  /** How likely an accuracy at least so high is if a and b are alike (exact binomial). */
  readonly pValue: number;
  /** Held-out samples of both kinds. */
  readonly tested: number;
}

/**
 * The classifier two-sample test (C2ST: Lopez-Paz and Oquab 2017, section 3). A classifier is
 * trained to tell half of a from half of b; its accuracy on the other halves is the statistic, and
 * its interval the exact binomial one. The null hypothesis, that both are from one distribution,
 * gives 50% whatever the classifier. An accuracy near 50% says that *this* classifier, trained so
 * long on so many, found no difference; a high one is proof of a difference. Float32 samples are
 * standardised by the training half, so that neither their place nor their units matter.
 *
 * @param a [n, ...]. @param b [m, ...], the same shape after the first axis. The larger is cut to
 * the smaller's size, so that guessing is right half of the time. At least 20 each.
 * @throws when shapes differ or there are too few.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { measure, nn, random } from 'dark-matter';
 * const [a, b] = [
 *   random.normal(random.key(0), [400, 2]),
 *   random.normal(random.key(1), [400, 2], 3),
 * ];
 * const { accuracy } = await measure.twoSampleTest(a, b, {
 *   network: nn.mlp([2, 16, 1]),
 *   steps: 100,
 *   learningRate: 0.02,
 * });
 * assert.ok(accuracy > 0.9);
 * ```
 */
export async function twoSampleTest<P>(
  a: Tensor,
  b: Tensor,
  options: TwoSampleOptions<P>,
): Promise<TwoSampleResult> {
  const {
    network,
    steps = 300,
    batch = 128,
    learningRate = 2e-3,
    seed = 0,
    confidence = 0.95,
  } = options;
  if (a.shape.slice(1).join() !== b.shape.slice(1).join()) {
    throw new Error(
      `a, b: shapes [${a.shape.join(', ')}] and [${b.shape.join(', ')}] given, equal ones after the first axis expected`,
    );
  }
  const n = Math.min(a.shape[0] ?? 0, b.shape[0] ?? 0);
  expectNumber('a, b: samples', n, { atLeast: 20 });
  const half = Math.floor(n / 2);
  const { forTraining, held } = tidy(() => {
    const keys = random.split(random.key(seed));
    const [one, other] = [a, b].map((x, i) =>
      tf.gather(x, random.permutation(keys[i]!, x.shape[0]!).slice([0], [2 * half])),
    );
    const part = (from: number): Tensor =>
      tf.concat([tf.slice(one!, [from], [half]), tf.slice(other!, [from], [half])]);
    return inUnitsOf(part(0), part(half));
  });
  const isB = tf.tidy(() => tf.concat([tf.zeros([half]), tf.ones([half])]) as Tensor1D);
  try {
    const trained = await train({
      method: classifier(network),
      data: { x: forTraining, isB },
      batch: Math.min(batch, 2 * half),
      steps,
      seed,
      optimizer: adam({ learningRate }),
      display: 'none',
    });
    // Of its own each held-out sample is told, not by the company that it is in.
    const fixed = calibrate(network, trained.params, forTraining);
    const odds = embed((x) => network.apply(fixed, x, inInference), held);
    const values = odds.dataSync();
    dispose([odds, fixed]);
    trained.dispose();
    let right = 0;
    // A log-odds of exactly 0 says nothing and counts as wrong for both kinds.
    values.forEach((value, i) => (right += (i < half ? value < 0 : value > 0) ? 1 : 0));
    const tested = 2 * half;
    return {
      accuracy: right / tested,
      pValue: binomialTail(right, tested, 0.5),
      tested,
      ...binomialInterval(right, tested, confidence),
    };
  } finally {
    tf.dispose([forTraining, held, isB]);
  }
}

/**
 * Both halves about the mean of the first and in units of its spread: what the classifier can tell
 * shall not depend on where the data are, or in which units. Numbers of words stay what they are.
 */
function inUnitsOf(forTraining: Tensor, held: Tensor): { forTraining: Tensor; held: Tensor } {
  if (forTraining.dtype !== 'float32') return { forTraining, held };
  const flat = (x: Tensor): Tensor2D => x.reshape([x.shape[0]!, -1]) as Tensor2D;
  const standard = standardization(flat(forTraining));
  const apply = (x: Tensor): Tensor => standard.apply(flat(x)).reshape(x.shape);
  return { forTraining: apply(forTraining), held: apply(held) };
}

/** The logistic loss of log-odds. */
function classifier<P>(
  network: Layer<P>,
): Method<P, NoState, { readonly x: Tensor; readonly isB: Tensor1D }> {
  const oddsOf = networkEnergy(network);
  return {
    name: 'Two-sample classifier',
    mechanism: 'supervised',
    init: (key) => ({ params: network.init(key), state: {} }),
    objective: (params, { x, isB }, key, state) => {
      const odds = oddsOf(params, x, inTraining(network, key));
      return { loss: tf.softplus(odds).sub(odds.mul(isB)).mean() as Scalar, metrics: {}, state };
    },
  };
}
