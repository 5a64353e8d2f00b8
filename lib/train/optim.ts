/** The optimisers, `optim` in notebooks. */
export * from './optimizers';
export { perBranch } from './perBranch';
