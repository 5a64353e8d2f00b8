export { gaussianKl, type DiagonalGaussian } from './gaussianKl';
export {
  sparseEnergy,
  softThreshold,
  lipschitz,
  ista,
  fista,
  kktViolation,
  type SparseInferenceOptions,
} from './sparseCoding';
export {
  dictionaryLearning,
  type DictionaryParams,
  type DictionaryLearningOptions,
  type DictionaryLearning,
} from './dictionaryLearning';
export {
  layeredEnergy,
  layeredCodes,
  layeredSparseCoding,
  type SparseLayer,
  type LayeredSparseOptions,
  type LayeredSparseMethodOptions,
  type LayeredSparseParams,
  type LayeredSparseCoding,
} from './layeredSparseCoding';
export { listaCodes, lista, type ListaParams, type ListaState, type ListaOptions } from './lista';
export {
  predictedSparseEnergy,
  predictedSparseCodes,
  gainedTanh,
  predictiveSparseDecomposition,
  type PredictedSparseOptions,
  type PredictiveSparse,
  type PredictiveSparseParams,
  type PredictiveSparseOptions,
} from './predictiveSparseDecomposition';
export type { Likelihood } from './likelihood';
export { vae, type VaeParams, type VaeOptions, type Vae } from './vae';
export {
  conditionalVae,
  type ConditionalVaeParams,
  type ConditionalVaeOptions,
  type ConditionalVae,
} from './conditionalVae';
export {
  ratePerDimension,
  activeUnits,
  codeEntropy,
  noiseCapacity,
  leastInformation,
  volumeOfLowEnergy,
} from './information';
export { noLimit, sparseLimit, noisyLimit, gaussianLimit, type Passed, type Limit } from './limits';
export { nearestCode, quantised, type Codebook, type QuantisedOptions } from './quantised';
export {
  limitedAutoencoder,
  type AutoencoderParams,
  type EnergyTerms,
  type LatentNoise,
  type LimitedAutoencoder,
} from './limitedAutoencoder';
export {
  latentPredictor,
  choices,
  setQuality,
  type LatentPredictor,
  type LatentPredictorOptions,
  type SetQuality,
} from './latentPredictor';
export {
  mixtureEnergy,
  sampleMixture,
  mixtureDensity,
  type Mixture,
  type MixtureDensity,
  type MixtureDensityOptions,
} from './mixtureDensity';
export {
  amortisedInference,
  type AmortisedInferenceOptions,
  type Refinement,
  type AmortisedInference,
} from './amortisedInference';
export { unitAtoms } from './unitAtoms';
