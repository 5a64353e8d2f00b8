/** Stands for `kept.ts` in a browser, which has no disk: asking for checkpoints is an error there. */
import type * as kept from './kept';

function noDisk(): never {
  throw new Error('train: checkpoint, resume: given in a browser, which has no disk to keep them');
}

export const identityOf: typeof kept.identityOf = noDisk;
export const withStep: typeof kept.withStep = noDisk;
export const differences: typeof kept.differences = noDisk;
export const expectSameRun: typeof kept.expectSameRun = noDisk;
export const findCheckpoint: typeof kept.findCheckpoint = noDisk;
export const loadRun: typeof kept.loadRun = noDisk;
export const RunFolder = { open: noDisk } as unknown as typeof kept.RunFolder;
