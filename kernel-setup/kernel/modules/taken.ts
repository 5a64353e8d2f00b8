/**
 * The names that a module takes from others and uses as values. Of a name that is only passed on
 * TypeScript cannot tell, without looking at the other module, whether it is a type.
 */
import ts from 'typescript';
import { canRefer } from './mentions';

export interface TakenName {
  readonly name: string;
  /** `(1,10)`: the line and the column. */
  readonly place: string;
  /** Where it is only passed on: under this name. */
  readonly passedOnAs?: string;
}

/** What an `import` or an `export … from` of this file takes. */
export type TakenBy = (node: ts.Node) => TakenName[];

export function takenIn(file: ts.SourceFile): TakenBy {
  const typed = /\.([cm]?ts|tsx)$/.test(file.fileName);
  const values = new Set<string>();
  const exported = new Map<string, string>();
  for (const statement of file.statements) collect(statement, file);

  return (node) => {
    // An import that TypeScript added, for what JSX becomes, stands nowhere.
    if (node.pos < 0) return [];
    if (ts.isExportDeclaration(node)) return exportedNames(node).map(passedOn);
    return ts.isImportDeclaration(node) ? importedNames(node).flatMap(taken) : [];
  };

  function collect(node: ts.Node, parent: ts.Node): void {
    if (ts.isImportDeclaration(node) || isType(node, parent)) return;
    if (ts.isExportDeclaration(node)) {
      for (const { name, propertyName } of exportedNames(node))
        exported.set((propertyName ?? name).text, name.text);
    } else if (!ts.isIdentifier(node)) ts.forEachChild(node, (child) => collect(child, node));
    else if (canRefer(node, parent)) values.add(node.text);
  }

  function taken([name, local]: [string, ts.Identifier]): TakenName[] {
    const each = { name, place: placeOf(local) };
    if (!typed || values.has(local.text)) return [each];
    const passedOnAs = exported.get(local.text);
    return passedOnAs === undefined ? [] : [{ ...each, passedOnAs }];
  }

  function passedOn({ name, propertyName = name }: ts.ExportSpecifier): TakenName {
    const each = { name: propertyName.text, place: placeOf(propertyName) };
    return typed ? { ...each, passedOnAs: name.text } : each;
  }

  function placeOf(node: ts.Node): string {
    const { line, character } = file.getLineAndCharacterOfPosition(node.getStart(file));
    return `(${line + 1},${character + 1})`;
  }
}

function exportedNames({ exportClause, isTypeOnly }: ts.ExportDeclaration): ts.ExportSpecifier[] {
  if (isTypeOnly || !exportClause || !ts.isNamedExports(exportClause)) return [];
  return exportClause.elements.filter((each) => !each.isTypeOnly);
}

function importedNames({ importClause }: ts.ImportDeclaration): [string, ts.Identifier][] {
  const bindings = importClause?.namedBindings;
  const elements = bindings && ts.isNamedImports(bindings) ? bindings.elements : [];
  return [
    ...(importClause?.name ? [['default', importClause.name] as [string, ts.Identifier]] : []),
    ...elements
      .filter((each) => !each.isTypeOnly)
      .map(({ name, propertyName = name }): [string, ts.Identifier] => [propertyName.text, name]),
  ];
}

/** Types, but for the class after `extends`, which is a value too. */
function isType(node: ts.Node, parent: ts.Node): boolean {
  if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return true;
  if (ts.isExpressionWithTypeArguments(node))
    return ts.isHeritageClause(parent) && parent.token === ts.SyntaxKind.ImplementsKeyword;
  return ts.isTypeNode(node);
}
