/** From a cell's text to its syntax tree. */
import ts from 'typescript';

/**
 * A file as the parser leaves it: TypeScript keeps the syntax errors on the file, without a public
 * name.
 */
export interface Parsed extends ts.SourceFile {
  readonly parseDiagnostics: readonly ts.DiagnosticWithLocation[];
}

/**
 * As TypeScript, or with JSX where it reads better so: `<T>x` is a cast in the one and begins an
 * element in the other.
 *
 * @param withParents nodes know what they stand in
 */
export function parseCell(
  name: string,
  text: string,
  version: ts.ScriptTarget | ts.CreateSourceFileOptions = ts.ScriptTarget.ES2024,
  withParents = false,
): Parsed {
  const as = (kind: ts.ScriptKind) =>
    ts.createSourceFile(name, text, version, withParents, kind) as Parsed;
  const plain = as(ts.ScriptKind.TS);
  const faults = plain.parseDiagnostics.length;
  if (faults === 0 || !opensElement.test(text)) return plain;
  const jsx = as(ts.ScriptKind.TSX);
  const allowed = closesElement.test(text) ? faults : faults - 1;
  return jsx.parseDiagnostics.length <= allowed ? jsx : plain;
}

const opensElement = /<[\w$>]/;
const closesElement = /<\/|\/>/;

export function hasJsx({ languageVariant }: ts.SourceFile): boolean {
  return languageVariant === ts.LanguageVariant.JSX;
}
