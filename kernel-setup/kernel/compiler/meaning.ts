/**
 * Which identifiers of a cell mean a top-level name, its own or an earlier cell's: the checker
 * knows, shadowing and all.
 */
import ts from 'typescript';
import { declaredNames, isVar, type Declared } from './names';

export interface Meaning {
  /** The cell's own declarations. */
  readonly own: readonly Declared[];
  isTopLevel(name: ts.Identifier): boolean;
  /** `{ a }` mentions both a property and a variable: the variable. */
  isTopLevelShorthand(node: ts.ShorthandPropertyAssignment): boolean;
  /** A list of `var`s that belong to the cell, wherever it stands. */
  isTopLevelVar(node: ts.Node): node is ts.VariableDeclarationList;
  /** Whether a name that is declared here stands for something that is there at run time. */
  hasValue(name: ts.Identifier): boolean;
}

/**
 * @param end where the cell's own text ends; what follows declares the earlier names
 * @param ambient names that are declared, and mean globals
 */
export function meaningOf(
  checker: ts.TypeChecker,
  file: ts.SourceFile,
  end: number,
  ambient: ReadonlySet<string>,
): Meaning {
  const declared = declaredNames(file.statements).filter(({ name }) => !ambient.has(name));
  const tops = new Set<ts.Node>(declared.map(({ node }) => node));

  /** A class, enum or namespace knows itself by its local name. */
  function meansTop(symbol: ts.Symbol | undefined, node: ts.Node): boolean {
    const declaration = symbol?.declarations?.find((each) => tops.has(each));
    if (!declaration) return false;
    const selfNaming =
      ts.isClassDeclaration(declaration) ||
      ts.isEnumDeclaration(declaration) ||
      ts.isModuleDeclaration(declaration);
    return !(selfNaming && node.pos >= declaration.pos && node.end <= declaration.end);
  }

  return {
    own: declared.filter(({ node }) => node.pos < end),
    isTopLevel: (name) => meansTop(checker.getSymbolAtLocation(name), name),
    isTopLevelShorthand: (node) => meansTop(checker.getShorthandAssignmentValueSymbol(node), node),
    isTopLevelVar: (node): node is ts.VariableDeclarationList =>
      ts.isVariableDeclarationList(node) &&
      isVar(node) &&
      node.declarations.some((declaration) => tops.has(firstBinding(declaration))),
    hasValue: (name) => hasValue(checker, checker.getSymbolAtLocation(name)),
  };
}

function hasValue(checker: ts.TypeChecker, symbol: ts.Symbol | undefined): boolean {
  const meant =
    symbol && (symbol.flags & ts.SymbolFlags.Alias) !== 0
      ? checker.getAliasedSymbol(symbol)
      : symbol;
  return (
    meant === undefined ||
    (meant.flags & ts.SymbolFlags.Value) !== 0 ||
    checker.isUnknownSymbol(meant)
  );
}

function firstBinding(node: ts.VariableDeclaration | ts.BindingElement): ts.Node {
  if (ts.isIdentifier(node.name)) return node;
  const inner = (node.name.elements as readonly ts.Node[]).find(ts.isBindingElement);
  return inner ? firstBinding(inner) : node;
}
