/**
 * The files that TypeScript sees: cells in memory, as if they lay in the notebook's folder, and
 * everything on disk.
 */
import path from 'node:path';
import ts from 'typescript';
import { createDisk, versioned, type Disk, type VersionedFile } from './disk';
import { parseCell } from './parse';
import { nodeLibraries } from './nodeLibraries';

export interface WorkspaceOptions {
  /** The notebook's folder: relative imports start here. */
  readonly folder: string;
  /** Module names that stand for a source file: `{ 'dark-matter': '/…/lib/index.ts' }`. */
  readonly aliases: Readonly<Record<string, string>>;
  /** What the project says of its language (tsconfig.ts). */
  readonly project?: ts.CompilerOptions;
  /** Files that declare what cells find as globals beside Node's. */
  readonly globals?: readonly string[];
}

/** What all views of the files have in common. */
export interface Ground {
  readonly folder: string;
  readonly globals: readonly string[];
  readonly options: ts.CompilerOptions;
  readonly disk: Disk;
  readonly resolve: (specifier: string, from: string) => ts.ResolvedModuleWithFailedLookupLocations;
  readonly resolutionCache: () => ts.ModuleResolutionCache;
  /** Looks for modules anew: after one was not found, or a file changed. */
  forgetResolutions(): void;
}

/** Files in memory over those on disk. */
export interface Workspace {
  readonly ground: Ground;
  readonly host: ts.CompilerHost;
  /** Creates or replaces a file in memory; gives its full path. */
  write(name: string, text: string): string;
}

export function createGround({
  folder,
  aliases,
  project = {},
  globals = [],
}: WorkspaceOptions): Ground {
  const options = compilerOptions(folder, aliases, project);
  const newCache = () => ts.createModuleResolutionCache(folder, (name) => name, options);
  let cache = newCache();
  const ground: Ground = {
    folder,
    globals,
    options,
    disk: createDisk(() => ground.forgetResolutions()),
    resolve: (specifier, from) =>
      ts.resolveModuleName(
        specifier,
        from,
        options,
        moduleHost(folder, () => undefined),
        cache,
      ),
    resolutionCache: () => cache,
    forgetResolutions() {
      cache = newCache();
    },
  };
  return ground;
}

export function createWorkspace(ground: Ground): Workspace {
  const { folder, options, disk } = ground;
  const memory = new Map<string, VersionedFile>();
  return {
    ground,
    host: {
      ...moduleHost(folder, (name) => memory.get(name)?.text),
      getSourceFile: (name) => memory.get(name) ?? disk.sourceFile(name),
      getDefaultLibFileName: () => ts.getDefaultLibFilePath(options),
      useCaseSensitiveFileNames: () => true,
      getCanonicalFileName: (name) => name,
      getCurrentDirectory: () => folder,
      getNewLine: () => '\n',
      writeFile: () => {},
      // It also remembers package.json files, which TypeScript would else read again for each file
      // of each program.
      getModuleResolutionCache: ground.resolutionCache,
      resolveModuleNameLiterals: (literals, containing) =>
        literals.map(({ text }) => {
          const inMemory = path.posix.join(path.posix.dirname(containing), `${text}.ts`);
          return memory.has(inMemory)
            ? { resolvedModule: { resolvedFileName: inMemory, extension: '.ts' } }
            : ground.resolve(text, containing);
        }),
    },
    write(name, text) {
      const fileName = path.posix.join(folder, name);
      const known = memory.get(fileName);
      if (known?.text !== text)
        memory.set(
          fileName,
          versioned(parseCell(fileName, text), String(Number(known?.version ?? 0) + 1)),
        );
      return fileName;
    },
  };
}

/** A language service over a workspace, which takes the files as they are parsed already. */
export function languageServiceOf(
  { ground, host }: Workspace,
  roots: () => string[],
): ts.LanguageService {
  const get = (fileName: string): VersionedFile => {
    const file = host.getSourceFile(fileName, ts.ScriptTarget.ES2022) as VersionedFile | undefined;
    if (!file) throw new Error(`${fileName} has gone`);
    return file;
  };
  const find = (fileName: string) =>
    host.getSourceFile(fileName, ts.ScriptTarget.ES2022) as VersionedFile | undefined;
  return ts.createLanguageService(
    {
      ...host,
      writeFile: undefined,
      getCompilationSettings: () => ground.options,
      getScriptFileNames: () => [...roots(), ...ground.globals],
      getScriptVersion: (fileName) => find(fileName)?.version ?? '',
      getScriptSnapshot: (fileName) => {
        const file = find(fileName);
        return file && ts.ScriptSnapshot.fromString(file.text);
      },
    },
    {
      acquireDocument: get,
      acquireDocumentWithKey: get,
      updateDocument: get,
      updateDocumentWithKey: get,
      getKeyForCompilationSettings: () => '' as ts.DocumentRegistryBucketKey,
      releaseDocument: () => {},
      releaseDocumentWithKey: () => {},
      reportStats: () => '',
    },
  );
}

function moduleHost(folder: string, inMemory: (fileName: string) => string | undefined) {
  return {
    fileExists: (fileName: string) =>
      inMemory(fileName) !== undefined || ts.sys.fileExists(fileName),
    readFile: (fileName: string) => inMemory(fileName) ?? ts.sys.readFile(fileName),
    getCurrentDirectory: () => folder,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
    readDirectory: ts.sys.readDirectory,
    ...(ts.sys.realpath ? { realpath: ts.sys.realpath } : {}),
  };
}

/** The project's options, over what holds without one and under what is the kernel's to say. */
function compilerOptions(
  folder: string,
  aliases: Readonly<Record<string, string>>,
  project: ts.CompilerOptions,
): ts.CompilerOptions {
  return {
    target: ts.ScriptTarget.ES2024,
    lib: nodeLibraries(),
    strict: true,
    skipLibCheck: true,
    types: ['node'],
    jsx: ts.JsxEmit.React,
    ...project,
    // `preserve` reads imports as a bundler does, with `exports` maps, and allows both `import x
    // from` and `import x = require()`.
    module: ts.ModuleKind.Preserve,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    moduleDetection: ts.ModuleDetectionKind.Force,
    esModuleInterop: true,
    resolveJsonModule: true,
    allowJs: true,
    allowImportingTsExtensions: true,
    preserveConstEnums: true,
    sourceMap: true,
    newLine: ts.NewLineKind.LineFeed,
    typeRoots: typeRoots(folder),
    paths: {
      ...Object.fromEntries(
        Object.entries(aliases).flatMap(([name, file]) => [
          [name, [file]],
          [`${name}/*`, [path.posix.join(path.posix.dirname(file), '*')]],
        ]),
      ),
      ...project.paths,
    },
  };
}

/**
 * `node_modules/@types` of the folder and those above it, and of this file: a notebook anywhere
 * knows node's types.
 */
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
