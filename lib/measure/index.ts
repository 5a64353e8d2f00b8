/** Measures of embeddings: probes, collapse, the sphere, detection, statistics over seeds. */
export { embed } from '../core/embed';
export type { Embedded } from './embedded';
export {
  retrieval,
  retrievalBetween,
  type Retrieval,
  type RetrievalBetween,
  type RetrievalOptions,
} from './retrieval';
export { knn, type KnnOptions, type KnnResult } from './knn';
export { linearProbe, type LinearProbeOptions, type LinearProbeResult } from './linearProbe';
export {
  fewLabelProbe,
  type FewLabelProbeOptions,
  type FewLabelProbeResult,
} from './fewLabelProbe';
export {
  standardDeviation,
  spectrum,
  effectiveRank,
  type Spread,
  type SpectrumOptions,
} from './collapse';
export { alignment, uniformity } from './hypersphere';
export { rawPixels } from './features';
export { groupsInUse, purity } from './groups';
export { pca, type Pca } from '../numerics/pca';
export { auroc, aurocInterval } from './auroc';
export {
  mean,
  standardDeviationOf,
  summarize,
  pairedDifference,
  bootstrap,
  type Interval,
  type Summary,
} from './statistics';
export { holm, pairedTest, type PairedTest } from './pairedTest';
export { rankCorrelation } from './rankCorrelation';
export { gaussianMixture, type GaussianMixtureOptions } from './gaussianMixture';
export { kernelDensity } from './kernelDensity';
export { jensenShannon, type SampledDensity } from './jensenShannon';
export { frechetDistance } from './frechet';
export { hashOfCode } from './resultFiles';
export {
  appendResults,
  keepsResults,
  readResults,
  recordName,
  type Result,
  type ResultRecord,
  type ResultsOptions,
  type Settings,
} from './results';
export { readSweep, sweepValues, type SweepRun, type SweepValue } from './sweeps';
export { kMeans, triangleCode, type KMeans } from '../numerics/kMeans';
export { kMeansFeatures, type KMeansFeatures, type KMeansFeaturesOptions } from './kMeansFeatures';
export { samplesNeeded, type SamplesNeededOptions } from './samplesNeeded';
export { crossing, type Crossing } from './crossing';
export { compareLaws, type LawComparison } from './compareLaws';
export { fitLaw, type Law, type LawKind } from './powerLaw';
export { fitGabor, type GaborFit } from './gabor';
export { twoSampleTest, type TwoSampleOptions, type TwoSampleResult } from './twoSample';
export { binomialInterval, binomialTail } from './binomial';
export { modeCoverage, type ModeCoverage, type ModeOptions } from './modes';
