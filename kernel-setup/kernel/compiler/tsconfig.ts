/** What the nearest tsconfig.json says of the language. */
import path from 'node:path';
import ts from 'typescript';
import type { Places } from '../modules/resolve';
import type { Language } from '../modules/transpile';

/** A project's options, as far as cells follow them. */
export interface ProjectOptions {
  /** The file; undefined where there is none. */
  readonly file?: string;
  readonly options: ts.CompilerOptions;
  /** What is wrong with the file, a line each. */
  readonly problems: readonly string[];
}

/**
 * How strictly is checked, which language it is and what is found: that is the project's to say. How
 * modules are written and what is emitted is the kernel's, and names that a cell does not use may be
 * used by the next.
 */
const followed = [
  'strict',
  'alwaysStrict',
  'exactOptionalPropertyTypes',
  'noFallthroughCasesInSwitch',
  'noImplicitAny',
  'noImplicitOverride',
  'noImplicitReturns',
  'noImplicitThis',
  'noPropertyAccessFromIndexSignature',
  'noUncheckedIndexedAccess',
  'strictBindCallApply',
  'strictBuiltinIteratorReturn',
  'strictFunctionTypes',
  'strictNullChecks',
  'strictPropertyInitialization',
  'useUnknownInCatchVariables',
  'allowSyntheticDefaultImports',
  'customConditions',
  'emitDecoratorMetadata',
  'experimentalDecorators',
  'jsx',
  'jsxFactory',
  'jsxFragmentFactory',
  'jsxImportSource',
  'lib',
  'noLib',
  'skipLibCheck',
  'useDefineForClassFields',
] as const satisfies readonly (keyof ts.CompilerOptions)[];

/** Node runs these as they are; what is older is raised to the first, what is newer lowered. */
const [oldest, newest] = [ts.ScriptTarget.ES2022, ts.ScriptTarget.ES2024];

/**
 * The options of the nearest tsconfig.json, in the folder or above it, with what it extends.
 *
 * @param folder the notebook's
 */
export function projectOptions(folder: string): ProjectOptions {
  const file = ts.findConfigFile(folder, (name) => ts.sys.fileExists(name));
  if (file === undefined) return { options: {}, problems: [] };
  const { config, error } = ts.readConfigFile(file, (name) => ts.sys.readFile(name)) as {
    config?: object;
    error?: ts.Diagnostic;
  };
  const base = path.dirname(file);
  // Which files belong to the project does not matter, and to list them takes long.
  const host = { ...ts.sys, readDirectory: () => [] };
  const parsed = ts.parseJsonConfigFileContent(config ?? {}, host, base, undefined, file);
  const noFiles = new Set([18002, 18003]);
  const problems = [...(error ? [error] : []), ...parsed.errors].filter(
    ({ code }) => !noFiles.has(code),
  );
  return {
    file,
    options: followedOf(parsed.options, base),
    problems: problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
  };
}

function followedOf(given: ts.CompilerOptions, base: string): ts.CompilerOptions {
  const { target, types, paths, baseUrl, pathsBasePath, jsx } = given;
  const from = baseUrl ?? (pathsBasePath as string | undefined) ?? base;
  const absolute = (files: readonly string[]) => files.map((file) => path.resolve(from, file));
  return {
    ...Object.fromEntries(followed.flatMap((name) => (name in given ? [[name, given[name]]] : []))),
    // Without `lib` TypeScript takes that of the target, the DOM with it.
    ...(given.lib === undefined && { lib: [libraryOf(target)] }),
    ...(target !== undefined && { target: Math.min(newest, Math.max(oldest, target)) }),
    // Node cannot run it as it is; what would be made of it later is most often this.
    ...(jsx !== undefined && keepsJsx.has(jsx) && { jsx: ts.JsxEmit.ReactJSX }),
    ...(types && { types: [...new Set(['node', ...types])] }),
    ...(paths && {
      paths: Object.fromEntries(
        Object.entries(paths).map(([name, files]) => [name, absolute(files)]),
      ),
    }),
  };
}

const keepsJsx = new Set([ts.JsxEmit.Preserve, ts.JsxEmit.ReactNative]);

/** The file of types that TypeScript takes for a target, if no `lib` is given. */
const libraryOf = (target = ts.ScriptTarget.ES5): string => ts.getDefaultLibFileName({ target });

/** What the loader of modules needs of them. */
export function modulesOf({ options }: ProjectOptions): Places & { readonly language: Language } {
  const { paths = {}, customConditions = [], ...language } = options;
  return { paths, customConditions, language };
}

/** Whether the project's cells know the DOM's library. */
export const hasDom = ({ options: { lib = [] } }: ProjectOptions): boolean =>
  lib.some((name) => /^lib\.(d|dom|.*full)\b/.test(name));
