export {
  divergenceLoss,
  contrastiveDivergence,
  persistentDivergence,
  type DivergenceOptions,
  type Chains,
} from './contrastiveDivergence';
export { ebgan, gradientPenalty, type CriticLoss, originalGan, wasserstein } from './criticLosses';
export { decoupledContrastiveLoss } from './decoupled';
export { gan, type GanParams, type GanOptions, type GanState, type Gan } from './gan';
export { infoNceLoss } from './infoNce';
export { infoNceBound } from './infoNceBound';
export { moco, type MocoState } from './moco';
export { nce } from './nce';
export { nceLoss } from './nceLoss';
export { ntXentLoss } from './ntXent';
export { drlim, tripletNetwork, type MarginOptions } from './oneNegative';
export { pairMarginLoss } from './pairMargin';
export { denoisingScoreMatchingLoss, scoreMatching } from './scoreMatching';
export { simclr } from './simclr';
export { telescopingNce, type TelescopingNceOptions } from './telescopingNce';
export { tripletLoss } from './triplet';
export { type QuadraticNceOptions, type QuadraticNce, quadraticNce } from './quadraticNce';
export { ratio } from './ratio';
