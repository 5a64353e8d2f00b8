/**
 * Loads modules for cells, and loads the project's own anew when they were edited.
 *
 * The project's sources (`'dark-matter'`, `'../lib/…'`, anything by path outside of node_modules)
 * are evaluated here (modules/graph.ts). Before each cell, those that were edited are dropped, and
 * the names that cells had imported from them point to the new modules. Packages are Node's: loaded
 * once, so that TensorFlow never is twice.
 */
import { createRequire, isBuiltin } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import vm from 'node:vm';
import type { CellRuntime, Scope } from './compiler/types';
import { log } from './log';
import { isEsModule } from './modules/format';
import { createGraph, type ProjectModules } from './modules/graph';
import { toNamespace, type Namespace } from './modules/namespace';
import { resolveSource, type Aliases } from './modules/resolve';
import type { Builds } from './modules/transpile';

export interface LoaderOptions {
  /** The notebook's folder. */
  readonly folder: string;
  readonly aliases: Aliases;
  /** Where compiled JavaScript of a folder of sources lies: `{ '/…/lib': '/…/lib/dist' }`. */
  readonly builds?: Builds;
  /** What the project's tsconfig.json says of modules. */
  readonly project?: () => ProjectModules;
  /** Hears of an edited module that could not be loaded; the old one goes on. */
  readonly onStale?: (error: unknown) => void;
}

export interface Loader {
  /** What cells run with. */
  readonly runtime: Omit<CellRuntime, 'declared' | 'wait' | 'waitEach' | 'isProxy'>;
  /**
   * Drops modules whose files changed, and gives cells' imported names their new values. The files
   * that changed.
   */
  refresh(): string[];
  /** The source map of a project file that was loaded, under the name that stack frames carry. */
  sourceMap(file: string): string | undefined;
}

/** A name that a cell imported from a source module. */
interface Binding {
  readonly scope: Scope;
  readonly specifier: string;
  readonly imported: string;
  value: unknown;
}

export function createLoader(options: LoaderOptions): Loader {
  const { folder, aliases, builds = {}, project, onStale = () => {} } = options;
  const graph = createGraph(aliases, builds, project);
  const packages = createPackages(path.join(folder, 'cell.js'));
  const sourceOf = (specifier: string): string | undefined =>
    resolveSource(specifier, folder, aliases, project?.().paths);
  const bindings = createBindings(sourceOf, (file) => toNamespace(graph.load(file)));
  /** The last attempt to load edited modules failed: the next cell tries again. */
  let outdated = false;

  async function load(specifier: string): Promise<Namespace> {
    const source = sourceOf(specifier);
    return source === undefined ? packages.load(specifier) : toNamespace(graph.load(source));
  }

  function refresh(): string[] {
    const changed = graph.dropChanged();
    if (changed.length === 0 && !outdated) return changed;
    log('loads anew what was edited', () => ({ changed }));
    outdated = true;
    try {
      bindings.renew();
      outdated = false;
    } catch (error) {
      onStale(error);
    }
    return changed;
  }

  return {
    runtime: {
      import: load,
      follow: bindings.follow,
      refresh,
      require: graph.requireFrom(path.join(folder, 'cell.js')),
      meta: {
        url: pathToFileURL(path.join(folder, 'cell.ts')).href,
        dirname: folder,
        filename: path.join(folder, 'cell.ts'),
      },
    },
    refresh,
    sourceMap: graph.sourceMap,
  };
}

/** The names that cells imported from source modules, kept up to date. */
function createBindings(
  sourceOf: (specifier: string) => string | undefined,
  load: (file: string) => Namespace,
) {
  const bindings = new Map<string, Binding>();
  return {
    follow(scope: Scope, specifier: string, names: Readonly<Record<string, string>>): void {
      const edited = sourceOf(specifier) !== undefined;
      for (const [local, imported] of Object.entries(names)) {
        if (edited) bindings.set(local, { scope, specifier, imported, value: scope[local] });
        else bindings.delete(local);
      }
    },
    /** Names that still have the value that they were imported with get the new module's. */
    renew(): void {
      for (const [local, binding] of bindings) {
        const { scope, specifier, imported } = binding;
        const source = sourceOf(specifier);
        if (source === undefined || scope[local] !== binding.value) bindings.delete(local);
        else scope[local] = binding.value = pick(load(source), imported);
      }
    },
  };
}

/** Packages and Node's own modules, as a file would import them. */
function createPackages(file: string) {
  const nativeRequire = createRequire(file);
  const nativeImport = vm.compileFunction('return import(specifier)', ['specifier'], {
    filename: file,
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER as never,
  }) as (specifier: string) => Promise<Namespace>;
  const isCommonJs = (specifier: string): boolean => {
    try {
      return !isEsModule(nativeRequire.resolve(specifier));
    } catch {
      return false;
    }
  };
  return {
    /** A package that has CommonJS is shared with the project's modules, which `require` it. */
    async load(specifier: string): Promise<Namespace> {
      return isBuiltin(specifier) || isCommonJs(specifier)
        ? toNamespace(nativeRequire(specifier))
        : quietly(() => nativeImport(specifier));
    },
  };
}

/**
 * Node calls importing from a given place experimental, which is no news to the author of a cell.
 */
function quietly<T>(start: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return start();
  } finally {
    process.emitWarning = emitWarning;
  }
}

function pick(namespace: Namespace, imported: string): unknown {
  return imported === '*' ? namespace : namespace[imported];
}
