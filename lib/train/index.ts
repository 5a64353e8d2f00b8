export { alternate, type AlternateOptions, type Round } from './alternate';
export { batchIndices } from '../data/batches';
export { listCheckpoints, loadCheckpoint, saveCheckpoint, type Checkpoint } from './checkpoint';
export { cosineMomentum, ema, linearMomentum } from '../core/ema';
export { lastError, TrainingDiverged, TrainingInterrupted } from './errors';
export { grad, valueAndGrad, type ValueAndGrad } from './grad';
export type { History } from './history';
export { loadHistory } from './historyFile';
export type { ProgressDisplay } from './progress';
export { load, loadLike, save, type Loaded, type Metadata } from './safetensors';
export type { BatchFunction, Data } from './source';
export {
  supervised,
  type LabelledBatch,
  type Supervised,
  type SupervisedParams,
} from './supervised';
export { train, type StepEvent, type TrainOptions } from './train';
export type { Trained } from './trained';
