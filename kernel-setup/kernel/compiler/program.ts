/**
 * One TypeScript program after another, each made from the last: only what changed is looked at
 * again.
 */
import ts from 'typescript';
import { createWorkspace, type Ground, type Workspace } from './workspace';

interface Programs {
  /** The program of the workspace's present files. */
  next(roots: readonly string[]): ts.Program;
  /** Makes the next program without the help of the last. */
  startOver(): void;
}

function createPrograms(workspace: Workspace): Programs {
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

/**
 * Cells that need no module from outside are checked without those of other cells: a program of 200
 * files, not of 1,000.
 */
export interface View {
  readonly workspace: Workspace;
  readonly programs: Programs;
}

export function createView(ground: Ground): View {
  const workspace = createWorkspace(ground);
  return { workspace, programs: createPrograms(workspace) };
}
