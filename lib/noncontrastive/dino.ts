import { tf, type Scalar, type Tensor, type Tensor1D, type Tensor2D } from '../core/engine';
import { expectNumber, expectWidth } from '../core/checks';
import * as tree from '../core/pytree';
import * as random from '../core/random';
import { stopGradient } from '../core/stopGradient';
import {
  jointEmbedding,
  type JointEmbeddingMethod,
  type JointEmbeddingOptions,
  type JointEmbeddingParams,
} from '../energy/jointEmbedding';
import { cosineMomentum, ema } from '../core/ema';
import { prototypeScores, prototypesUsed, randomPrototypes } from './prototypes';
import { swappedPredictionLoss, type Crops } from './swappedPrediction';

export interface DinoParams<E, P> extends JointEmbeddingParams<E, P> {
  /** [dim, prototypes]; what counts is the direction of each column. */
  readonly prototypes: Tensor2D;
}

export interface DinoState<E, P> {
  /** An average of the student's past: the network that makes the targets. */
  readonly teacher: DinoParams<E, P>;
  /** [prototypes], an average of the teacher's past scores. */
  readonly centre: Tensor1D;
}

export interface DinoOptions {
  /** The width of the projector's output. */
  readonly dim: number;
  /** How many prototypes; the paper has 65,536. */
  readonly prototypes: number;
  /** Of the softmax that predicts, above 0. Default 0.1. */
  readonly temperature?: number;
  /** Of the teacher's softmax, above 0 and below the other: sharpening. Default 0.04. */
  readonly teacherTemperature?: number;
  /**
   * The teacher's first weight of its own past, in [0, 1], rising to 1 on a cosine. Default 0.996.
   */
  readonly momentum?: number;
  /** The centre's weight of its own past, in [0, 1]. Default 0.9. */
  readonly centreMomentum?: number;
  /**
   * false leaves the teacher's scores uncentred: one prototype may take all, which is a collapse.
   */
  readonly centred?: boolean;
  /**
   * false gives the teacher a softmax at temperature 1, far flatter than the student's: all targets
   * become the uniform one, another collapse.
   */
  readonly sharpened?: boolean;
}

/**
 * The teacher's assignments (Caron et al. 2021, equations 1 and 4): softmax( (scores - centre) /
 * temperature ).
 *
 * Subtracting the centre takes away what is said of all images alike, so that no prototype may win
 * every time; alone it would lead to the uniform distribution. A low temperature makes each answer
 * a decision; alone it would lead to the same decision always. Together they balance.
 *
 * @param scores [batch, prototypes]. @param centre [prototypes]. @param temperature above 0.
 * @returns [batch, prototypes]; rows sum to 1.
 */
export function centredAssignments(
  scores: Tensor2D,
  centre: Tensor1D,
  temperature: number,
): Tensor2D {
  expectNumber('temperature', temperature, { above: 0 });
  return tf.tidy(() => tf.softmax(scores.sub(centre).div(temperature)) as Tensor2D);
}

/**
 * The centre's next value (equation 4): m c + (1 - m) * mean of the scores.
 * @param scores [n, prototypes].
 * @param momentum m, in [0, 1].
 * @returns [prototypes].
 */
export function nextCentre(centre: Tensor1D, scores: Tensor2D, momentum: number): Tensor1D {
  return tf.tidy(() => ema(centre, scores.mean(0) as Tensor1D, momentum));
}

/**
 * DINO, self-distillation with no labels (Caron et al. 2021). Energy: 1 - cos of the projections.
 *
 *     loss = mean over large crops s and crops v != s of  H( P_teacher(x_s), P_student(x_v) )        (equation 3)
 *
 * A student predicts the groups that its teacher, a moving average of itself, finds for another
 * crop. It is SwAV with the balance over the batch replaced by two plain operations on the
 * teacher's scores. Mechanism: these two, centring and sharpening; each alone collapses, in
 * opposite ways.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { noncontrastive, nn, random, train } from 'dark-matter';
 * const method = noncontrastive.dino({
 *   encoder: nn.dense(4, 8),
 *   projector: nn.dense(8, 4),
 *   dim: 4,
 *   prototypes: 6,
 * });
 * const x = random.normal(random.key(0), [64, 4]);
 * const data = { x1: x, x2: x.add(random.normal(random.key(1), [64, 4], 0, 0.1)) };
 * const { params } = await train({ method, data, batch: 32, steps: 5, display: 'none' });
 * assert.deepEqual(method.embed(params, x).shape, [64, 8]);
 * ```
 */
export function dino<E, P>(
  options: JointEmbeddingOptions<E, P> & DinoOptions,
): JointEmbeddingMethod<DinoParams<E, P>, DinoState<E, P>, Crops> {
  const {
    dim,
    prototypes: count,
    temperature = 0.1,
    teacherTemperature = 0.04,
    momentum = 0.996,
    centreMomentum = 0.9,
    centred = true,
    sharpened = true,
  } = options;
  expectNumber('dim', dim, { atLeast: 1, integer: true });
  expectNumber('prototypes', count, { atLeast: 2, integer: true });
  expectNumber('temperature', temperature, { above: 0 });
  expectNumber('teacherTemperature', teacherTemperature, { above: 0 });
  expectNumber('momentum', momentum, { atLeast: 0, atMost: 1 });
  expectNumber('centreMomentum', centreMomentum, { atLeast: 0, atMost: 1 });
  const { init, views, ...afterTraining } = jointEmbedding(options);
  const scoresOf = (
    params: DinoParams<E, P>,
    crops: readonly Tensor[],
    key?: random.Key,
  ): Tensor2D[] =>
    views(params, crops, key).map((z) => {
      expectWidth('dim', dim, z, "the projector's");
      return prototypeScores(z, params.prototypes);
    });
  return {
    name: 'DINO',
    mechanism: centred && sharpened ? 'clustered' : 'none',
    options,
    init(key) {
      const [forNetworks, forPrototypes] = random.split(key);
      const params = {
        ...init(forNetworks),
        prototypes: randomPrototypes(forPrototypes, dim, count),
      };
      tf.dispose([forNetworks, forPrototypes]);
      return {
        params,
        state: { teacher: tree.clone(params), centre: tf.zeros([count]) as Tensor1D },
      };
    },
    objective(params, { x1, x2, small = [] }, key, { teacher, centre }) {
      const taught = scoresOf(teacher, [x1, x2]).map((scores) => stopGradient(scores));
      const targets = taught.map((scores) =>
        centredAssignments(scores, centre, sharpened ? teacherTemperature : 1),
      );
      const scores = scoresOf(params, [x1, x2, ...small], key);
      const loss = swappedPredictionLoss(scores, targets, temperature);
      const all = tf.concat(targets) as Tensor2D;
      // How undecided the teacher is. What is left of the loss is how far the student is from it
      // (the paper's equation 5).
      const entropy = all.mul(all.add(1e-12).log()).sum(1).mean().neg() as Scalar;
      const metrics = {
        entropy,
        divergence: loss.sub(entropy) as Scalar,
        used: prototypesUsed(all),
      };
      const next = centred
        ? nextCentre(centre, tf.concat(taught) as Tensor2D, centreMomentum)
        : centre;
      return { loss, metrics, state: { teacher, centre: next } };
    },
    afterUpdate: (params, { teacher, centre }, progress) => ({
      teacher: ema(teacher, params, cosineMomentum(momentum, progress)),
      centre,
    }),
    ...afterTraining,
  };
}
