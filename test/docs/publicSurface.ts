/** The library's public names, as TypeScript sees them: what `import ... from 'dark-matter'` gives. */
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';

export const root = join(__dirname, '../..');

/** A public function, constant or type. */
export interface PublicName {
  /** As a user writes it: `nn.dense`. */
  readonly name: string;
  readonly kind: 'function' | 'value' | 'type';
  /** Where it is declared, from the root. */
  readonly file: string;
  /** The docstring's text, without its tags. */
  readonly summary: string;
  /** The code of each example. */
  readonly examples: readonly string[];
}

/** The compiler's options of the project. */
export function projectOptions(): ts.CompilerOptions {
  const path = join(root, 'tsconfig.json');
  const { config } = ts.readConfigFile(path, (file) => readFileSync(file, 'utf8')) as {
    config: object;
  };
  return {
    ...ts.parseJsonConfigFileContent(config, ts.sys, root).options,
    noEmit: true,
    incremental: false,
  };
}

/** All public names, rooms first to last, each once. */
export function publicNames(): PublicName[] {
  const index = join(root, 'lib/index.ts');
  const program = ts.createProgram([index], projectOptions());
  const checker = program.getTypeChecker();
  const found: PublicName[] = [];
  const walk = (module: ts.Symbol, prefix: string): void => {
    for (const exported of checker.getExportsOfModule(module)) {
      const symbol =
        exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      const declaration = symbol.declarations?.[0];
      const file = declaration && relative(root, declaration.getSourceFile().fileName);
      if (!file?.startsWith('lib')) continue;
      if (ts.isSourceFile(declaration!)) walk(symbol, `${prefix}${exported.name}.`);
      else
        found.push(
          publicName(
            `${prefix}${exported.name}`,
            symbol,
            declaration!,
            file,
            checker,
            isTypeOnly(exported),
          ),
        );
    }
  };
  walk(checker.getSymbolAtLocation(program.getSourceFile(index)!)!, '');
  return found;
}

/** Whether a name is exported as a type alone: `export { type Diagram }`. */
const isTypeOnly = (exported: ts.Symbol): boolean =>
  exported.declarations?.some(
    (declaration) =>
      ts.isExportSpecifier(declaration) &&
      (declaration.isTypeOnly || declaration.parent.parent.isTypeOnly),
  ) ?? false;

function publicName(
  name: string,
  symbol: ts.Symbol,
  declaration: ts.Declaration,
  file: string,
  checker: ts.TypeChecker,
  isTypeOnly: boolean,
): PublicName {
  const isValue = !isTypeOnly && (symbol.flags & ts.SymbolFlags.Value) !== 0;
  const type = isValue ? checker.getTypeOfSymbolAtLocation(symbol, declaration) : undefined;
  const isCalled =
    type && (type.getCallSignatures().length > 0 || type.getConstructSignatures().length > 0);
  const tags = symbol.getJsDocTags(checker).filter(({ name: tag }) => tag === 'example');
  return {
    name,
    kind: isValue ? (isCalled ? 'function' : 'value') : 'type',
    file,
    summary: ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim(),
    examples: tags.flatMap(({ text }) => fences(ts.displayPartsToString(text))),
  };
}

/** The code of each ```ts fence of a text. */
export const fences = (text: string): string[] =>
  [...text.matchAll(/^```ts\n([^]*?)^```/gm)].map(([, code]) => code!);
