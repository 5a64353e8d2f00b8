/** Energies over the plane: what trains each, and what it looks like. */
import { persistentDivergence } from 'dark-matter/contrastive/contrastiveDivergence';
import { nce } from 'dark-matter/contrastive/nce';
import { scoreMatching } from 'dark-matter/contrastive/scoreMatching';
import { tf, type Tensor, type Tensor1D, type Tensor2D } from 'dark-matter/core/engine';
import type { EnergyMethod } from 'dark-matter/core/method';
import * as random from 'dark-matter/core/random';
import { mixtureLogDensity } from 'dark-matter/data/toys/mixture';
import { energyOnGrid, logPartition, type Bounds } from 'dark-matter/energy/grid';
import { pushDown } from 'dark-matter/energy/pushDown';
import { vae } from 'dark-matter/latent/vae';
import * as nn from 'dark-matter/nn';
import { kMeans, nearest } from 'dark-matter/numerics/kMeans';
import { HALF, SIDE, type LandscapePicture, type LandscapeSettings } from './messages';

const bounds: Bounds = [-HALF, HALF, -HALF, HALF];
const BATCH = 256;
/** Fresh data that the likelihood is measured on. */
const FRESH = 256;

/** (points [n, 2]) -> [n]. */
export type Energy = (u: Tensor2D) => Tensor1D;
type AnyMethod = EnergyMethod<unknown, unknown, { readonly x: Tensor2D }>;

/** The method behind each choice but k-means, which needs no training. */
export function methodOf({ mechanism, width, blur }: LandscapeSettings): AnyMethod {
  const network = nn.mlp([2, width, width, width, 1], { activation: nn.silu });
  const made = {
    // Bounded from below, or nothing would end its fall.
    nothing: () => pushDown({ network: nn.sequential([network, nn.softplus()]) }),
    nce: () => nce({ network, bounds }),
    cd: () =>
      persistentDivergence({
        network,
        walk: { steps: 5, stepSize: 0.03, clipSlope: 20, range: [-HALF, HALF] },
        size: 512,
        start: (key, n) => random.uniform(key, [n, 2], -HALF, HALF),
        regularisation: 0.01,
      }),
    score: () => scoreMatching({ network, sigma: 0.2 }),
    vae: () =>
      vae({
        encoder: nn.mlp([2, width, width, 4], { activation: nn.silu }),
        decoder: nn.mlp([2, width, width, 2], { activation: nn.silu }),
        likelihood: { kind: 'gaussian', std: Math.max(blur, 0.15) },
      }),
    kmeans: (): never => {
      throw new Error('mechanism: kmeans given, one that is trained expected');
    },
  };
  return made[mechanism]() as unknown as AnyMethod;
}

/** Points drawn from those of the page, each with its noise: [n, 2]. */
export function draw(points: Float32Array, blur: number, n: number, seed: number): Tensor2D {
  const generator = random.hostGenerator(seed);
  const x = new Float32Array(2 * n);
  for (let i = 0; i < n; i++) {
    const k = generator.integer(points.length / 2);
    x[2 * i] = points[2 * k]! + blur * generator.normal();
    x[2 * i + 1] = points[2 * k + 1]! + blur * generator.normal();
  }
  return tf.tensor2d(x, [n, 2]);
}

export const batchOf = (points: Float32Array, blur: number, step: number) => ({
  x: draw(points, blur, BATCH, step),
});

/**
 * The energy of k-means with `codes` codes: the squared distance to the nearest, in units of the mean
 * one, so that exp(-F) is a ball around each. The caller disposes of the codes.
 */
export function ofNearestCode(
  points: Float32Array,
  codes: number,
): { energy: Energy; dispose: () => void } {
  const x = tf.tensor2d(points, [points.length / 2, 2]);
  const key = random.key(0);
  const { centres, inertia } = kMeans(x, Math.min(codes, x.shape[0]), key, { iterations: 10 });
  tf.dispose([x, key]);
  const scale = Math.max(inertia.at(-1)!, 0.01);
  return {
    energy: (u) => tf.tidy(() => nearest(u, centres).squares.div(scale) as Tensor1D),
    dispose: () => centres.dispose(),
  };
}

/** What an energy looks like: as nats of surprise, and how likely it makes fresh data. */
export function look(
  energy: Energy,
  points: Float32Array,
  blur: number,
): Pick<LandscapePicture, 'surprise' | 'logLikelihood' | 'truth'> {
  const grid = energyOnGrid(energy, bounds, SIDE);
  const logZ = logPartition(grid);
  const surprise = Float32Array.from(grid.energy.flat(), (value) => value + logZ);
  const [ofFresh, truth] = tf.tidy(() => {
    const fresh = draw(points, Math.max(blur, 1e-3), FRESH, 0x5eed);
    const n = points.length / 2;
    const mixture = {
      centres: Array.from({ length: n }, (_, i) => [points[2 * i]!, points[2 * i + 1]!] as const),
      weights: Array<number>(n).fill(1 / n),
      std: Math.max(blur, 1e-3),
    };
    const mean = (values: Tensor): number => values.mean().dataSync()[0]!;
    return [mean(energy(fresh)), mean(mixtureLogDensity(mixture, fresh))];
  }) as unknown as [number, number];
  return { surprise, logLikelihood: -ofFresh - logZ, truth };
}
