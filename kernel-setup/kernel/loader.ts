/**
 * Loads modules for cells, and loads the project's own anew when they were edited.
 *
 * The project's sources (`'dark-matter'`, `'../lib/…'`, anything by path outside of node_modules)
 * are evaluated here (modules/graph.ts). Before each cell, those that were edited are dropped, and
 * the names that cells had imported from them point to the new modules. Packages are Node's
 * (modules/packages.ts).
 */
import path from 'node:path';
import type { CellRuntime, Scope } from './compiler/types';
import { log } from './log';
import { createGraph, metaOf } from './modules/graph';
import { missing, provides } from './modules/names';
import type { Namespace } from './modules/namespace';
import { createPackages } from './modules/packages';
import { createResolver, type Aliases, type Places } from './modules/resolve';
import type { Builds, Language } from './modules/transpile';

/** What a project's tsconfig.json says of modules. */
export interface ProjectModules extends Places {
  readonly language?: Language;
}

export interface LoaderOptions {
  /** The notebook's folder. */
  readonly folder: string;
  readonly aliases: Aliases;
  /** Where compiled JavaScript of a folder of sources lies: `{ '/…/lib': '/…/lib/dist' }`. */
  readonly builds?: Builds;
  /** What the project's tsconfig.json says of modules, read when it is first needed. */
  readonly project?: () => ProjectModules;
  /** Hears of an edited module that could not be loaded; the old one goes on. */
  readonly onStale?: (error: unknown) => void;
  /** Of the cell that runs: aborted when it is stopped. */
  readonly signal?: () => AbortSignal | undefined;
}

export interface Loader {
  /** What cells run with. */
  readonly runtime: Omit<CellRuntime, 'declared' | 'wait' | 'waitEach' | 'stepping' | 'isProxy'>;
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
  const { folder, aliases, builds = {}, onStale = () => {}, signal = () => undefined } = options;
  const project = options.project ?? ((): ProjectModules => ({}));
  const cell = path.join(folder, 'cell.ts');
  const resolver = createResolver(aliases, project);
  const packages = createPackages();
  const language = (): Language => project().language ?? {};
  const graph = createGraph({ resolver, packages, builds, language, signal });
  const bindings = createBindings((specifier) => resolver.source(specifier, cell), graph.load);
  /** The last attempt to load edited modules failed: the next cell tries again. */
  let outdated = false;

  async function load(specifier: string, names: readonly string[] = []): Promise<Namespace> {
    const source = resolver.source(specifier, cell);
    const namespace = await (source === undefined
      ? packages.load(specifier, cell, names.includes('default'))
      : graph.load(source));
    const lacking = names.find((name) => !provides(namespace, name));
    if (lacking !== undefined) throw missing(specifier, lacking);
    return namespace;
  }

  function refresh(): Promise<void> | undefined {
    const changed = graph.dropChanged();
    if (changed.length === 0 && !outdated) return undefined;
    log('loads anew what was edited', () => ({ changed }));
    outdated = true;
    return bindings
      .renew()
      .then((lacking) => {
        outdated = false;
        lacking.forEach(onStale);
      })
      .catch(onStale);
  }

  return {
    runtime: {
      import: load,
      follow: bindings.follow,
      refresh,
      require: graph.requireFrom(cell),
      meta: metaOf(cell, resolver),
    },
    sourceMap: graph.sourceMap,
  };
}

/** The names that cells imported from source modules, kept up to date. */
function createBindings(
  sourceOf: (specifier: string) => string | undefined,
  load: (file: string) => Namespace | Promise<Namespace>,
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
    /**
     * Names that still have the value that they were imported with get the new module's; an error
     * for each that it lacks.
     */
    async renew(): Promise<SyntaxError[]> {
      const lacking: SyntaxError[] = [];
      for (const [local, binding] of bindings) {
        const { scope, specifier, imported } = binding;
        const source = sourceOf(specifier);
        if (source === undefined || scope[local] !== binding.value) {
          bindings.delete(local);
          continue;
        }
        const namespace = await load(source);
        if (provides(namespace, imported)) scope[local] = binding.value = pick(namespace, imported);
        else lacking.push(missing(specifier, imported));
      }
      return lacking;
    },
  };
}

function pick(namespace: Namespace, imported: string): unknown {
  return imported === '*' ? namespace : namespace[imported];
}
