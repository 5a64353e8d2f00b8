/** Joint embeddings of points in the plane: what trains each, and what it looks like. */
import { simclr } from 'dark-matter/contrastive/simclr';
import { tf, type Tensor, type Tensor2D } from 'dark-matter/core/engine';
import { l2Normalize } from 'dark-matter/core/l2Normalize';
import type { Method } from 'dark-matter/core/method';
import * as random from 'dark-matter/core/random';
import type { JointEmbeddingMethod, TwoViews } from 'dark-matter/energy/jointEmbedding';
import { effectiveRank, standardDeviation } from 'dark-matter/measure/collapse';
import * as nn from 'dark-matter/nn';
import { barlowTwins } from 'dark-matter/noncontrastive/barlowTwins';
import { byol } from 'dark-matter/noncontrastive/byol';
import { siamese } from 'dark-matter/noncontrastive/siamese';
import { vicreg } from 'dark-matter/noncontrastive/vicreg';
import { HALF, type Twins, type TwinsPicture, type TwinsSettings } from './messages';

const BATCH = 128;
/** Of the embedding, so that it can be drawn on a sphere. */
const DIM = 3;

type AnyMethod = Pick<JointEmbeddingMethod<unknown, unknown>, 'project'> &
  Method<unknown, unknown, TwoViews>;

/** The method of each choice, with its mechanism or without. */
export function methodOf({ method, held }: TwinsSettings): AnyMethod {
  const encoder = nn.mlp([2, 32, 32], { activation: nn.relu });
  const projector = nn.sequential([nn.relu(), nn.dense(32, DIM)]);
  const networks = { encoder, projector };
  const made = {
    agreement: () => siamese(networks),
    simclr: () => (held ? simclr({ ...networks, temperature: 0.2 }) : siamese(networks)),
    vicreg: () => vicreg({ ...networks, variance: held ? 25 : 0, covariance: held ? 1 : 0 }),
    barlow: () => barlowTwins({ ...networks, lambda: 0.05, standardises: held }),
    byol: () =>
      byol({ ...networks, predictor: nn.mlp([DIM, 32, DIM]), predicts: held, momentum: 0.9 }),
  };
  return made[method]() as unknown as AnyMethod;
}

/** An example and its twin: the same points of the page, each shaken twice. */
export function batchOf(points: Float32Array, noise: number, step: number): TwoViews {
  const generator = random.hostGenerator(step);
  const views = [0, 1].map(() => new Float32Array(2 * BATCH));
  for (let i = 0; i < BATCH; i++) {
    const k = generator.integer(points.length / 2);
    for (const view of views)
      for (const axis of [0, 1])
        view[2 * i + axis] = (points[2 * k + axis]! + noise * generator.normal()) / (HALF / 2);
  }
  const [x1, x2] = views.map((view) => tf.tensor2d(view, [BATCH, 2]));
  return { x1: x1!, x2: x2! };
}

/** These compare directions; the others compare places. */
const onSphere = (method: Twins): boolean => !['vicreg', 'barlow'].includes(method);

/** Standard deviations that the sphere's radius shows, where embeddings are not on it. */
const RADIUS = 2.5;

/** Half the squared distance of each pair: 1 - cos where both are on the sphere. */
const energyOf = (a: Tensor2D, b: Tensor2D): Tensor => a.sub(b).square().sum(1).div(2);

/** What the embeddings look like: in the sphere, and in three figures. */
export function look(
  project: (x: Tensor2D) => Tensor2D,
  points: Float32Array,
  { method, noise }: TwinsSettings,
): Pick<TwinsPicture, 'embeddings' | 'spread' | 'rank' | 'gap'> {
  const sphere = onSphere(method);
  const x = tf.tensor2d(points, [points.length / 2, 2]);
  const views = batchOf(points, noise, 0x5eed) as { x1: Tensor2D; x2: Tensor2D };
  const [z, z1, z2, shown] = tf.tidy(() => {
    const embedded = [x.div(HALF / 2) as Tensor2D, views.x1, views.x2].map((each) =>
      sphere ? l2Normalize(project(each)) : project(each),
    );
    const scaled = embedded[0]!.div(sphere ? 1 : RADIUS);
    return [...embedded, scaled.div(tf.maximum(1, scaled.norm(2, 1, true))) as Tensor2D];
  });
  const energies = tf.tidy(() => {
    const strangers = tf.concat([z2!.slice([1]), z2!.slice([0], [1])]) as Tensor2D;
    return energyOf(z1!, strangers).mean().sub(energyOf(z1!, z2!).mean());
  });
  const picture = {
    embeddings: shown!.dataSync().slice() as Float32Array,
    spread: standardDeviation(z!).mean * (sphere ? Math.sqrt(DIM) : 1),
    rank: effectiveRank(z!),
    gap: energies.dataSync()[0]!,
  };
  tf.dispose([x, views, z!, z1!, z2!, shown!, energies]);
  return picture;
}
