/**
 * The few shapes of syntax that a cell's rewriting is made of.
 */
import ts from 'typescript';

const factory = ts.factory;

/** `object.name` */
export function member(object: string | ts.Expression, name: string): ts.PropertyAccessExpression {
  return factory.createPropertyAccessExpression(
    typeof object === 'string' ? factory.createIdentifier(object) : object,
    name,
  );
}

/** `target = value;` */
export function assignment(target: ts.Expression, value: ts.Expression): ts.Statement {
  return factory.createExpressionStatement(factory.createAssignment(target, value));
}

/** `const name = value;` */
export function constant(name: ts.Identifier, value: ts.Expression): ts.Statement {
  const declaration = factory.createVariableDeclaration(name, undefined, undefined, value);
  return factory.createVariableStatement(
    undefined,
    factory.createVariableDeclarationList([declaration], ts.NodeFlags.Const),
  );
}

export function text(value: string): ts.StringLiteral {
  return factory.createStringLiteral(value);
}

/** Gives a new node the old one's place in the source map. */
export function at<T extends ts.Node>(node: T, original: ts.Node): T {
  return ts.setSourceMapRange(node, { pos: original.getStart(), end: original.end });
}

type Wrapper =
  | ts.ParenthesizedExpression
  | ts.NonNullExpression
  | ts.AssertionExpression
  | ts.SatisfiesExpression
  | ts.ExpressionWithTypeArguments;

/** `(f)`, `f!`, `f as T`, `<T>f`, `f satisfies T` and `f<T>` are `f` all the same. */
export function isWrapper(node: ts.Node): node is Wrapper {
  return (
    ts.isParenthesizedExpression(node) ||
    ts.isNonNullExpression(node) ||
    ts.isAssertionExpression(node) ||
    ts.isSatisfiesExpression(node) ||
    ts.isExpressionWithTypeArguments(node)
  );
}

export function skipWrappers(node: ts.Expression): ts.Expression {
  return isWrapper(node) ? skipWrappers(node.expression) : node;
}

/**
 * Whether something is wanted in the code that runs where a node stands. Functions within run at
 * another time, but for their computed names and decorators; of a class all else counts.
 */
export function contains(node: ts.Node, wanted: (node: ts.Node) => boolean): boolean {
  const within = (child: ts.Node | undefined): boolean =>
    child !== undefined && contains(child, wanted);
  if (wanted(node)) return true;
  if (!ts.isFunctionLike(node)) return ts.forEachChild(node, within) === true;
  const decorators = ts.canHaveDecorators(node) ? ts.getDecorators(node) : undefined;
  return within(node.name) || decorators?.some(within) === true;
}

/** The statement without `export` and `default`, which mean nothing in a cell. */
export function unexported<T extends ts.Statement>(node: T): T {
  const modifiers: readonly ts.ModifierLike[] = (ts.canHaveModifiers(node) && node.modifiers) || [];
  const kept = modifiers.filter(
    ({ kind }) => kind !== ts.SyntaxKind.ExportKeyword && kind !== ts.SyntaxKind.DefaultKeyword,
  );
  return kept.length === modifiers.length ? node : (withModifiers(node, kept) as T);
}

function withModifiers(node: ts.Statement, kept: readonly ts.ModifierLike[]): ts.Statement {
  if (ts.isFunctionDeclaration(node)) {
    return factory.updateFunctionDeclaration(
      node,
      kept,
      node.asteriskToken,
      node.name,
      node.typeParameters,
      node.parameters,
      node.type,
      node.body,
    );
  }
  if (ts.isClassDeclaration(node))
    return factory.updateClassDeclaration(
      node,
      kept,
      node.name,
      node.typeParameters,
      node.heritageClauses,
      node.members,
    );
  const modifiers = kept.filter(ts.isModifier);
  if (ts.isEnumDeclaration(node))
    return factory.updateEnumDeclaration(node, modifiers, node.name, node.members);
  if (ts.isModuleDeclaration(node))
    return factory.updateModuleDeclaration(node, modifiers, node.name, node.body);
  if (ts.isVariableStatement(node))
    return factory.updateVariableStatement(node, modifiers, node.declarationList);
  return node;
}
