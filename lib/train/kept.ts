/** What a training keeps on the disk, and how it goes on from there: all that a browser lacks. */
export { differences, identityOf, withStep } from './identity';
export { expectSameRun, findCheckpoint, loadRun } from './resume';
export { RunFolder } from './runFolder';
