/** The optimisers, `optim` in notebooks. */
export {
  applyUpdates,
  sgd,
  adamw,
  lars,
  globalNorm,
  clipByGlobalNorm,
  chain,
  type Optimizer,
  type AnyOptimizer,
  type LeafFilter,
  type SgdOptions,
  type MomentumState,
  type AdamOptions,
  type AdamState,
  adam,
  type AdamwOptions,
  type LarsOptions,
} from './optimizers';
export { perBranch } from './perBranch';
