/**
 * What holds for every method of the library. Each is built here of networks with batch
 * normalisation and dropout, wherever it takes networks.
 */
import {
  contrastive,
  denoising,
  energy,
  latent,
  nn,
  noncontrastive,
  random,
  supervised,
  tf,
  tree,
  type Method,
  type Tensor,
} from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { expectNoLeak } from '../helpers/memory';
import { sparseAutoencoder, vaeOn } from '../../lib/study/race/autoencoders';
import { methodNames } from '../helpers/methods';

type Tensor1D = ReturnType<typeof tf.tensor1d>;
type Tensor2D = ReturnType<typeof tf.tensor2d>;
type Tensor4D = ReturnType<typeof tf.tensor4d>;

/** Which networks were told of a key since the last look, and the keys. */
const heard = new Map<string, string[]>();
/** A layer that is random, and notes the keys that it gets. */
const listener = (role: string): nn.Layer<nn.NoParams> => ({
  name: 'listener',
  stochastic: true,
  init: () => ({}),
  apply: (_params, x, options) => {
    const key = options?.key ? [...options.key.dataSync()].join() : 'none';
    heard.set(role, [...(heard.get(role) ?? []), key]);
    return x.clone();
  },
});
const net = (role: string, inputs: number, outputs: number): nn.Layer<nn.NetworkParams> =>
  nn.sequential([
    nn.dense(inputs, 16),
    nn.batchNorm(16),
    nn.relu(),
    listener(role),
    nn.dropout(0.5),
    nn.dense(16, outputs),
  ]) as unknown as nn.Layer<nn.NetworkParams>;

const n = 12;
const points = (seed: number, width = 6): Tensor2D =>
  random.normal(random.key(seed), [n, width], 0.5, 2) as Tensor2D;
const [x, y] = [points(1), points(2)];
const images = random.uniform(random.key(3), [n, 8, 8, 1]);
const otherImages = random.uniform(random.key(4), [n, 8, 8, 1]);
const labels = random.randint(random.key(5), [n], 0, 3) as Tensor1D;
const index = tf.range(0, n, 1, 'int32') as Tensor1D;

/** A method, its batch, and what it is asked afterwards about one example or pair, by name. */
interface Case {
  readonly roles: readonly string[];
  objective(key: random.Key): { readonly loss: Tensor };
  calibrated(): unknown;
  ask(params: unknown, x: Tensor, y: Tensor): Readonly<Record<string, () => Tensor>>;
  readonly params: unknown;
  readonly x: Tensor;
  readonly y: Tensor;
}

interface Answers<P> {
  energy?(params: P, x: Tensor, y: Tensor): Tensor;
  embed?(params: P, x: Tensor): Tensor;
  project?(params: P, x: Tensor): Tensor;
  calibrate?(params: P, x: Tensor, y?: Tensor): P;
}

function caseOf<P, S, B>(
  method: Method<P, S, B>,
  batch: B,
  roles: string,
  about: { readonly x: Tensor; readonly y: Tensor } = { x, y },
  stateful?: (state: S) => Answers<P>,
): Case {
  const { params, state } = method.init(random.key(6));
  const answers: Answers<P> = stateful ? stateful(state) : (method as unknown as Answers<P>);
  const { energy: energyOf, embed, project } = answers;
  return {
    params,
    ...about,
    roles: roles.split(' ').filter(Boolean),
    objective: (key) => method.objective(params, batch, key, state),
    calibrated: () => answers.calibrate!(params, about.x, about.y),
    ask: (given, one, other) => ({
      ...(energyOf && { energy: () => energyOf(given as P, one, other) }),
      ...(embed && { embed: () => embed(given as P, one) }),
      ...(project && { project: () => project(given as P, one) }),
    }),
  };
}

const twins = { encoder: net('encoder', 6, 8), projector: net('projector', 8, 4) };
const views = { x1: x, x2: x.add(0.1) };
const predictor = net('predictor', 4, 4);
const [joint, pair] = ['encoder projector', { x, y }];
const plane = { x: points(7, 2), y: points(8, 2) };
const network = net('network', 2, 1);
const walk = { steps: 2, stepSize: 0.1 };
const onImages = nn.sequential([nn.flatten(), net('encoder', 64, 8)]);
const shape = { side: 8, channels: 1, features: 8 };
const patches = nn.visionTransformer({
  height: 8,
  width: 8,
  channels: 1,
  patch: 2,
  features: 8,
  depth: 1,
  heads: 2,
});
const pictured = { x: images, y: otherImages };
const ofImages = nn.sequential([nn.flatten(), net('encoder', 64, 8)]);
const clusters = { encoder: net('encoder', 6, 8), features: 8, examples: n, dims: 4 };
const words = {
  vocabulary: 24,
  length: 8,
  width: 16,
  depth: 1,
  heads: 2,
  masking: { count: 2, mask: 1, words: [4, 24] as const },
};
const tokens = random.randint(random.key(9), [n, 8], 4, 24) as Tensor2D;
const hole = tf.oneHot(tf.fill([n], 3, 'int32'), 8).toInt();
const asked = tokens.mul(tf.sub(1, hole)).add(hole).toInt();
const text = { x: asked, y: random.randint(random.key(10), [n], 4, 24) };
const auto = { encoder: net('encoder', 6, 4), decoder: net('decoder', 2, 6) };
const likelihood = { kind: 'gaussian', std: 1 } as const;
const ofPair = latent.latentPredictor({
  predictor: net('predictor', 8, 6),
  latents: latent.choices(2),
});
const limited = latent.limitedAutoencoder({
  encoder: net('encoder', 6, 4),
  decoder: net('decoder', 4, 6),
  limit: latent.noisyLimit({ std: 0.1 }),
});
const plainPredictor = nn.dense(8, 6);
const amortised = latent.amortisedInference({
  predictor: plainPredictor,
  predictorParams: plainPredictor.init(random.key(0)),
  encoder: net('encoder', 12, 2),
});

const cases: Readonly<Record<string, () => Case>> = {
  simclr: () => caseOf(contrastive.simclr(twins), views, joint),
  moco: () => caseOf(contrastive.moco({ ...twins, dim: 4, queue: 16 }), views, joint),
  drlim: () => caseOf(contrastive.drlim(twins), views, joint),
  tripletNetwork: () => caseOf(contrastive.tripletNetwork(twins), views, joint),
  siamese: () => caseOf(noncontrastive.siamese(twins), views, joint),
  byol: () => caseOf(noncontrastive.byol({ ...twins, predictor }), views, `${joint} predictor`),
  simsiam: () =>
    caseOf(noncontrastive.simsiam({ ...twins, predictor }), views, `${joint} predictor`),
  barlowTwins: () => caseOf(noncontrastive.barlowTwins(twins), views, joint),
  vicreg: () => caseOf(noncontrastive.vicreg(twins), views, joint),
  wmse: () => caseOf(noncontrastive.wmse(twins), views, joint),
  lejepa: () => caseOf(noncontrastive.lejepa(twins), views, joint),
  swav: () => caseOf(noncontrastive.swav({ ...twins, dim: 4, prototypes: 5 }), views, joint),
  dino: () => caseOf(noncontrastive.dino({ ...twins, dim: 4, prototypes: 5 }), views, joint),
  deepCluster: () =>
    caseOf(noncontrastive.deepCluster({ ...clusters, clusters: 3 }), { x, index }, 'encoder'),
  deeperCluster: () =>
    caseOf(
      noncontrastive.deeperCluster({
        ...clusters,
        encoder: ofImages,
        groups: 2,
        subgroups: 2,
      }),
      { x: images, index },
      'encoder',
      pictured,
    ),
  ijepa: () =>
    caseOf(
      noncontrastive.ijepa({
        encoder: patches,
        predictor: { features: 4, depth: 1, heads: 1 },
        blocks: 1,
        height: 2,
        width: 2,
      }),
      { images },
      '',
      pictured,
    ),
  frameJepa: () =>
    caseOf(
      noncontrastive.frameJepa({
        encoder: net('encoder', 6, 8),
        predictor: net('predictor', 16, 8),
      }),
      { past: random.normal(random.key(12), [n, 2, 6], 0.5, 2), next: x },
      'encoder predictor',
      { x: random.normal(random.key(13), [n, 2, 6], 0.5, 2), y },
    ),
  pushDown: () => caseOf(energy.pushDown({ network }), plane, 'network', plane),
  nce: () => caseOf(contrastive.nce({ network, bounds: [-3, 3, -3, 3] }), plane, 'network', plane),
  ratio: () =>
    caseOf(
      contrastive.ratio({ network, samples: (_x, key) => random.normal(key, [n, 2]) }),
      plane,
      'network',
      plane,
    ),
  scoreMatching: () =>
    caseOf(contrastive.scoreMatching({ network, sigma: 0.3 }), plane, 'network', plane),
  contrastiveDivergence: () =>
    caseOf(contrastive.contrastiveDivergence({ network, walk }), plane, 'network', plane),
  persistentDivergence: () =>
    caseOf(
      contrastive.persistentDivergence({
        network,
        walk,
        size: 16,
        start: (key, count) => random.normal(key, [count, 2]),
      }),
      plane,
      'network',
      plane,
    ),
  gan: () =>
    caseOf(
      contrastive.gan({
        critic: energy.reconstruction(net('critic', 2, 2)),
        generator: net('generator', 3, 2),
        latent: 3,
      }),
      plane,
      'critic generator',
      plane,
    ),
  imageDenoising: () =>
    caseOf(
      denoising.imageDenoising({ network: net('network', 6, 6), sigma: 0.2 }),
      pair,
      'network',
    ),
  maskedImages: () =>
    caseOf(
      denoising.maskedImages({ encoder: patches, decoder: { features: 4, depth: 1, heads: 1 } }),
      { images },
      '',
      pictured,
    ),
  maskedWords: () => caseOf(denoising.maskedWords(words), { tokens }, '', text),
  replacedTokens: () =>
    caseOf(
      denoising.replacedTokens({ ...words, generator: { width: 8, heads: 1 } }),
      { tokens },
      '',
      text,
    ),
  dictionaryLearning: () =>
    caseOf(latent.dictionaryLearning({ dim: 6, atoms: 9, alpha: 0.1 }), pair, ''),
  layeredSparseCoding: () =>
    caseOf(
      latent.layeredSparseCoding({
        channels: 1,
        layers: [
          { filters: 6, size: 4, stride: 2, alpha: 0.1 },
          { filters: 5, size: 3, stride: 2, alpha: 0.1 },
        ],
      }),
      { x: images as Tensor4D },
      '',
      pictured,
    ),
  lista: () =>
    caseOf(
      latent.lista({ dictionary: points(11).slice([0, 0], [9, 6]), alpha: 0.1, rounds: 2 }),
      pair,
      '',
    ),
  predictiveSparseDecomposition: () =>
    caseOf(
      latent.predictiveSparseDecomposition({
        dim: 6,
        atoms: 9,
        encoder: net('encoder', 6, 9),
        alpha: 0.1,
      }),
      pair,
      'encoder',
    ),
  vae: () => caseOf(latent.vae({ ...auto, likelihood }), pair, 'encoder decoder'),
  conditionalVae: () =>
    caseOf(
      latent.conditionalVae({
        encoder: net('encoder', 12, 4),
        decoder: net('decoder', 8, 6),
        prior: net('prior', 6, 4),
        dim: 2,
        likelihood,
      }),
      pair,
      'encoder decoder prior',
    ),
  mixtureDensity: () =>
    caseOf(
      latent.mixtureDensity({ network: net('network', 6, 16), components: 2, dim: 6 }),
      pair,
      'network',
    ),
  latentPredictor: () => caseOf(ofPair, pair, 'predictor'),
  limitedAutoencoder: () =>
    caseOf(limited, pair, 'encoder decoder', pair, (state) => ({
      energy: (params, one) => limited.energyIn(params, state, one as Tensor2D),
      calibrate: (params, one) => limited.calibrate(params, state, one as Tensor2D),
    })),
  amortisedInference: () =>
    caseOf(amortised, pair, 'encoder', pair, (state) => ({
      energy: (params, one, other) =>
        amortised.infer(params, state, one as Tensor2D, other as Tensor2D),
      calibrate: (params, one, other) =>
        amortised.calibrate(params, one as Tensor2D, other as Tensor2D),
    })),
  vaeOn: () =>
    caseOf(vaeOn(onImages, shape, { beta: 1 }), { x: images }, 'encoder', {
      x: images,
      y: otherImages,
    }),
  sparseAutoencoder: () =>
    caseOf(sparseAutoencoder(onImages, shape, { alpha: 0.1 }), { x: images }, 'encoder', {
      x: images,
      y: otherImages,
    }),
  supervised: () =>
    caseOf(
      supervised({ encoder: net('encoder', 6, 8), features: 8, classes: 3 }),
      { x, labels },
      'encoder',
      { x, y: labels },
    ),
};
const all = Object.entries(cases).map(([name, make]) => [name, make] as const);

it('every method of the library is tried here', () => {
  expect(Object.keys(cases).sort()).toEqual([...methodNames].sort());
});

describe.each(all)('%s', (_name, make) => {
  const given = make();
  const row = (of: Tensor, i: number): Tensor => of.slice([i], [1]);

  it('calibrated, says of an example alone what it says of it in a batch', () => {
    const params = given.calibrated();
    for (const [what, ofAll] of Object.entries(given.ask(params, given.x, given.y))) {
      const together = ofAll();
      for (const i of [0, 5, n - 1]) {
        const alone = given.ask(params, row(given.x, i), row(given.y, i))[what]!();
        const difference = alone.sub(row(together, i)).abs().max().dataSync()[0]!;
        const size = Math.max(1, together.abs().max().dataSync()[0]!);
        expect(difference / size, what).toBeLessThan(1e-5);
      }
      // And it is not the same of all of them.
      const spread = together.sub(row(together, 0)).abs().max().dataSync()[0]!;
      expect(spread, what).toBeGreaterThan(1e-3);
    }
  });

  it.runIf(given.roles.length > 0)('not calibrated, refuses to answer, and says what to do', () => {
    for (const answer of Object.values(given.ask(given.params, given.x, given.y)))
      expect(answer).toThrow(
        'batchNorm(16): params without statistics of the data given, calibrated ones expected; ' +
          'call `method.calibrate(params, images)` first',
      );
  });

  it('is calibrated into parameters of their own, and leaks nothing', () => {
    const before = new Set(tree.leaves(given.params));
    expect(tree.leaves(given.calibrated()).filter((leaf) => before.has(leaf))).toEqual([]);
    expectNoLeak(() => tree.dispose(given.calibrated()));
  });

  it.runIf(given.roles.length > 0)(
    'hands each network a key in training, another one for another step, and none afterwards',
    () => {
      const keysOf = (seed: number): Map<string, string[]> => {
        heard.clear();
        given.objective(random.key(seed));
        return new Map([...heard].map(([role, keys]) => [role, keys.filter((k) => k !== 'none')]));
      };
      const [first, second] = [keysOf(1), keysOf(2)];
      expect([...first.keys()].sort()).toEqual([...given.roles].sort());
      for (const [role, keys] of first) {
        expect(keys, role).not.toEqual([]);
        expect(keys.filter((k) => second.get(role)!.includes(k))).toEqual([]);
      }
      const params = given.calibrated();
      heard.clear();
      for (const answer of Object.values(given.ask(params, given.x, given.y))) answer();
      expect([...new Set([...heard.values()].flat())]).toEqual(['none']);
    },
  );
});

describe('of the methods that compare examples', () => {
  const plain = { encoder: nn.dense(6, 8), projector: nn.dense(8, 4) };
  const methods = {
    simclr: contrastive.simclr(plain),
    moco: contrastive.moco({ ...plain, dim: 4 }),
    drlim: contrastive.drlim(plain),
    tripletNetwork: contrastive.tripletNetwork(plain),
    siamese: noncontrastive.siamese(plain),
    byol: noncontrastive.byol({ ...plain, predictor: nn.dense(4, 4) }),
    simsiam: noncontrastive.simsiam({ ...plain, predictor: nn.dense(4, 4) }),
    barlowTwins: noncontrastive.barlowTwins(plain),
    vicreg: noncontrastive.vicreg(plain),
    wmse: noncontrastive.wmse(plain),
    lejepa: noncontrastive.lejepa(plain),
    swav: noncontrastive.swav({ ...plain, dim: 4, prototypes: 5 }),
    dino: noncontrastive.dino({ ...plain, dim: 4, prototypes: 5 }),
  };
  it.each(Object.entries(methods))('%s refuses a batch of one', (_name, method) => {
    const train = method as Method<unknown, unknown, energy.TwoViews>;
    const { params, state } = train.init(random.key(0));
    const one = { x1: tf.ones([1, 6]), x2: tf.ones([1, 6]) };
    expect(() => train.objective(params, one, random.key(1), state)).toThrow(
      'batch: 1 given, a whole number at least 2 expected',
    );
  });
  it('their losses refuse it too', () => {
    const one = tf.ones([1, 4]) as Tensor2D;
    const losses = [
      () => noncontrastive.vicregLoss(one, one),
      () => noncontrastive.barlowTwinsLoss(one, one),
      () => noncontrastive.lejepaLoss(one, one, random.key(0)),
      () => noncontrastive.swavLoss([one, one], 2),
    ];
    for (const loss of losses) expect(loss).toThrow('batch: 1 given');
  });
});
