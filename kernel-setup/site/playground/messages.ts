/** What the page and its worker tell each other. */

/** What keeps the energy from being low everywhere. */
export type Mechanism = 'nothing' | 'nce' | 'cd' | 'score' | 'vae' | 'kmeans';

export interface LandscapeSettings {
  readonly mechanism: Mechanism;
  /** Of each of the network's three hidden layers; codes, where the mechanism is k-means. */
  readonly width: number;
  readonly rate: number;
  /** The standard deviation of the noise around each point. */
  readonly blur: number;
}

export type Twins = 'agreement' | 'simclr' | 'vicreg' | 'barlow' | 'byol';

export interface TwinsSettings {
  readonly method: Twins;
  /** false takes the method's mechanism away. */
  readonly held: boolean;
  readonly rate: number;
  /** The standard deviation of the difference between an example and its twin. */
  readonly noise: number;
}

export type DataName = 'moons' | 'pinwheel' | 'spirals' | 'rings' | 'gaussians8';

/** All that the page wants: what differs from before is what changes. */
export type Wish = {
  /** x, y, x, y ... in [-4, 4]. */
  readonly points: Float32Array;
  /** Another number begins anew. */
  readonly attempt: number;
  readonly paused: boolean;
  /** Milliseconds between two pictures. */
  readonly interval: number;
} & (
  | { readonly tab: 'landscape'; readonly settings: LandscapeSettings }
  | { readonly tab: 'twins'; readonly settings: TwinsSettings }
);

export type ToWorker =
  | { readonly type: 'wish'; readonly wish: Wish }
  | { readonly type: 'draw'; readonly data: DataName; readonly n: number; readonly seed: number };

/** How a training stands. */
interface Standing {
  readonly step: number;
  readonly loss: number;
  readonly stepsPerSecond: number;
}

export interface LandscapePicture extends Standing {
  readonly type: 'landscape';
  /** SIDE x SIDE: -log p in nats at the cells' centres; the first row has the lowest y. */
  readonly surprise: Float32Array;
  /** Mean log p of fresh data, in nats; and that of the distribution that they are drawn from. */
  readonly logLikelihood: number;
  readonly truth: number;
}

export interface TwinsPicture extends Standing {
  readonly type: 'twins';
  /** x, y, z of each point's embedding, on the unit sphere or in it. */
  readonly embeddings: Float32Array;
  /** 1 on an even sphere, or where each coordinate's standard deviation is 1; 0 in a point. */
  readonly spread: number;
  /** Effective rank, from 1 to 3. */
  readonly rank: number;
  /** Mean energy of strangers less that of twins: half the squared distance. */
  readonly gap: number;
}

export type FromWorker =
  | LandscapePicture
  | TwinsPicture
  | { readonly type: 'drawn'; readonly points: Float32Array }
  | { readonly type: 'rests' }
  | { readonly type: 'trouble'; readonly text: string };

/** Cells along a side of the landscape. */
export const SIDE = 64;
/** The plane is the square from -HALF to HALF. */
export const HALF = 4;
