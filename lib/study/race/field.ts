/** Every method of the library that learns features of images, with one encoder for all. */
import { tripletNetwork, drlim } from '../../contrastive/oneNegative';
import { moco } from '../../contrastive/moco';
import { simclr } from '../../contrastive/simclr';
import { expectNumber } from '../../core/checks';
import { maskedImages } from '../../denoising/maskedImages';
import { predictor, projector, smallConvNet, visionTransformer } from '../../nn';
import { barlowTwins } from '../../noncontrastive/barlowTwins';
import { byol } from '../../noncontrastive/byol';
import { deepCluster } from '../../noncontrastive/deepCluster';
import { deeperCluster } from '../../noncontrastive/deeperCluster';
import { dino } from '../../noncontrastive/dino';
import { ijepa } from '../../noncontrastive/ijepa';
import { lejepa } from '../../noncontrastive/lejepa';
import { siamese } from '../../noncontrastive/siamese';
import { simsiam } from '../../noncontrastive/simsiam';
import { swav } from '../../noncontrastive/swav';
import { vicreg } from '../../noncontrastive/vicreg';
import { wmse } from '../../noncontrastive/wmse';
import { supervised } from '../../train/supervised';
import { baselines } from '../baselines';
import type { Contestant } from '../contestant';
import { sparseAutoencoder, vaeOn } from './autoencoders';
import { fromClusters, fromHidden, fromLabels, fromOneView, fromViews, type Entry } from './entry';
import type { RaceImages } from './images';
import type { Knob } from './search';

/** What the networks have to fit. */
export type Shape = Pick<RaceImages, 'side' | 'channels' | 'pixels' | 'classes'>;

/** The width of every row's features. */
export const features = 128;

/** Of the projectors' output, where the losses are computed. */
const dim = 64;

const knob = (name: string, ...values: Knob['values']): { readonly knob: Knob } => ({
  knob: { name, values },
});

/**
 * Every method of the library that learns features of whole images, by name: all with one small
 * convolutional encoder, one projector and 128 features, but for those that need patches, which have
 * a small transformer and rows of their own to be compared with.
 *
 * Each knob has three values, all rows being searched alike: the one that is tried first, for short
 * trainings and these narrow networks, and two others. The library's default is among them, but for
 * DINO's and I-JEPA's momentum (0.996), which suits long trainings only.
 *
 * @throws where `side` is no multiple of 4 of at least 8.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { race } from 'dark-matter';
 *
 * const digits = { side: 28, channels: 1, classes: ['0', '1'], pixels: { mean: 0.13, std: 0.31 } };
 * const { SimCLR, BYOL } = race.field(digits);
 * assert.equal(SimCLR!.mechanism, 'contrastive');
 * assert.deepEqual(BYOL!.knob, { name: 'momentum', values: [0.97, 0.9, 0.99] });
 * ```
 */
export function field(shape: Shape): Readonly<Record<string, Entry>> {
  const { encoder, networks, onTokens, tokens } = networksFor(shape);
  const classes = shape.classes.length;
  const given = { encoder, features };
  const byTransformer = { encoder: 'transformer' as const };
  return {
    supervised: fromLabels((smoothing) => supervised({ ...given, classes, smoothing }), {
      ...knob('label smoothing', 0, 0.1, 0.2),
    }),
    'agreement only': fromViews(() => siamese(networks)),
    DrLIM: fromViews((margin) => drlim({ ...networks, margin }), knob('margin', 1, 0.5, 1.5)),
    Triplet: fromViews(
      (margin) => tripletNetwork({ ...networks, margin }),
      knob('margin', 1, 0.5, 1.5),
    ),
    SimCLR: fromViews(
      (temperature) => simclr({ ...networks, temperature }),
      knob('temperature', 0.2, 0.1, 0.5),
    ),
    MoCo: fromViews(
      (momentum) => moco({ ...networks, dim, momentum }),
      knob('momentum', 0.97, 0.9, 0.99),
    ),
    DeepCluster: fromClusters(
      (clusters, examples) => deepCluster({ ...given, clusters, examples }),
      knob('clusters', 50, 20, 100),
    ),
    DeeperCluster: fromClusters(
      (groups, examples) => deeperCluster({ ...given, groups, subgroups: 10, examples }),
      knob('groups', 5, 2, 10),
    ),
    SwAV: fromViews(
      (prototypes) => swav({ ...networks, dim, prototypes }),
      knob('prototypes', 50, 20, 100),
    ),
    DINO: fromViews(
      (momentum) => dino({ ...networks, dim, prototypes: 50, momentum }),
      knob('momentum', 0.97, 0.9, 0.99),
    ),
    SimSiam: fromViews(
      (hidden) => simsiam({ ...networks, predictor: predictor(dim, hidden) }),
      knob('predictor’s width', 32, 16, 128),
    ),
    BYOL: fromViews(
      (momentum) => byol({ ...networks, predictor: predictor(dim, 128), momentum }),
      knob('momentum', 0.97, 0.9, 0.99),
    ),
    'Barlow Twins': fromViews(
      (lambda) => barlowTwins({ ...networks, lambda }),
      knob('lambda', 0.05, 0.005, 0.2),
    ),
    VICReg: fromViews(
      (covariance) => vicreg({ ...networks, covariance }),
      knob('covariance weight', 1, 5, 25),
    ),
    'W-MSE': fromViews(
      (shrinkage) => wmse({ ...networks, shrinkage }),
      knob('shrinkage', 0, 0.001, 0.01),
    ),
    LeJEPA: fromViews((lambda) => lejepa({ ...networks, lambda }), knob('lambda', 0.05, 0.02, 0.2)),
    VAE: fromOneView(
      (beta) => vaeOn(encoder, { ...shape, features }, { beta }),
      knob('beta', 1, 0.1, 4),
    ),
    'sparse auto-encoder': fromOneView(
      (alpha) => sparseAutoencoder(encoder, { ...shape, features }, { alpha }),
      knob('alpha', 0.1, 0.01, 1),
    ),
    MAE: fromHidden((ratio) => maskedImages({ encoder: tokens, decoder: narrow, ratio }), {
      ...byTransformer,
      ...knob('hidden part', 0.75, 0.5, 0.9),
    }),
    'I-JEPA': fromHidden(
      (momentum) => ijepa({ encoder: tokens, predictor: narrow, ...blocks, momentum }),
      { ...byTransformer, ...knob('momentum', 0.97, 0.9, 0.99) },
    ),
    'SimCLR (transformer)': fromViews((temperature) => simclr({ ...onTokens, temperature }), {
      ...byTransformer,
      ...knob('temperature', 0.2, 0.1, 0.5),
    }),
    'supervised (transformer)': fromLabels(
      (smoothing) => supervised({ encoder: tokens, features, classes, smoothing }),
      { ...byTransformer, ...knob('label smoothing', 0, 0.1, 0.2) },
    ),
  };
}

/**
 * What every method has to beat, with as many features: principal components, k-means on patches,
 * and both encoders before any training.
 *
 * @throws as `field` does.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { race } from 'dark-matter';
 *
 * const digits = { side: 28, channels: 1, classes: ['0', '1'], pixels: { mean: 0.13, std: 0.31 } };
 * assert.deepEqual(Object.keys(race.toBeat(digits)), [
 *   'PCA, 128', 'k-means patches, 128', 'untrained encoder', 'untrained (transformer)',
 * ]);
 * ```
 */
export function toBeat(shape: Shape): Record<string, Contestant> {
  const { encoder, tokens } = networksFor(shape);
  const widths = { features, components: features };
  const { 'raw pixels': _pixels, ...rows } = baselines({ encoder, ...widths });
  const { 'untrained encoder': transformer } = baselines({ encoder: tokens, ...widths });
  return { ...rows, 'untrained (transformer)': transformer! };
}

/** The networks that all rows share. */
function networksFor({ side, channels, pixels }: Shape) {
  expectNumber('field: side', side, { atLeast: 8, integer: true });
  if (side % 4 !== 0)
    throw new Error(`field: side: ${side} given, a multiple of 4 expected (patches)`);
  const encoder = smallConvNet({ features, channels, side });
  const patch = side / 4;
  const tokens = visionTransformer({
    height: side,
    width: side,
    channels,
    patch,
    features,
    pixels,
    depth: 1,
    heads: 4,
    hidden: 256,
  });
  const head = projector([features, features, dim]);
  return {
    encoder,
    networks: { encoder, projector: head },
    tokens,
    onTokens: { encoder: tokens, projector: head },
  };
}

/** Of MAE's decoder and I-JEPA's predictor. */
const narrow = { features: 64, depth: 1, heads: 2, hidden: 128 } as const;
/** I-JEPA's targets, on a grid of 4 x 4 patches. */
const blocks = { blocks: 3, height: 2, width: 2 } as const;
