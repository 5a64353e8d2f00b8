/**
 * Which file a specifier means: TypeScript's own answer, so that what runs is what was checked. The
 * project's sources are loaded by the kernel, everything else by Node.
 */
import { isBuiltin } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';
import { notFound } from './names';

/** `{ 'dark-matter': '/…/lib/index.ts' }`: packages that stand for their sources. */
export type Aliases = Readonly<Record<string, string>>;

/** `{ '@/*': ['/…/src/*'] }`: as in a tsconfig.json, with absolute targets, the first that exists. */
export type Paths = Readonly<Record<string, readonly string[]>>;

/** What a project says of where its modules are found. */
export interface Places {
  readonly paths?: Paths;
  readonly customConditions?: readonly string[];
}

export interface Resolver {
  /** The source file that `specifier` means in the file `from`; undefined where Node should look. */
  source(specifier: string, from: string): string | undefined;
  /** `import.meta.resolve`. @throws where there is no such package */
  url(specifier: string, from: string): string;
}

/** Types are looked for no further than in what runs: TypeScript's own option, without a public name. */
interface Options extends ts.CompilerOptions {
  readonly noDtsResolution: boolean;
}

export function createResolver(aliases: Aliases, places: () => Places): Resolver {
  const optionsOf = (): Options => {
    const { paths, customConditions = [] } = places();
    return {
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      allowJs: true,
      resolveJsonModule: true,
      noDtsResolution: true,
      customConditions: ['node', ...customConditions],
      paths: { ...asPaths(aliases), ...paths } as ts.MapLike<string[]>,
    };
  };
  let options: Options | undefined;
  /** No cache: what is missing now may be there for the next cell. */
  const find = (specifier: string, from: string): ts.ResolvedModuleFull | undefined =>
    ts.resolveModuleName(specifier, from, (options ??= optionsOf()), ts.sys).resolvedModule;

  function source(specifier: string, from: string): string | undefined {
    if (isBuiltin(specifier)) return undefined;
    const found = find(pathOf(specifier), from);
    if (!found || found.resolvedFileName.includes('/node_modules/')) return undefined;
    const { resolvedFileName: file, isExternalLibraryImport: linked } = found;
    // A package of the workspace is the project's own where Node could not run it.
    return !linked || /\.([cm]?ts|tsx)$/.test(file) ? file : undefined;
  }

  function url(specifier: string, from: string): string {
    if (isBuiltin(specifier))
      return specifier.startsWith('node:') ? specifier : `node:${specifier}`;
    if (/^\.{0,2}\//.test(specifier)) return new URL(specifier, pathToFileURL(from)).href;
    if (URL.canParse(specifier)) return specifier;
    const found = find(specifier, from);
    if (found) return pathToFileURL(found.resolvedFileName).href;
    throw notFound('ERR_MODULE_NOT_FOUND', 'package', specifier, from);
  }

  return { source, url };
}

/** `dark-matter` is the aliased file, `dark-matter/nn` what lies beside it. */
function asPaths(aliases: Aliases): Paths {
  return Object.fromEntries(
    Object.entries(aliases).flatMap(([name, file]) => [
      [name, [file]],
      [`${name}/*`, [file.replace(/[^/\\]*$/, '*')]],
    ]),
  );
}

/** A file's URL as its path; one with a query asks for a copy, which is Node's to make. */
function pathOf(specifier: string): string {
  return specifier.startsWith('file:') && !/[?#]/.test(specifier)
    ? fileURLToPath(specifier)
    : specifier;
}
