/** Stands for `recorder.ts` in a browser, where nothing is traced. */
import type * as recorder from './recorder';

export const isTracing: typeof recorder.isTracing = () => false;

export const traceLoop: typeof recorder.traceLoop = () => {
  throw new Error('traceLoop: called in a browser, where no graph is compiled');
};
