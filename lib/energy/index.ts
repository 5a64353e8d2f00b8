export { distance } from './distance';
export { freeEnergy, minimumOverLatent } from './freeEnergy';
export { energyOnGrid, logPartition, klOnGrid, type Bounds, type EnergyGrid } from './grid';
export { hmc, type HmcOptions, type HmcResult } from './hmc';
export {
  cosineEnergy,
  jointEmbedding,
  type JointEmbeddingMethod,
  type JointEmbeddingParams,
  type TwoViews,
  type JointEmbeddingOptions,
} from './jointEmbedding';
export { langevin, type LangevinOptions } from './langevin';
export { leastSquaresOverLatent } from './leastSquaresOverLatent';
export { negativeCosine } from './negativeCosine';
export { energyOfNetwork, networkEnergy } from './networkEnergy';
export { pushDown } from './pushDown';
export {
  quadraticEnergy,
  quadraticLogPartition,
  quadraticKl,
  curvatureRatios,
  scoreMatchedQuadratic,
  type Quadratic,
} from './quadratic';
export { reconstruction } from './reconstruction';
export { sampleGrid } from './sampleGrid';
