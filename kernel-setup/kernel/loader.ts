/**
 * Loads modules for cells, and loads the project's own anew when they were edited.
 *
 * The project's sources (`'dark-matter'`, `'../lib/…'`, anything by path outside of node_modules)
 * are evaluated here, as CommonJS, in a graph that knows who imports whom. Before each cell, files
 * that changed are dropped together with all that import them, directly or not, and the names that
 * cells had imported from those point to the new modules. Packages are Node's: loaded once, so that
 * TensorFlow never is twice.
 */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import vm from 'node:vm';
import type { CellRuntime, Scope } from './compiler/types';
import { isEsModule } from './modules/format';
import { toNamespace, type Namespace } from './modules/namespace';
import { resolveSource, type Aliases } from './modules/resolve';
import { transpile, type Builds } from './modules/transpile';

export interface LoaderOptions {
  /** The notebook's folder. */
  readonly folder: string;
  readonly aliases: Aliases;
  /** Where compiled JavaScript of a folder of sources lies: `{ '/…/lib': '/…/lib/dist' }`. */
  readonly builds?: Builds;
  /** Hears of an edited module that could not be loaded; the old one goes on. */
  readonly onStale?: (error: unknown) => void;
}

export interface Loader {
  /** What cells run with. */
  readonly runtime: Omit<CellRuntime, 'declared' | 'wait' | 'waitEach'>;
  /**
   * Drops modules whose files changed, and gives cells' imported names their new values. The files
   * that changed.
   */
  refresh(): string[];
  /** The source map of a project file that was loaded, under the name that stack frames carry. */
  sourceMap(file: string): string | undefined;
  /** Forgets which names cells imported. Modules stay loaded. */
  reset(): void;
}

interface SourceModule {
  readonly file: string;
  readonly exports: { exports: unknown };
  readonly hash: string;
  stamp: string;
  readonly importers: Set<SourceModule>;
  evaluated: boolean;
}

/** A name that a cell imported from a source module. */
interface Binding {
  readonly scope: Scope;
  readonly specifier: string;
  readonly imported: string;
  value: unknown;
}

type Require = (specifier: string) => unknown;

export function createLoader({
  folder,
  aliases,
  builds = {},
  onStale = () => {},
}: LoaderOptions): Loader {
  const modules = new Map<string, SourceModule>();
  const sourceMaps = new Map<string, string>();
  const bindings = new Map<string, Binding>();
  /** The last attempt to load edited modules failed: the next cell tries again. */
  let outdated = false;
  const cellFile = path.join(folder, 'cell.js');

  function loadSource(file: string, importer?: SourceModule): unknown {
    const known = modules.get(file);
    if (known) {
      if (importer) known.importers.add(importer);
      return known.exports.exports;
    }
    const text = readFileSync(file, 'utf8');
    const module: SourceModule = {
      file,
      exports: { exports: {} },
      hash: hashOf(text),
      stamp: stampOf(file) ?? '',
      importers: new Set(importer ? [importer] : []),
      evaluated: false,
    };
    modules.set(file, module);
    try {
      evaluate(module, text);
      module.evaluated = true;
    } finally {
      if (!module.evaluated) modules.delete(file);
    }
    return module.exports.exports;
  }

  function evaluate(module: SourceModule, text: string): void {
    if (module.file.endsWith('.json')) {
      module.exports.exports = parseJson(text, module.file);
      return;
    }
    const { javascript, sourceMap } = transpile(module.file, text, builds);
    sourceMaps.set(module.file, sourceMap);
    const body = vm.compileFunction(
      javascript,
      ['exports', 'require', 'module', '__filename', '__dirname'],
      {
        filename: module.file,
        importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER as never,
      },
    ) as (...passed: unknown[]) => void;
    body.call(
      module.exports.exports,
      module.exports.exports,
      requireFrom(module.file, module),
      module.exports,
      module.file,
      path.dirname(module.file),
    );
  }

  function requireFrom(file: string, importer?: SourceModule): Require {
    const native = createRequire(file);
    const require = (specifier: string): unknown => {
      const source = resolveSource(specifier, path.dirname(file), aliases);
      return source === undefined ? native(specifier) : loadSource(source, importer);
    };
    return Object.assign(require, {
      resolve: native.resolve,
      cache: native.cache,
      main: native.main,
    });
  }

  const requireFromCell = requireFrom(cellFile);
  const nativeRequire = createRequire(cellFile);
  const nativeImport = vm.compileFunction('return import(specifier)', ['specifier'], {
    filename: cellFile,
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER as never,
  }) as (specifier: string) => Promise<Namespace>;

  async function load(specifier: string): Promise<Namespace> {
    const source = resolveSource(specifier, folder, aliases);
    if (source !== undefined) return toNamespace(loadSource(source));
    // A package that has CommonJS is shared with the project's modules, which `require` it.
    return isBuiltin(specifier) || isCommonJs(specifier)
      ? toNamespace(nativeRequire(specifier))
      : quietly(() => nativeImport(specifier));
  }

  function isCommonJs(specifier: string): boolean {
    try {
      return !isEsModule(nativeRequire.resolve(specifier));
    } catch {
      return false;
    }
  }

  function refresh(): string[] {
    const changed: string[] = [];
    for (const module of modules.values()) if (hasChanged(module)) changed.push(module.file);
    // A module whose evaluation was cut short is as good as none.
    for (const module of modules.values()) if (!module.evaluated) changed.push(module.file);
    for (const file of changed) drop(modules.get(file));
    if (changed.length > 0 || outdated) rebind();
    return changed;
  }

  function drop(module: SourceModule | undefined): void {
    if (!module || !modules.delete(module.file)) return;
    module.importers.forEach(drop);
  }

  /** Names that still have the value that they were imported with get the new module's. */
  function rebind(): void {
    outdated = true;
    try {
      for (const [local, binding] of bindings) {
        const source = resolveSource(binding.specifier, folder, aliases);
        if (source === undefined || binding.scope[local] !== binding.value) bindings.delete(local);
        else
          binding.scope[local] = binding.value = pick(
            toNamespace(loadSource(source)),
            binding.imported,
          );
      }
      outdated = false;
    } catch (error) {
      onStale(error);
    }
  }

  function follow(scope: Scope, specifier: string, names: Readonly<Record<string, string>>): void {
    const edited = resolveSource(specifier, folder, aliases) !== undefined;
    for (const [local, imported] of Object.entries(names)) {
      if (edited) bindings.set(local, { scope, specifier, imported, value: scope[local] });
      else bindings.delete(local);
    }
  }

  return {
    runtime: {
      import: load,
      follow,
      refresh,
      require: requireFromCell,
      meta: {
        url: pathToFileURL(path.join(folder, 'cell.ts')).href,
        dirname: folder,
        filename: path.join(folder, 'cell.ts'),
      },
    },
    refresh,
    sourceMap: (file) => sourceMaps.get(file),
    reset: () => bindings.clear(),
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

/** A file that was touched and reads the same has not changed. */
function hasChanged(module: SourceModule): boolean {
  const stamp = stampOf(module.file);
  if (stamp === module.stamp) return false;
  if (stamp !== undefined && hashOf(readFileSync(module.file, 'utf8')) === module.hash) {
    module.stamp = stamp;
    return false;
  }
  return true;
}

function stampOf(file: string): string | undefined {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat && `${stat.mtimeMs}:${stat.size}:${stat.ino}`;
}

function hashOf(text: string): string {
  return createHash('sha1').update(text).digest('base64');
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new SyntaxError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
