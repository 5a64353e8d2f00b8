import {
  tf,
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
} from '../core/engine';
import { expectNumber } from '../core/checks';
import * as tree from '../core/pytree';
import * as random from '../core/random';
import { embed as embedAll } from '../core/embed';
import {
  calibrate,
  dense,
  inInference,
  inTraining,
  lecunNormal,
  type DenseParams,
  type Layer,
} from '../nn';
import { calibratedOnSome, clusteringRows, type Clustering } from './clustering';
import {
  groupedByKMeans,
  subgroupLogits,
  turnedParts,
  type RotatedGroups,
  type SubgroupHead,
} from './rotatedGroups';

export interface DeeperClusterParams<E> {
  readonly encoder: E;
  /** Tells the 4 groups classes (rotation, group) apart. */
  readonly coarse: DenseParams;
  readonly fine: SubgroupHead;
}

/** What the last clustering found, for each example turned by 0, 90, 180 and 270 degrees. */
export type DeeperClusterState = RotatedGroups;

export interface DeeperClusterOptions<E> {
  /** [batch, side, side, channels] -> [batch, features]. */
  readonly encoder: Layer<E>;
  /** The width of the encoder's output. */
  readonly features: number;
  /** Groups of all turned images; with the rotation they make 4 groups classes. */
  readonly groups: number;
  /** Groups within each class. */
  readonly subgroups: number;
  /** How many examples the data has. */
  readonly examples: number;
  /** Principal components that are clustered, at most `features`. Default 32. */
  readonly dims?: number;
  /**
   * false leaves the rotation out of the targets, so that the clusters are all there is to learn.
   * Default true.
   */
  readonly rotates?: boolean;
  /**
   * false takes what the heads themselves guess of each example, its rotation given, as its next
   * groups. Default true. Without the rotation too, nothing keeps the groups apart: collapse.
   */
  readonly kMeans?: boolean;
}

/**
 * Each image turned counter-clockwise by `times` quarters. [batch, side, side, channels] -> the
 * same.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { noncontrastive, tf } from 'dark-matter';
 * const image = tf.tensor4d([
 *   [
 *     [[1], [2]],
 *     [[3], [4]],
 *   ],
 * ]);
 * assert.deepEqual([...noncontrastive.quarterTurns(image, 2).dataSync()], [4, 3, 2, 1]);
 * ```
 */
export function quarterTurns(images: Tensor4D, times: number): Tensor4D {
  const [, height, width] = images.shape;
  if (height !== width)
    throw new Error(
      `images: shape [${images.shape.join(', ')}] given, [batch, side, side, channels] expected`,
    );
  return tf.tidy(() => {
    if (times % 4 === 2) return images.reverse([1, 2]);
    if (times % 4 === 0) return images.clone();
    return images.transpose([0, 2, 1, 3]).reverse(times % 4 === 1 ? 1 : 2) as Tensor4D;
  });
}

/**
 * DeeperCluster (Caron et al. 2019): clustering and the rotation task as one, for data that nobody
 * curated.
 *
 *     loss = -log p(rotation, group | x)  -  log p(subgroup | x, rotation, group)          (their equation 5)
 *
 * All images are turned by each of four rotations and clustered; a class is a pair (rotation,
 * group), and within each there are subgroups, so that many clusters need no wide classifier.
 * Mechanism: two, and each is enough. A rotation is known, and each one is a quarter of the data:
 * whatever the groups do, a constant output is wrong for three quarters. And k-means looks for
 * small distances, which one group for all has not.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { alternate, nn, noncontrastive, random } from 'dark-matter';
 * const encoder = nn.sequential([nn.flatten(), nn.dense(16, 8)]);
 * const method = noncontrastive.deeperCluster({
 *   encoder,
 *   features: 8,
 *   groups: 2,
 *   subgroups: 2,
 *   examples: 64,
 * });
 * const images = random.uniform(random.key(0), [64, 4, 4, 1]);
 * for await (const { state } of alternate({ method, images, rounds: 1, steps: 5, batch: 16 }))
 *   assert.deepEqual(state.coarse.shape, [4, 64]);
 * ```
 */
export function deeperCluster<E>(
  options: DeeperClusterOptions<E>,
): Clustering<DeeperClusterParams<E>, DeeperClusterState> {
  const {
    encoder,
    features,
    groups,
    subgroups,
    examples,
    dims = Math.min(32, features),
    rotates = true,
    kMeans: byKMeans = true,
  } = options;
  expectNumber('groups', groups, { atLeast: 1, integer: true });
  expectNumber('subgroups', subgroups, { atLeast: 2, integer: true });
  expectNumber('examples', examples, { atLeast: groups * subgroups, integer: true });
  expectNumber('dims', dims, { atLeast: 1, atMost: features, integer: true });
  const rotations = rotates ? 4 : 1;
  const sizes = { rotations, groups, subgroups, examples };
  const classes = rotations * groups;
  const coarseHead = dense(features, classes);
  const embed = (params: DeeperClusterParams<E>, x: Tensor): Tensor2D =>
    encoder.apply(params.encoder, x, inInference) as Tensor2D;
  const heads = (key: random.Key): Pick<DeeperClusterParams<E>, 'coarse' | 'fine'> => {
    const [forCoarse, forFine] = random.split(key);
    const fine = {
      kernel: lecunNormal(forFine, [classes, features, subgroups]) as Tensor3D,
      bias: tf.zeros([classes, subgroups]) as Tensor2D,
    };
    const coarse = coarseHead.init(forCoarse);
    tf.dispose([forCoarse, forFine]);
    return { coarse, fine };
  };
  const turn = (images: Tensor, times: number): Tensor =>
    rotates ? quarterTurns(images as Tensor4D, times) : images;
  /**
   * What the heads say of each turned image: the likeliest group of its rotation, and the likeliest
   * subgroup of that class.
   */
  function guessed(params: DeeperClusterParams<E>, images: Tensor): DeeperClusterState {
    const turned = Array.from({ length: rotations }, (_, r) =>
      embedAll(
        (x) =>
          tf.tidy(() => {
            const z = embed(params, turn(x, r));
            const own = coarseHead
              .apply(params.coarse, z)
              .slice([0, r * groups], [z.shape[0], groups])
              .argMax(1)
              .toInt()
              .add(tf.scalar(r * groups, 'int32')) as Tensor1D;
            return tf
              .stack([own, subgroupLogits(params.fine, z, own).argMax(1)], 1)
              .toFloat() as Tensor2D;
          }),
        images,
      ),
    );
    const part = (column: 0 | 1) =>
      tf
        .stack(turned.map((rows) => rows.slice([0, column], [examples, 1]).reshape([examples])))
        .toInt() as Tensor2D;
    return { coarse: part(0), fine: part(1) };
  }

  return {
    name: 'DeeperCluster',
    mechanism: byKMeans || rotates ? 'clustered' : 'none',
    options,
    init(key) {
      const [forEncoder, forHeads, forGroups] = random.split(key, 3);
      const params = { encoder: encoder.init(forEncoder), ...heads(forHeads) };
      const fine = random.randint(forGroups, [rotations, examples], 0, subgroups) as Tensor2D;
      const coarse = tf.tidy(
        () =>
          tf
            .range(0, rotations, 1, 'int32')
            .mul(tf.scalar(groups, 'int32'))
            .expandDims(1)
            .tile([1, examples]) as Tensor2D,
      );
      tf.dispose([forEncoder, forHeads, forGroups]);
      return { params, state: { coarse, fine } };
    },
    objective(params, { x, index }, key, state) {
      const { x: turned, coarse, fine } = turnedParts(x, index, state, turn);
      const z = encoder.apply(params.encoder, turned, inTraining(encoder, key)) as Tensor2D;
      const logCoarse = tf.logSoftmax(coarseHead.apply(params.coarse, z));
      const nll = (logP: Tensor, target: Tensor1D, n: number): Scalar =>
        tf.oneHot(target, n).toFloat().mul(logP).sum(1).mean().neg() as Scalar;
      const [ofCoarse, ofFine] = [
        nll(logCoarse, coarse, classes),
        nll(tf.logSoftmax(subgroupLogits(params.fine, z, coarse)), fine, subgroups),
      ];
      const hits = logCoarse.argMax(1).toInt().equal(coarse).toFloat().mean() as Scalar;
      return {
        loss: ofCoarse.add(ofFine) as Scalar,
        metrics: { coarse: ofCoarse, fine: ofFine, hits },
        state,
      };
    },
    recluster(params, images, key) {
      if (images.shape[0] !== examples)
        throw new Error(
          `images: shape [${images.shape.join(', ')}] given, [${examples}, ...] expected`,
        );
      const [forHeads, forGroups, forSubgroups] = random.split(key, 3);
      const state = tree.tidy(() => {
        const fixed = {
          ...params,
          encoder: calibratedOnSome(encoder, params.encoder, images, key),
        };
        if (!byKMeans) return guessed(fixed, images);
        const embedded = Array.from({ length: rotations }, (_, r) =>
          embedAll((x) => embed(fixed, turn(x, r)), images),
        );
        const rows = clusteringRows(tf.concat(embedded) as Tensor2D, dims);
        return groupedByKMeans(rows, sizes, forGroups, forSubgroups);
      });
      // Guesses are named by the heads that made them, which therefore stay.
      const next = byKMeans
        ? { encoder: tree.clone(params.encoder), ...heads(forHeads) }
        : tree.clone(params);
      tf.dispose([forHeads, forGroups, forSubgroups]);
      return { params: next, state };
    },
    embed,
    calibrate({ encoder: own, ...others }, x) {
      return { ...tree.clone(others), encoder: calibrate(encoder, own, x) };
    },
  };
}
