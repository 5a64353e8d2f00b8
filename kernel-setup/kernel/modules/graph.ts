/**
 * The project's modules, evaluated as CommonJS in a graph that knows who imports whom, so that a
 * file that was edited is dropped together with all that import it, directly or not.
 */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import vm from 'node:vm';
import { resolveSource, type Aliases, type Paths } from './resolve';
import { transpile, type Builds, type Language } from './transpile';

interface SourceModule {
  readonly file: string;
  readonly exports: { exports: unknown };
  readonly hash: string;
  stamp: string;
  readonly importers: Set<SourceModule>;
  evaluated: boolean;
}

export type Require = (specifier: string) => unknown;

export interface Graph {
  /** The exports of a source file, evaluated when it is first asked for. */
  load(file: string): unknown;
  /** `require` as the code of a file knows it. */
  requireFrom(file: string): Require;
  /** Drops modules whose files changed, with all that import them; gives the files that changed. */
  dropChanged(): string[];
  /** The source map of a file that was loaded. */
  sourceMap(file: string): string | undefined;
}

/** What a project's tsconfig.json says of modules, read when it is first needed. */
export interface ProjectModules {
  readonly paths: Paths;
  readonly language: Language;
}

const plain: ProjectModules = { paths: {}, language: {} };

export function createGraph(
  aliases: Aliases,
  builds: Builds,
  project: () => ProjectModules = () => plain,
): Graph {
  const modules = new Map<string, SourceModule>();
  const sourceMaps = new Map<string, string>();

  function load(file: string, importer?: SourceModule): unknown {
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
    const { file, exports: own } = module;
    if (file.endsWith('.json')) {
      own.exports = parseJson(text, file);
      return;
    }
    const { javascript, sourceMap } = transpile(file, text, builds, () => project().language);
    sourceMaps.set(file, sourceMap);
    const body = vm.compileFunction(
      javascript,
      ['exports', 'require', 'module', '__filename', '__dirname'],
      {
        filename: file,
        importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER as never,
      },
    ) as (...passed: unknown[]) => void;
    body.call(own.exports, own.exports, requireFrom(file, module), own, file, path.dirname(file));
  }

  function requireFrom(file: string, importer?: SourceModule): Require {
    const native = createRequire(file);
    const require = (specifier: string): unknown => {
      const source = resolveSource(specifier, path.dirname(file), aliases, project().paths);
      return source === undefined ? native(specifier) : load(source, importer);
    };
    return Object.assign(require, {
      resolve: native.resolve,
      cache: native.cache,
      main: native.main,
    });
  }

  function dropChanged(): string[] {
    const changed: string[] = [];
    for (const module of modules.values()) if (hasChanged(module)) changed.push(module.file);
    // A module whose evaluation was cut short is as good as none.
    for (const module of modules.values()) if (!module.evaluated) changed.push(module.file);
    for (const file of changed) drop(modules.get(file));
    return changed;
  }

  function drop(module: SourceModule | undefined): void {
    if (!module || !modules.delete(module.file)) return;
    module.importers.forEach(drop);
  }

  return {
    load: (file) => load(file),
    requireFrom: (file) => requireFrom(file),
    dropChanged,
    sourceMap: (file) => sourceMaps.get(file),
  };
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
