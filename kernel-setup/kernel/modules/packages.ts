/**
 * Packages and Node's own modules: loaded by Node, once. One that has CommonJS is shared between
 * `import` and `require`, so that TensorFlow never is there twice.
 */
import { existsSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import path from 'node:path';
import vm from 'node:vm';
import { isEsModule, packageNameOf } from './format';
import { notFound } from './names';
import { toNamespace, type Namespace } from './namespace';

export interface Packages {
  /**
   * As the file `from` imports it; a promise for an ES module that was not loaded before.
   *
   * @param withDefault `default` is imported
   */
  load(specifier: string, from: string, withDefault?: boolean): Namespace | Promise<Namespace>;
  /** As the file `from` requires it. */
  require(specifier: string, from: string): unknown;
}

type Import = (specifier: string) => Promise<Namespace>;

export function createPackages(): Packages {
  const importers = new Map<string, Import>();
  const loaded = new Map<string, Namespace>();

  function importerIn(folder: string): Import {
    const known = importers.get(folder);
    if (known) return known;
    const made = vm.compileFunction('return import(specifier)', ['specifier'], {
      filename: path.join(folder, 'cell.js'),
      importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER as never,
    }) as Import;
    importers.set(folder, made);
    return made;
  }

  return {
    load(specifier, from, withDefault = false) {
      const require = createRequire(from);
      if (!mayBeThere(specifier, from, require))
        throw notFound('ERR_MODULE_NOT_FOUND', 'package', specifier, from);
      if (isBuiltin(specifier) || isCommonJs(specifier, require))
        return toNamespace(require(specifier), withDefault);
      const folder = path.dirname(from);
      const key = `${folder}\n${specifier}`;
      const known = loaded.get(key);
      if (known) return known;
      return quietly(() => importerIn(folder)(specifier)).then((namespace) => {
        loaded.set(key, namespace);
        return namespace;
      });
    },
    require(specifier, from) {
      const require = createRequire(from);
      if (!mayBeThere(specifier, from, require))
        throw notFound('MODULE_NOT_FOUND', 'module', specifier, from);
      return require(specifier);
    },
  };
}

/**
 * Node remembers of a package that it has no package.json, and takes it for another when a cell has
 * installed it: so it is asked for none that is not there.
 */
function mayBeThere(specifier: string, from: string, { resolve }: NodeJS.Require): boolean {
  const name = /^(@[^/]+\/)?[^./#@][^/:]*(?=\/|$)/.exec(specifier)?.[0];
  if (name === undefined || isBuiltin(specifier)) return true;
  const folders = resolve.paths(specifier) ?? [];
  return (
    folders.some((folder) => existsSync(path.join(folder, name))) ||
    packageNameOf(path.dirname(from)) === name
  );
}

function isCommonJs(specifier: string, require: NodeJS.Require): boolean {
  try {
    return !isEsModule(require.resolve(specifier));
  } catch {
    return false;
  }
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
