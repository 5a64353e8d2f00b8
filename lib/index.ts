/**
 * dark-matter: self-supervised learning in TypeScript.
 *
 * Flat: what every notebook uses. Namespaces: the rooms of the house.
 */
export {
  tf,
  engine,
  type EngineName,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  type Scalar,
} from './core/engine';
export type {
  Calibrated,
  EmbeddingMethod,
  EnergyMethod,
  Mechanism,
  Method,
  NoState,
  Objective,
} from './core/method';
export {
  compile,
  type Mode,
  type CompileOptions,
  type TraceReport,
  type Report,
  type Compiled,
} from './core/compile';
export { scan, type ScanOptions } from './core/scan';
export * as tree from './core/pytree';
export * as random from './core/random';
export type { Key } from './core/random';

export * from './train';
export * from './study';
export * as nn from './nn';
export * as optim from './train/optim';
export * as schedule from './train/schedule';

export * as energy from './energy';
export * as contrastive from './contrastive';
export * as noncontrastive from './noncontrastive';
export * as denoising from './denoising';
export * as data from './data';
export * as measure from './measure';
export * as latent from './latent';
export * as gallery from './gallery';
export * as pictures from './pictures';
export * as plot from './plot';
export { chart, imageGrid, live, show, table } from './plot';
export * as widgets from './widgets';
export { widget, type Widget } from './widgets';
export * as augment from './data/augment';
