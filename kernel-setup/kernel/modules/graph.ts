/**
 * The project's modules, in a graph that knows who imports whom, so that a file that was edited is
 * dropped together with all that import it, directly or not.
 *
 * A module runs when all that it imports has run. Where nothing awaits, all of it runs at once;
 * where a module awaits at its top level, or an ES package is loaded for the first time, those that
 * import it wait.
 */
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { begin } from './body';
import { read, type Reading } from './edits';
import { toNamespace, type Namespace } from './namespace';
import type { Imports } from './linkage';
import { markEmpty, missing, provides } from './names';
import type { Packages } from './packages';
import type { Resolver } from './resolve';
import { transpile, type Builds, type Language } from './transpile';

interface SourceModule {
  readonly file: string;
  readonly own: { exports: unknown };
  readonly reading: Reading;
  readonly imports: Set<SourceModule>;
  readonly importers: Set<SourceModule>;
  /** What its static imports stand for. */
  readonly imported: Map<string, Imported>;
  evaluated: boolean;
  /** While it, or what it imports, awaits. */
  pending?: Promise<void>;
  /** Aborted when the cell that asked for it is stopped. */
  readonly signal: AbortSignal | undefined;
}

interface Imported {
  readonly namespace: () => Namespace;
  /** Not in a circle: the module that imports it may run first. */
  readonly ready: () => boolean;
}

export type Require = (specifier: string) => unknown;

/** `import.meta`. */
export interface Meta {
  readonly url: string;
  readonly dirname: string;
  readonly filename: string;
  readonly resolve: (specifier: string) => string;
}

/** What the code of a module finds under the name that linkage.ts gave it. */
interface ModuleRuntime {
  readonly imported: (specifier: string) => Namespace;
  readonly import: (specifier: unknown) => Promise<Namespace>;
  readonly meta: Meta;
}

export interface Graph {
  /**
   * A source file as `import * as` shows it, evaluated when it is first asked for; a promise where
   * that takes more than a turn.
   */
  load(file: string): Namespace | Promise<Namespace>;
  /** `require` as the code of a file knows it. */
  requireFrom(file: string): Require;
  /** Drops modules whose files changed, with all that import them; gives the files that changed. */
  dropChanged(): string[];
  /** The source map of a file that was loaded. */
  sourceMap(file: string): string | undefined;
}

interface GraphOptions {
  readonly resolver: Resolver;
  readonly packages: Packages;
  readonly builds: Builds;
  readonly language: () => Language;
  /** Of the cell that runs. */
  readonly signal: () => AbortSignal | undefined;
}

export function createGraph(options: GraphOptions): Graph {
  const { resolver, packages, builds, language, signal } = options;
  const modules = new Map<string, SourceModule>();
  const sourceMaps = new Map<string, string>();

  function find(file: string, importer?: SourceModule): SourceModule {
    const module = modules.get(file) ?? add(file);
    if (importer) {
      module.importers.add(importer);
      importer.imports.add(module);
    }
    return module;
  }

  function add(file: string): SourceModule {
    const module: SourceModule = {
      file,
      own: { exports: {} },
      reading: read(file),
      imports: new Set(),
      importers: new Set(),
      imported: new Map(),
      evaluated: false,
      signal: signal(),
    };
    modules.set(file, module);
    try {
      const running = evaluate(module);
      if (running) follow(module, running);
      else module.evaluated = true;
      return module;
    } catch (error) {
      drop(module);
      throw error;
    }
  }

  function follow(module: SourceModule, running: Promise<void>): void {
    module.pending = running.then(
      () => {
        module.evaluated = true;
        delete module.pending;
      },
      (error: unknown) => {
        drop(module);
        throw error;
      },
    );
    // Whoever imports the module hears of it; nobody may.
    module.pending.catch(() => {});
  }

  /** A promise where the module, or what it imports, awaits. */
  function evaluate(module: SourceModule): Promise<void> | undefined {
    const { file, own, reading } = module;
    if (file.endsWith('.json')) {
      own.exports = parseJson(reading.text, file);
      return undefined;
    }
    const transpiled = transpile(file, reading.text, builds, language);
    sourceMaps.set(file, transpiled.sourceMap);
    const runtime: ModuleRuntime = {
      imported: (specifier) => module.imported.get(specifier)!.namespace(),
      import: (specifier) => dynamic(String(specifier), module),
      meta: metaOf(file, resolver),
    };
    const goOn = begin(file, transpiled, { own, require: requireFrom(file, module), runtime });
    const run = (): Promise<void> | undefined => {
      assertProvided(module, transpiled.imports);
      return goOn();
    };
    const waits = [...transpiled.imports].flatMap(
      ([specifier, names]) => link(module, specifier, names.some(isDefault)) ?? [],
    );
    return waits.length > 0 ? Promise.all(waits).then(run) : run();
  }

  /** Loads what a module imports, and tells how long that takes. */
  function link(
    module: SourceModule,
    specifier: string,
    withDefault: boolean,
  ): Promise<void> | undefined {
    const settle = (namespace: () => Namespace, ready = () => true): void =>
      void module.imported.set(specifier, { namespace, ready });
    const source = resolver.source(specifier, module.file);
    if (source !== undefined) {
      const found = find(source, module);
      settle(
        () => namespaceOf(found),
        () => found.evaluated,
      );
      return found.pending;
    }
    const loaded = packages.load(specifier, module.file, withDefault);
    if (loaded instanceof Promise) return loaded.then((namespace) => settle(() => namespace));
    settle(() => loaded);
    return undefined;
  }

  /** `import()` in a module. */
  async function dynamic(specifier: string, importer: SourceModule): Promise<Namespace> {
    const source = resolver.source(specifier, importer.file);
    if (source === undefined) return packages.load(specifier, importer.file);
    const module = find(source, importer);
    await module.pending;
    return namespaceOf(module);
  }

  function requireFrom(file: string, importer?: SourceModule): Require {
    const native = createRequire(file);
    const require = (specifier: string): unknown => {
      const source = resolver.source(specifier, file);
      if (source === undefined) return packages.require(specifier, file);
      const module = find(source, importer);
      if (!module.pending) return module.own.exports;
      throw Object.assign(
        new Error(`${source} awaits as it is loaded: import it, for require() cannot wait`),
        { code: 'ERR_REQUIRE_ASYNC_MODULE' },
      );
    };
    return Object.assign(require, {
      resolve: native.resolve,
      cache: native.cache,
      main: native.main,
    });
  }

  function dropChanged(): string[] {
    const all = [...modules.values()];
    const changed = all.filter(({ reading }) => reading.hasChanged()).map(({ file }) => file);
    for (const module of all)
      if (changed.includes(module.file) || wasCutShort(module)) drop(module);
    return changed;
  }

  function drop(module: SourceModule): void {
    if (modules.get(module.file) !== module) return;
    modules.delete(module.file);
    for (const each of module.imports) each.importers.delete(module);
    for (const each of module.importers) drop(each);
  }

  return {
    load(file) {
      const module = find(file);
      return module.pending?.then(() => namespaceOf(module)) ?? namespaceOf(module);
    },
    requireFrom: (file) => requireFrom(file),
    dropChanged,
    sourceMap: (file) => sourceMaps.get(file),
  };
}

const isDefault = ({ name }: { readonly name: string }): boolean => name === 'default';

/** @throws SyntaxError for a name that a module lacks, unless that may be a type */
function assertProvided({ file, own, imported }: SourceModule, imports: Imports): void {
  for (const [specifier, names] of imports) {
    const { namespace, ready } = imported.get(specifier)!;
    if (!ready()) continue;
    for (const { name, place, passedOnAs } of names) {
      if (provides(namespace(), name)) continue;
      if (passedOnAs === undefined) throw missing(specifier, name, `${file}${place}: `);
      markEmpty(own.exports as object, passedOnAs);
    }
  }
}

const namespaceOf = ({ own }: SourceModule): Namespace => toNamespace(own.exports);

/** `import.meta` as the code of a file knows it. */
export function metaOf(file: string, resolver: Resolver): Meta {
  return {
    url: pathToFileURL(file).href,
    dirname: path.dirname(file),
    filename: file,
    resolve: (specifier) => resolver.url(specifier, file),
  };
}

/** By Stop: what it awaited goes nowhere. */
function wasCutShort({ evaluated, pending, signal }: SourceModule): boolean {
  return !evaluated && (!pending || signal?.aborted === true);
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new SyntaxError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
