/**
 * A declaration of variables as an assignment to the scope.
 *
 *     n = 1                          __scope.n = 1
 *     { a, b: [c = 2, ...d] } = f()  ({ a: __scope.a, b: [__scope.c = 2, ...__scope.d] } = f())
 */
import ts from 'typescript';
import { at, member, skipWrappers } from './nodes';

const factory = ts.factory;

/** What the rewriting of a cell offers to its parts. */
export interface Rewriting {
  /** `__scope.name`, in the source map where the identifier is. */
  access(name: ts.Identifier): ts.Expression;
  expression(node: ts.Expression): ts.Expression;
  visit(node: ts.Node): ts.VisitResult<ts.Node>;
}

/**
 * @param value what an absent initializer stands for; where undefined, there is nothing to assign
 */
export function assignmentOf(
  node: ts.VariableDeclaration,
  rewriting: Rewriting,
  value?: ts.Expression,
): ts.Expression | undefined {
  const assigned = node.initializer ? namedValue(node.name, node.initializer, rewriting) : value;
  if (!assigned) return undefined;
  const assignment = at(factory.createAssignment(targetOf(node.name, rewriting), assigned), node);
  return ts.isIdentifier(node.name)
    ? assignment
    : factory.createParenthesizedExpression(assignment);
}

/** The names of a pattern as what an assignment assigns to. */
export function targetOf(name: ts.BindingName, rewriting: Rewriting): ts.Expression {
  if (ts.isIdentifier(name)) return rewriting.access(name);
  if (ts.isObjectBindingPattern(name)) {
    const properties = name.elements.map((element) => {
      if (element.dotDotDotToken)
        return factory.createSpreadAssignment(targetOf(element.name, rewriting));
      const key = element.propertyName ?? (element.name as ts.Identifier);
      return factory.createPropertyAssignment(
        keyOf(key, rewriting),
        targetWithDefault(element, rewriting),
      );
    });
    return at(factory.createObjectLiteralExpression(properties), name);
  }
  const elements = name.elements.map((element) => {
    if (ts.isOmittedExpression(element)) return element;
    return element.dotDotDotToken
      ? factory.createSpreadElement(targetOf(element.name, rewriting))
      : targetWithDefault(element, rewriting);
  });
  return at(factory.createArrayLiteralExpression(elements), name);
}

function targetWithDefault(element: ts.BindingElement, rewriting: Rewriting): ts.Expression {
  const target = targetOf(element.name, rewriting);
  return element.initializer
    ? factory.createAssignment(target, namedValue(element.name, element.initializer, rewriting))
    : target;
}

function keyOf(name: ts.PropertyName, rewriting: Rewriting): ts.PropertyName {
  return ts.isIdentifier(name)
    ? factory.createIdentifier(name.text)
    : (rewriting.visit(name) as ts.PropertyName);
}

/**
 * A function without a name takes the variable's, as JavaScript gives it in a declaration and not
 * in `scope.f = …`.
 */
export function namedValue(
  name: ts.BindingName,
  value: ts.Expression,
  rewriting: Rewriting,
): ts.Expression {
  const visited = rewriting.expression(value);
  if (!ts.isIdentifier(name) || name.text === '__proto__' || !isAnonymousFunction(value))
    return visited;
  const holder = factory.createObjectLiteralExpression([
    factory.createPropertyAssignment(name.text, visited),
  ]);
  return member(factory.createParenthesizedExpression(holder), name.text);
}

function isAnonymousFunction(node: ts.Expression): boolean {
  const inner = skipWrappers(node);
  return (
    ts.isArrowFunction(inner) ||
    ((ts.isFunctionExpression(inner) || ts.isClassExpression(inner)) && !inner.name)
  );
}

export function boundNames(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) =>
    ts.isBindingElement(element) ? boundNames(element.name) : [],
  );
}
