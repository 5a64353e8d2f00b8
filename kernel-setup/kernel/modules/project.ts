/**
 * The project that a folder belongs to, as far as modules go: its library under its package name,
 * and where it is built.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Aliases } from './resolve';
import type { Builds } from './transpile';

export interface Project {
  readonly aliases: Aliases;
  readonly builds: Builds;
}

/**
 * Looks in the folder and those above it for `lib/`, a package of TypeScript sources. None is an
 * empty project.
 */
export function projectOf(folder: string): Project {
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    const library = path.join(at, 'lib');
    if (
      existsSync(path.join(library, 'package.json')) &&
      existsSync(path.join(library, 'index.ts'))
    ) {
      const { name } = JSON.parse(readFileSync(path.join(library, 'package.json'), 'utf8')) as {
        name?: string;
      };
      if (name)
        return {
          aliases: { [name]: path.join(library, 'index.ts') },
          builds: { [library]: path.join(library, 'dist') },
        };
    }
    if (at === path.dirname(at)) return { aliases: {}, builds: {} };
  }
}
