/**
 * The names of a cell, read from its syntax alone: what it declares at its top level, and what it
 * mentions.
 */
import ts from 'typescript';
import { canRefer } from '../modules/mentions';

/**
 * How a name was declared. An `evolving` one is a `let` whose type TypeScript follows from
 * assignment to assignment.
 */
export type Kind =
  'let' | 'evolving' | 'const' | 'function' | 'class' | 'enum' | 'import' | 'namespace' | 'type';

/** A top-level declaration. */
export interface Declared {
  readonly name: string;
  readonly kind: Kind;
  /** The declaring node: a variable, a binding element, a function, an import specifier, … */
  readonly node: ts.Declaration;
  /** `declare const x`: the value is a global's, which something else makes. */
  readonly ambient: boolean;
}

/**
 * Every declaration of these top-level statements, `var`s of nested blocks included; a merged name
 * appears more than once.
 */
export function declaredNames(statements: readonly ts.Statement[]): Declared[] {
  const found: Declared[] = [];
  let ambient = false;
  const add = (name: ts.Identifier | undefined, node: ts.Declaration, kind: Kind) => {
    if (name && name.text !== '')
      found.push({ name: name.text, kind, node, ambient: ambient && kind !== 'type' });
  };
  for (const statement of statements) {
    ambient = hasModifier(statement, ts.SyntaxKind.DeclareKeyword);
    if (ts.isImportDeclaration(statement)) addImports(statement.importClause, add);
    else if (ts.isImportEqualsDeclaration(statement)) add(statement.name, statement, 'import');
    else if (ts.isFunctionDeclaration(statement)) add(statement.name, statement, 'function');
    else if (ts.isClassDeclaration(statement)) add(statement.name, statement, 'class');
    else if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement))
      add(statement.name, statement, 'type');
    else if (ts.isEnumDeclaration(statement)) add(statement.name, statement, 'enum');
    else if (ts.isModuleDeclaration(statement)) {
      if (ts.isIdentifier(statement.name) && !isGlobalAugmentation(statement))
        add(statement.name, statement, 'namespace');
    } else if (ts.isVariableStatement(statement)) addVariables(statement.declarationList, add);
    else addNestedVars(statement, add);
  }
  return found;
}

type Add = (name: ts.Identifier | undefined, node: ts.Declaration, kind: Kind) => void;

function addImports(clause: ts.ImportClause | undefined, add: Add): void {
  if (!clause) return;
  add(clause.name, clause, 'import');
  const bindings = clause.namedBindings;
  if (bindings && ts.isNamespaceImport(bindings)) add(bindings.name, bindings, 'import');
  else bindings?.elements.forEach((element) => add(element.name, element, 'import'));
}

function addVariables(list: ts.VariableDeclarationList, add: Add): void {
  const constant = (list.flags & (ts.NodeFlags.Const | ts.NodeFlags.Using)) !== 0;
  for (const declaration of list.declarations)
    addBinding(declaration, constant ? 'const' : isEvolving(declaration) ? 'evolving' : 'let', add);
}

function addBinding(node: ts.VariableDeclaration | ts.BindingElement, kind: Kind, add: Add): void {
  if (ts.isIdentifier(node.name)) add(node.name, node, kind);
  else
    for (const element of node.name.elements)
      if (ts.isBindingElement(element)) addBinding(element, kind, add);
}

/** `let x;` and `let x = null;`, but not a loop's variable. */
function isEvolving({ parent, type, initializer }: ts.VariableDeclaration): boolean {
  if (type || ts.isForOfStatement(parent.parent) || ts.isForInStatement(parent.parent))
    return false;
  return (
    !initializer ||
    initializer.kind === ts.SyntaxKind.NullKeyword ||
    (ts.isIdentifier(initializer) && initializer.text === 'undefined')
  );
}

/** `var` belongs to the cell wherever it stands outside of a function. */
function addNestedVars(node: ts.Node, add: Add): void {
  if (ts.isFunctionLike(node) || ts.isClassLike(node) || ts.isModuleDeclaration(node)) return;
  if (ts.isVariableDeclarationList(node) && isVar(node)) addVariables(node, add);
  ts.forEachChild(node, (child) => addNestedVars(child, add));
}

export function isVar(list: ts.VariableDeclarationList): boolean {
  return (list.flags & ts.NodeFlags.BlockScoped) === 0;
}

/** `declare global { … }`. */
export function isGlobalAugmentation(node: ts.ModuleDeclaration): boolean {
  return (node.flags & ts.NodeFlags.GlobalAugmentation) !== 0;
}

export function hasModifier(node: ts.Node, kind: ts.SyntaxKind): boolean {
  return (
    ts.canHaveModifiers(node) &&
    (ts.getModifiers(node)?.some((modifier) => modifier.kind === kind) ?? false)
  );
}

/** The names that the file mentions where a variable or a type could be meant. */
export function mentionedNames(file: ts.SourceFile): Set<string> {
  const names = new Set<string>();
  const walk = (node: ts.Node, parent: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      if (canRefer(node, parent)) names.add(node.text);
    } else ts.forEachChild(node, (child) => walk(child, node));
  };
  ts.forEachChild(file, (child) => walk(child, file));
  return names;
}
