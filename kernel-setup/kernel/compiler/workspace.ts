/**
 * The files that TypeScript sees: cells in memory, as if they lay in the notebook's folder, and everything on disk.
 *
 * One cache of parsed files serves the checker and the language service, so the large typings are parsed once.
 * Files under node_modules are taken not to change while the kernel lives; all others are looked at each time.
 */
import { statSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

/** Parsed files carry the version they were parsed from; the language service compares it. */
type Versioned = ts.SourceFile & { version: string };

export interface Workspace {
  readonly options: ts.CompilerOptions;
  readonly host: ts.CompilerHost;
  /** Creates or replaces a file in memory; gives its full path. */
  write(name: string, text: string): string;
  pathOf(name: string): string;
  /** A language service over the same files. */
  languageService(roots: () => string[]): ts.LanguageService;
  /** Looks for modules anew: after one was not found, or was installed. */
  forgetResolutions(): void;
}

export interface WorkspaceOptions {
  /** The notebook's folder: relative imports start here. */
  readonly folder: string;
  /** Module names that stand for a source file: `{ 'dark-matter': '/…/lib/index.ts' }`. */
  readonly aliases: Readonly<Record<string, string>>;
}

export function createWorkspace({ folder, aliases }: WorkspaceOptions): Workspace {
  const options = compilerOptions(folder, aliases);
  const memory = new Map<string, Versioned>();
  const disk = new Map<string, Versioned>();
  const parseOptions: ts.CreateSourceFileOptions = { languageVersion: ts.ScriptTarget.ES2022 };
  let resolutions = newResolutionCache();

  function newResolutionCache(): ts.ModuleResolutionCache {
    return ts.createModuleResolutionCache(folder, (name) => name, options);
  }

  function parse(fileName: string, text: string, version: string): Versioned {
    const file = ts.createSourceFile(fileName, text, parseOptions) as Versioned;
    file.version = version;
    return file;
  }

  function fromDisk(fileName: string): Versioned | undefined {
    const known = disk.get(fileName);
    if (known && isStable(fileName)) return known;
    const version = isStable(fileName) ? 'stable' : stamp(fileName);
    if (known?.version === version) return known;
    const text = version === undefined ? undefined : ts.sys.readFile(fileName);
    if (text === undefined || version === undefined) {
      disk.delete(fileName);
      return undefined;
    }
    const file = parse(fileName, text, version);
    disk.set(fileName, file);
    return file;
  }

  const sourceFile = (fileName: string): Versioned | undefined => memory.get(fileName) ?? fromDisk(fileName);

  const system: ts.ModuleResolutionHost = {
    fileExists: (fileName) => memory.has(fileName) || ts.sys.fileExists(fileName),
    readFile: (fileName) => memory.get(fileName)?.text ?? ts.sys.readFile(fileName),
    getCurrentDirectory: () => folder,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
    ...(ts.sys.realpath ? { realpath: ts.sys.realpath } : {}),
  };

  const shared = {
    ...system,
    getCurrentDirectory: () => folder,
    getDefaultLibFileName: () => ts.getDefaultLibFilePath(options),
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
    getModuleResolutionCache: () => resolutions,
    resolveModuleNameLiterals: (
      names: readonly ts.StringLiteralLike[],
      containing: string,
      redirected: ts.ResolvedProjectReference | undefined,
      _options: ts.CompilerOptions,
      file: ts.SourceFile,
    ) =>
      names.map((name) =>
        ts.resolveModuleName(name.text, containing, options, system, resolutions, redirected, ts.getModeForUsageLocation(file, name, options)),
      ),
  };

  return {
    options,
    host: {
      ...shared,
      getSourceFile: sourceFile,
      getCanonicalFileName: (name) => name,
      writeFile: () => {},
    },
    pathOf: (name) => path.posix.join(folder, name),
    write(name, text) {
      const fileName = path.posix.join(folder, name);
      const known = memory.get(fileName);
      if (known?.text !== text) memory.set(fileName, parse(fileName, text, String(Number(known?.version ?? 0) + 1)));
      return fileName;
    },
    languageService: (roots) =>
      ts.createLanguageService(
        {
          ...shared,
          fileExists: (fileName) => system.fileExists(fileName),
          readFile: (fileName) => system.readFile(fileName),
          getCompilationSettings: () => options,
          getScriptFileNames: roots,
          getScriptVersion: (fileName) => sourceFile(fileName)?.version ?? '',
          getScriptSnapshot: (fileName) => {
            const file = sourceFile(fileName);
            return file && ts.ScriptSnapshot.fromString(file.text);
          },
        },
        sharedRegistry(sourceFile),
      ),
    forgetResolutions() {
      resolutions = newResolutionCache();
    },
  };
}

function compilerOptions(folder: string, aliases: Readonly<Record<string, string>>): ts.CompilerOptions {
  return {
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
    // `preserve` reads imports as a bundler does, with `exports` maps, and allows both `import x from` and `import x = require()`.
    module: ts.ModuleKind.Preserve,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    moduleDetection: ts.ModuleDetectionKind.Force,
    strict: true,
    skipLibCheck: true,
    esModuleInterop: true,
    resolveJsonModule: true,
    allowJs: true,
    allowImportingTsExtensions: true,
    preserveConstEnums: true,
    sourceMap: true,
    newLine: ts.NewLineKind.LineFeed,
    types: ['node'],
    typeRoots: typeRoots(folder),
    paths: Object.fromEntries(
      Object.entries(aliases).flatMap(([name, file]) => [
        [name, [file]],
        [`${name}/*`, [path.posix.join(path.posix.dirname(file), '*')]],
      ]),
    ),
  };
}

/** `node_modules/@types` of the folder and those above it, and of this file: a notebook anywhere knows node's types. */
function typeRoots(folder: string): string[] {
  const roots: string[] = [];
  for (const start of [folder, __dirname]) {
    for (let at = start; ; at = path.dirname(at)) {
      roots.push(path.join(at, 'node_modules', '@types'));
      if (at === path.dirname(at)) break;
    }
  }
  return [...new Set(roots)].filter((root) => ts.sys.directoryExists(root));
}

function isStable(fileName: string): boolean {
  return fileName.includes('/node_modules/');
}

/** Changes when a file does; undefined where there is none. */
function stamp(fileName: string): string | undefined {
  const stat = statSync(fileName, { throwIfNoEntry: false });
  return stat?.isFile() ? `${stat.mtimeMs}:${stat.size}` : undefined;
}

/** Hands the language service the files that are parsed already. */
function sharedRegistry(sourceFile: (fileName: string) => Versioned | undefined): ts.DocumentRegistry {
  const get = (fileName: string): ts.SourceFile => {
    const file = sourceFile(fileName);
    if (!file) throw new Error(`${fileName} has gone`);
    return file;
  };
  return {
    acquireDocument: get,
    acquireDocumentWithKey: get,
    updateDocument: get,
    updateDocumentWithKey: get,
    getKeyForCompilationSettings: () => '' as ts.DocumentRegistryBucketKey,
    releaseDocument: () => {},
    releaseDocumentWithKey: () => {},
    reportStats: () => '',
  };
}
