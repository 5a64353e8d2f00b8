/** A method with its networks and its views: what is trained on somebody's pictures. */
import { expectNumber, expectOneOf } from '../core/checks';
import type { Tensor4D } from '../core/engine';
import type { Key } from '../core/random';
import { simclr } from '../contrastive/simclr';
import { augment as recipes } from './views';
import type {
  JointEmbeddingMethod,
  JointEmbeddingOptions,
  JointEmbeddingParams,
  TwoViews,
} from '../energy/jointEmbedding';
import { mlp, predictor, projector, smallConvNet, type NetworkParams } from '../nn/backbones';
import type { Layer } from '../nn/layer';
import { barlowTwins } from '../noncontrastive/barlowTwins';
import { byol } from '../noncontrastive/byol';
import { siamese } from '../noncontrastive/siamese';
import { simsiam } from '../noncontrastive/simsiam';
import { vicreg } from '../noncontrastive/vicreg';

/** The networks' parameters; a method may have more beside them. */
export type LearnerParams = JointEmbeddingParams<NetworkParams, NetworkParams>;

/** Any of the methods, whatever state it keeps. */
export type LearnerMethod = JointEmbeddingMethod<LearnerParams, unknown>;

type Networks = JointEmbeddingOptions<NetworkParams, NetworkParams>;

/** The width of the embedding in which the losses are computed. */
const WIDTH = 64;

const methods = {
  simclr: (networks: Networks) => simclr({ ...networks, temperature: 0.2 }),
  vicreg: (networks: Networks) => vicreg(networks),
  'barlow-twins': (networks: Networks) => barlowTwins(networks),
  byol: (networks: Networks) => byol({ ...networks, predictor: predictor(WIDTH, 128) }),
  simsiam: (networks: Networks) => simsiam({ ...networks, predictor: predictor(WIDTH, 32) }),
  agreement: ({ encoder }: Networks) =>
    siamese({ encoder, projector: mlp([FEATURES, 128, WIDTH]) }),
};

/** The size of a picture's embedding. */
export const FEATURES = 128;

/** A method by its name on the command line. 'agreement' is the control that collapses. */
export type MethodName = keyof typeof methods;

/** The names that `learner` knows; the default first, the control last. */
export const methodNames = Object.keys(methods) as readonly MethodName[];

export interface LearnerOptions {
  /** Default 'simclr'. */
  readonly method?: MethodName;
  /** [height, width, channels] of the pictures. */
  readonly shape: readonly [number, number, number];
  /** Channels of the encoder's first block; default 32. */
  readonly width?: number;
  /** Two random views of each picture of a batch; default SimCLR's recipe for small pictures. */
  readonly views?: (examples: { readonly images: Tensor4D }, key: Key) => TwoViews;
}

export interface Learner {
  readonly name: MethodName;
  readonly method: LearnerMethod;
  /** [batch, height, width, channels] -> [batch, features]: what is kept. */
  readonly encoder: Layer<NetworkParams>;
  readonly features: number;
  readonly shape: readonly [number, number, number];
  readonly views: (examples: { readonly images: Tensor4D }, key: Key) => TwoViews;
}

/**
 * A method with the networks that a laptop trains in minutes: three blocks of strided convolution
 * and a dense layer (`nn.smallConvNet`), 128 features, a projector of two layers.
 *
 * @throws where the method is not one of `methodNames`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { pictures, random } from 'dark-matter';
 *
 * const { method, encoder } = pictures.learner({ method: 'vicreg', shape: [8, 8, 3], width: 4 });
 * const x = random.uniform(random.key(1), [6, 8, 8, 3]);
 * assert.deepEqual(encoder.apply(encoder.init(random.key(0)), x).shape, [6, 128]);
 * assert.equal(method.mechanism, 'regularised');
 * ```
 */
export function learner(options: LearnerOptions): Learner {
  const { method = 'simclr', shape, width = 32, views = recipes() } = options;
  expectOneOf('method', method, methodNames);
  expectNumber('width', width, { atLeast: 1, integer: true });
  const [height, wide, channels] = shape;
  const encoder = smallConvNet({ width, features: FEATURES, channels, side: [height, wide] });
  const networks = { encoder, projector: projector([FEATURES, 256, WIDTH]) };
  return {
    name: method,
    // Each keeps a state of its own kind, which `train` carries along and nobody else reads.
    method: methods[method](networks) as unknown as LearnerMethod,
    encoder,
    features: FEATURES,
    shape,
    views,
  };
}
