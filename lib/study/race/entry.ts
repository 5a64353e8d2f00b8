/** A row of a race: a method, what may be chosen for it, and how it is trained. */
import type { Tensor, Tensor1D, Tensor2D } from '../../core/engine';
import type { EmbeddingMethod, EnergyMethod, Mechanism } from '../../core/method';
import * as tree from '../../core/pytree';
import type { Key } from '../../core/random';
import { twoViews, type Augmentation } from '../../data/augment';
import type { Labelled } from '../../data/labelled';
import type { TwoViews } from '../../energy/jointEmbedding';
import type { Clustering } from '../../noncontrastive/clustering';
import { adam } from '../../train/optim';
import { startingAt, warmupCosine, type Schedule } from '../../train/schedule';
import type { LabelledBatch } from '../../train/supervised';
import { alternating } from '../alternating';
import { contestant, type Contestant } from '../contestant';
import type { Choice, Knob } from './search';

/** What a film is taken of: the network at some step, normalization layers calibrated. */
export interface Network {
  /** [n, height, width, channels] -> [n, features]: what is judged. The caller owns the result. */
  features(images: Tensor): Tensor2D;
  /** F of each pair, [n]. The caller owns the result. @throws where the method has none of pairs. */
  energy(x: Tensor, y: Tensor): Tensor1D;
}

/** How an entry is trained; the same for all that are compared. */
export interface Run<F = unknown> {
  /** The images that are learned from; only supervised entries look at the labels. */
  readonly learn: Labelled;
  /** One random change of an image. */
  readonly view: Augmentation;
  readonly batch: number;
  /** Updates; of methods that train in rounds, the nearest number of rounds of equal length. */
  readonly steps: number;
  /** Looks at the network of the first seed before the training, after each `every` steps, at its end. */
  readonly film?: { readonly every: number; readonly of: (network: Network) => F };
}

/** A row of a race. */
export interface Entry {
  readonly mechanism: Mechanism;
  /** Whose features are judged: the convolutional network's that nearly all share, or a transformer's. */
  readonly encoder: 'convolutional' | 'transformer';
  readonly knob: Knob | undefined;
  contestant<F>(choice: Choice, run: Run<F>): Contestant<unknown, F>;
}

/** What an entry may say besides its method. */
interface About {
  readonly knob?: Knob;
  readonly encoder?: Entry['encoder'];
}

type Embedder<P, S, B> = EmbeddingMethod<P, S, B> & Partial<EnergyMethod<P, S, B>>;
type Batches<B> = (view: Augmentation) => (examples: Labelled, key: Key) => B;

/** Two views of each image. */
export const fromViews = <P, S>(
  make: (knob: number, examples: number) => Embedder<P, S, TwoViews>,
  about?: About,
): Entry => entry(make, twoViews, about);

/** One view of each image, and its label. */
export const fromLabels = <P, S>(
  make: (knob: number) => Embedder<P, S, LabelledBatch>,
  about?: About,
): Entry =>
  entry(
    make,
    (view) =>
      ({ images, labels }, key) => ({ x: view(images, key), labels }),
    about,
  );

/** One view of each image. */
export const fromOneView = <P, S>(
  make: (knob: number) => Embedder<P, S, { readonly x: Tensor }>,
  about?: About,
): Entry =>
  entry(
    make,
    (view) =>
      ({ images }, key) => ({ x: view(images, key) }),
    about,
  );

/** One view of each image, of which the method itself hides a part. */
export const fromHidden = <P, S>(
  make: (knob: number) => Embedder<P, S, { readonly images: Tensor }>,
  about?: About,
): Entry =>
  entry(
    make,
    (view) =>
      ({ images }, key) => ({ images: view(images, key) }),
    about,
  );

/** A method that trains in rounds, each of which sorts all images into groups first. */
export const fromClusters = <P, S>(
  make: (knob: number, examples: number) => Clustering<P, S>,
  about: About,
): Entry => ({
  ...aboutOf(make, about),
  contestant<F>({ rate, knob }: Choice, run: Run<F>): Contestant<unknown, F> {
    const { learn, view, batch, steps } = run;
    const method = make(knob, learn.labels.size);
    const rounds = Math.max(1, Math.round(steps / stepsOfRound));
    const updates = rounds * Math.round(steps / rounds);
    const learningRate = rateOf(rate, updates);
    return alternating<P, S, F>(method, {
      images: learn.images,
      augment: view,
      batch,
      updates,
      rounds,
      // Adam's averages begin anew with each round, as the classifier does; the schedule does not.
      optimizer: (done) => adam({ learningRate: startingAt(done, learningRate) }),
      ...filmOf(method, run),
    });
  },
});

/** Updates between two clusterings: about one pass over the images of a race. */
const stepsOfRound = 50;

function entry<P, S, B>(
  make: (knob: number, examples: number) => Embedder<P, S, B>,
  batches: Batches<B>,
  about: About = {},
): Entry {
  return {
    ...aboutOf(make, about),
    contestant<F>({ rate, knob }: Choice, run: Run<F>): Contestant<unknown, F> {
      const { learn, view, batch, steps } = run;
      const method = make(knob, learn.labels.size);
      return contestant<P, S, Labelled, B, F>(method, {
        data: learn,
        augment: batches(view),
        batch,
        steps,
        optimizer: adam({ learningRate: rateOf(rate, steps) }),
        ...filmOf(method, run),
      });
    },
  };
}

const aboutOf = <P, S, B>(
  make: (knob: number, examples: number) => Embedder<P, S, B>,
  { knob, encoder = 'convolutional' }: About,
): Omit<Entry, 'contestant'> => ({
  // The mechanism is the same for any number of images.
  mechanism: make(knob?.values[0] ?? 0, 10_000).mechanism,
  encoder,
  knob,
});

/** Every row's learning rate: up to the peak in a tenth of the steps, then down on a cosine. */
const rateOf = (peak: number, steps: number): Schedule =>
  warmupCosine({ peak, warmup: Math.round(steps / 10), steps });

const filmOf = <P, S, B, F>(method: Embedder<P, S, B>, { film, learn }: Run<F>) =>
  film && {
    film: {
      every: film.every,
      of: (params: P) => lookedAt(method, params, learn.images, film.of),
    },
  };

/** What is to be seen of a network as it is at this step. */
function lookedAt<P, S, B, F>(
  method: Embedder<P, S, B>,
  params: P,
  images: Tensor,
  of: (network: Network) => F,
): F {
  const known = tree.tidy(() =>
    method.calibrate(params, images.slice(0, Math.min(500, images.shape[0]!))),
  );
  try {
    return of({
      features: (x) => method.embed(known, x),
      energy(x, y) {
        if (method.energy) return method.energy(known, x, y);
        throw new Error(`energy: ${method.name} has no energy of pairs`);
      },
    });
  } finally {
    tree.dispose(known);
  }
}
