/**
 * A source file as JavaScript: what `npm run build` made of it, if that is newer, else
 * what TypeScript makes of it now.
 *
 * Both are CommonJS, the second with what ES modules have beyond it (linkage.ts). Node's own ES
 * modules could not be used: it keeps them for ever, under one evaluation, and `vm.SourceTextModule`
 * is behind a flag and links asynchronously, which leaves `require` of a module without a way.
 */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { isEsModule } from './format';
import { awaitsHere, createLinkage, type Imports, type Kind } from './linkage';

export interface Transpiled {
  readonly javascript: string;
  /** Version 3, as JSON. */
  readonly sourceMap: string;
  /** What the code calls the loader's `ModuleRuntime`. */
  readonly runtime: string;
  readonly kind: Kind;
  /** What must be there before it runs. */
  readonly imports: Imports;
}

/** Folders of sources and of what was built from them. */
export type Builds = Readonly<Record<string, string>>;

/** What a project says of its language: decorators, JSX. */
export type Language = Readonly<
  Pick<
    ts.CompilerOptions,
    | 'emitDecoratorMetadata'
    | 'experimentalDecorators'
    | 'jsx'
    | 'jsxFactory'
    | 'jsxFragmentFactory'
    | 'jsxImportSource'
    | 'useDefineForClassFields'
  >
>;

/** @throws SyntaxError that names file, line and column and reads as tsc prints it */
export function transpile(
  file: string,
  text: string,
  builds: Builds,
  language: () => Language = () => ({}),
): Transpiled {
  return built(file, builds) ?? now(file, text, language());
}

function now(file: string, text: string, language: Language): Transpiled {
  const runtime = freeName(text, '__module');
  const { transformers, imports, kind } = createLinkage(runtime);
  const { outputText, sourceMapText, diagnostics } = ts.transpileModule(text, {
    // `.mjs` and `.mts` would stay ES modules, which cannot be dropped and loaded anew.
    fileName: file.replace(/\.[cm]([jt]s)$/, '.$1'),
    reportDiagnostics: true,
    transformers,
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.CommonJS,
      moduleDetection: isModule(file, text)
        ? ts.ModuleDetectionKind.Force
        : ts.ModuleDetectionKind.Legacy,
      // The loader gives what an import stands for: nothing is to be made of it.
      esModuleInterop: false,
      sourceMap: true,
      allowJs: true,
      preserveConstEnums: true,
      jsx: ts.JsxEmit.React,
      ...language,
    },
  });
  if (diagnostics && diagnostics.length > 0) throw syntaxError(diagnostics);
  return {
    javascript: bare(outputText),
    sourceMap: sourceMapText ?? '',
    runtime,
    kind: kind(),
    imports,
  };
}

/** As Node decides: by the name, by package.json, and else by whether CommonJS could not have it. */
function isModule(file: string, text: string): boolean {
  if (isEsModule(file)) return true;
  if (/\.c[jt]s$/.test(file)) return false;
  if (!/\bawait\b/.test(text)) return false;
  const parsed = ts.createSourceFile(file, text, {
    languageVersion: ts.ScriptTarget.ES2022,
    setExternalModuleIndicator: (each) => Object.assign(each, { externalModuleIndicator: true }),
  });
  return parsed.statements.some(awaitsHere);
}

function freeName(text: string, name: string): string {
  return text.includes(name) ? freeName(text, `${name}_`) : name;
}

function syntaxError(diagnostics: readonly ts.Diagnostic[]): SyntaxError {
  const host = {
    getCurrentDirectory: () => process.cwd(),
    getCanonicalFileName: (name: string) => name,
    getNewLine: () => '\n',
  };
  return new SyntaxError(ts.formatDiagnostics(diagnostics, host).trimEnd());
}

function built(file: string, builds: Builds): Transpiled | undefined {
  for (const [sources, output] of Object.entries(builds)) {
    const relative = path.relative(sources, file);
    if (relative.startsWith('..') || path.isAbsolute(relative) || !relative.endsWith('.ts'))
      continue;
    const javascript = path.join(output, relative.replace(/\.ts$/, '.js'));
    const made = statSync(javascript, { throwIfNoEntry: false });
    if (!made || made.mtimeMs < statSync(file).mtimeMs) continue;
    const map = `${javascript}.map`;
    return {
      javascript: bare(readFileSync(javascript, 'utf8')),
      sourceMap: statSync(map, { throwIfNoEntry: false }) ? readFileSync(map, 'utf8') : '',
      runtime: '__module',
      kind: 'function',
      imports: new Map(),
    };
  }
  return undefined;
}

/** Without the comment that names the map, and without the line that names an interpreter. */
function bare(javascript: string): string {
  return javascript.replace(/^#!.*/, '').replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n');
}
