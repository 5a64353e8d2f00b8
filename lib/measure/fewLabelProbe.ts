/** The few-label probe: what the embedding is worth when only a handful of examples carry a label. */
import { tf, type Tensor2D } from '../core/engine';
import { expectNumber } from '../core/checks';
import { fewLabels } from '../data/fewLabels';
import { labelArray, type Embedded } from './embed';
import { linearProbe, type LinearProbeOptions } from './linearProbe';
import { mean, standardDeviationOf } from './statistics';

export interface FewLabelProbeOptions extends Pick<LinearProbeOptions, 'l2' | 'tolerance' | 'maxIterations'> {
  /** Labelled examples of each class. Default 10. */
  readonly perClass?: number;
  /** How many random choices of the labelled examples are averaged. Default 5. */
  readonly repeats?: number;
  /** Repeat r labels the examples `fewLabels(labels, perClass, seed + r)`: the same for every encoder compared. Default 0. */
  readonly seed?: number;
}

export interface FewLabelProbeResult {
  /** Mean test accuracy over the repeats, in [0, 1]. */
  readonly mean: number;
  /** Standard deviation over the repeats (n - 1); NaN for one repeat. It measures the choice of labels, not of seeds. */
  readonly std: number;
  /** The test accuracy of each repeat. */
  readonly accuracies: readonly number[];
}

/**
 * Linear probes on a few labels a class, on several random choices of them.
 *
 * Features are standardised by all training features, of which no label is needed. l2 is 1 / (number of labels) unless
 * given: fixed beforehand, as there are no labels to spare for choosing it.
 */
export function fewLabelProbe(train: Embedded, test: Embedded, options: FewLabelProbeOptions = {}): FewLabelProbeResult {
  const { perClass = 10, repeats = 5, seed = 0, ...fit } = options;
  expectNumber('perClass', perClass, { atLeast: 1, integer: true });
  expectNumber('repeats', repeats, { atLeast: 1, integer: true });
  const labels = labelArray('train', train);
  const accuracies = Array.from({ length: repeats }, (_, repeat) => {
    const chosen = fewLabels(labels, perClass, seed + repeat);
    const features = tf.tidy(() => tf.gather(train.features, tf.tensor1d(chosen, 'int32')) as Tensor2D);
    try {
      const few = { features, labels: chosen.map((i) => labels[i]!) };
      return linearProbe(few, test, { ...fit, standardizeBy: train.features }).accuracy;
    } finally {
      features.dispose();
    }
  });
  return { mean: mean(accuracies), std: standardDeviationOf(accuracies), accuracies };
}
