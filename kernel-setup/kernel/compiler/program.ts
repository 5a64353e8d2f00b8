/**
 * One TypeScript program after another, each made from the last: only what changed is looked at again.
 */
import ts from 'typescript';
import type { Workspace } from './workspace';

export interface Programs {
  /** The program of the workspace's present files. */
  next(roots: readonly string[]): ts.Program;
  /** Makes the next program without the help of the last. */
  startOver(): void;
}

export function createPrograms(workspace: Workspace): Programs {
  let last: ts.Program | undefined;
  return {
    next(roots) {
      last = ts.createProgram({
        rootNames: [...roots, ...workspace.ground.globals],
        options: workspace.ground.options,
        host: workspace.host,
        ...(last ? { oldProgram: last } : {}),
      });
      return last;
    },
    startOver() {
      workspace.ground.forgetResolutions();
      last = undefined;
    },
  };
}
