/**
 * DeeperCluster's classes: an example turned by r quarters belongs to (rotation r, group), and
 * within that class to a subgroup.
 */
import { tf, type Tensor, type Tensor1D, type Tensor2D, type Tensor3D } from '../core/engine';
import * as random from '../core/random';
import { clusterRows } from './clustering';

/** How many there are of each. */
export interface GroupSizes {
  /** 4, or 1 where nothing is turned. */
  readonly rotations: number;
  readonly groups: number;
  readonly subgroups: number;
  readonly examples: number;
}

/** The class and the subgroup of each example in each rotation, int32 [rotations, examples]. */
export interface RotatedGroups {
  readonly coarse: Tensor2D;
  readonly fine: Tensor2D;
}

/** Tells the subgroups of each class apart. */
export interface SubgroupHead {
  /** [classes, features, subgroups] */
  readonly kernel: Tensor3D;
  /** [classes, subgroups] */
  readonly bias: Tensor2D;
}

/**
 * How likely each subgroup is, of the class that is given.
 *
 * @param z [n, features]. @param own int32 [n], the class of each. @returns logits [n, subgroups].
 */
export function subgroupLogits(head: SubgroupHead, z: Tensor2D, own: Tensor1D): Tensor2D {
  return tf.tidy(
    () =>
      tf
        .matMul(z.expandDims(1), tf.gather(head.kernel, own))
        .squeeze([1])
        .add(tf.gather(head.bias, own)) as Tensor2D,
  );
}

/**
 * What k-means finds in all turned images: groups first, then subgroups within each class.
 *
 * @param rows [rotations * examples, dims], one rotation after the other.
 */
export function groupedByKMeans(
  rows: Tensor2D,
  { rotations, groups, subgroups, examples }: GroupSizes,
  forGroups: random.Key,
  forSubgroups: random.Key,
): RotatedGroups {
  const groupsOfRows = clusterRows(rows, groups, forGroups).dataSync();
  const coarse = Int32Array.from(
    groupsOfRows,
    (group, i) => Math.floor(i / examples) * groups + group,
  );
  const fine = new Int32Array(coarse.length);
  for (let own = 0; own < rotations * groups; own++) {
    const members = Int32Array.from(coarse.keys()).filter((i) => coarse[i] === own);
    if (members.length < subgroups) continue; // too few to be divided: all are in subgroup 0
    const split = clusterRows(
      tf.gather(rows, tf.tensor1d(members, 'int32')) as Tensor2D,
      subgroups,
      random.foldIn(forSubgroups, own),
    ).dataSync();
    members.forEach((i, j) => (fine[i] = split[j]!));
  }
  const shaped = (values: Int32Array): Tensor2D =>
    tf.tensor2d(values, [rotations, examples], 'int32');
  return { coarse: shaped(coarse), fine: shaped(fine) };
}

/**
 * A batch in as many parts as there are rotations, each turned by its own, with the classes and
 * subgroups that its examples have there.
 *
 * @param index int32 [batch], the examples' places in the data.
 */
export function turnedParts(
  x: Tensor,
  index: Tensor1D,
  state: RotatedGroups,
  turn: (images: Tensor, times: number) => Tensor,
): { readonly x: Tensor; readonly coarse: Tensor1D; readonly fine: Tensor1D } {
  const [batch, [rotations, examples]] = [x.shape[0]!, state.coarse.shape];
  const parts = Array.from({ length: rotations }, (_, r) => {
    const from = Math.round((batch * r) / rotations);
    const size = Math.round((batch * (r + 1)) / rotations) - from;
    const own = index.slice([from], [size]);
    const of = (all: Tensor2D): Tensor1D =>
      tf.gather(all.slice([r, 0], [1, examples]).reshape([examples]), own) as Tensor1D;
    return {
      x: turn(x.slice([from], [size]), r),
      coarse: of(state.coarse),
      fine: of(state.fine),
    };
  });
  return {
    x: tf.concat(parts.map((part) => part.x)),
    coarse: tf.concat(parts.map((part) => part.coarse)) as Tensor1D,
    fine: tf.concat(parts.map((part) => part.fine)) as Tensor1D,
  };
}
