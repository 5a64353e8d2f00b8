/**
 * A source file as CommonJS: what `npm run build` made of it, if that is newer, else what
 * TypeScript makes of it now.
 */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

export interface Transpiled {
  readonly javascript: string;
  /** Version 3, as JSON. */
  readonly sourceMap: string;
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
  const { outputText, sourceMapText, diagnostics } = ts.transpileModule(text, {
    // `.mjs` and `.mts` would stay ES modules, which cannot be dropped and loaded anew.
    fileName: file.replace(/\.[cm]([jt]s)$/, '.$1'),
    reportDiagnostics: true,
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.CommonJS,
      esModuleInterop: true,
      sourceMap: true,
      allowJs: true,
      preserveConstEnums: true,
      jsx: ts.JsxEmit.React,
      ...pick(language),
    },
  });
  if (diagnostics && diagnostics.length > 0) throw syntaxError(diagnostics);
  return { javascript: withoutMapComment(outputText), sourceMap: sourceMapText ?? '' };
}

/** Where JSX is to be kept as it is, Node could not run it. */
function pick({ jsx, ...rest }: Language): Language {
  const kept = jsx === ts.JsxEmit.Preserve || jsx === ts.JsxEmit.ReactNative;
  return jsx === undefined || kept ? rest : { jsx, ...rest };
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
      javascript: withoutMapComment(readFileSync(javascript, 'utf8')),
      sourceMap: statSync(map, { throwIfNoEntry: false }) ? readFileSync(map, 'utf8') : '',
    };
  }
  return undefined;
}

function withoutMapComment(javascript: string): string {
  return javascript.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n');
}
