export {
  crossCorrelation,
  barlowTwinsLoss,
  barlowTwins,
  type BarlowTwinsOptions,
} from './barlowTwins';
export { byolLoss, byol, type ByolParams, type ByolState } from './byol';
export { clusterFeatures, type Numbered, type Clustering } from './clustering';
export {
  deepCluster,
  type DeepClusterParams,
  type DeepClusterState,
  type DeepClusterOptions,
} from './deepCluster';
export {
  quarterTurns,
  deeperCluster,
  type DeeperClusterParams,
  type DeeperClusterState,
  type DeeperClusterOptions,
} from './deeperCluster';
export { dino, type DinoParams, type DinoState, type DinoOptions } from './dino';
export { ijepa, type IjepaParams, type IjepaState, type IjepaOptions, type Ijepa } from './ijepa';
export { lejepaTerms, lejepaLoss, lejepa, type LejepaOptions, type LejepaTerms } from './lejepa';
export { prototypeScores, prototypesUsed } from './prototypes';
export { siamese } from './siamese';
export { eppsPulley, sigregLoss, type EppsPulleyOptions, type SigregOptions } from './sigreg';
export { simsiamLoss, simsiam, type SimSiamParams } from './simsiam';
export { sinkhorn } from './sinkhorn';
export type { Crops } from './swappedPrediction';
export { standardTokens } from './standardTokens';
export { swav, type SwavParams, type SwavState, type SwavOptions } from './swav';
export { swavLoss, type SwavLossOptions } from './swavLoss';
export { targetBlocks, type BlockSizes, type Blocks, type ContextSize } from './targetBlocks';
export {
  frameJepa,
  type FrameJepa,
  type FrameJepaBatch,
  type FrameJepaOptions,
  type FrameJepaParams,
  type FrameJepaState,
} from './frameJepa';
export {
  vicregTerms,
  vicregLoss,
  vicreg,
  type VicregOptions,
  type VicregConvention,
  type VicregTerms,
} from './vicreg';
export { whiten, type WhitenOptions } from '../numerics/whiten';
export { wmseLoss, wmse } from './wmse';
