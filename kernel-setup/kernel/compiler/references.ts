/**
 * The expressions of a cell, rewritten so that top-level names are read from and written to the
 * scope.
 *
 *     n + 1         __scope.n + 1
 *     f(n)          (0, __scope.f)(__scope.n)
 *     { n }         { n: __scope.n }
 *     import('m')   __cell.import('m')
 *     import.meta   __cell.meta
 */
import ts from 'typescript';
import { canRefer } from '../modules/mentions';
import { assignmentOf, namedValue, targetOf, type Rewriting } from './bindings';
import type { Meaning } from './meaning';
import { isVar } from './names';
import { at, member, skipWrappers } from './nodes';

const factory = ts.factory;

const namesFunctions = new Set<ts.SyntaxKind>([
  ts.SyntaxKind.EqualsToken,
  ts.SyntaxKind.QuestionQuestionEqualsToken,
  ts.SyntaxKind.BarBarEqualsToken,
  ts.SyntaxKind.AmpersandAmpersandEqualsToken,
]);

/** What the wrapper's parameters are called. */
export interface Identifiers {
  readonly scope: string;
  readonly cell: string;
}

export function createRewriting(
  meaning: Meaning,
  { scope, cell }: Identifiers,
  context: ts.TransformationContext,
): Rewriting {
  const rewriting: Rewriting = { access, expression, visit };
  return rewriting;

  function access(name: ts.Identifier): ts.Expression {
    return at(member(scope, name.text), name);
  }

  function expression(node: ts.Expression): ts.Expression {
    return ts.visitNode(node, visit, ts.isExpression) ?? node;
  }

  function children<T extends ts.Node>(node: T): T {
    return ts.visitEachChild(node, visit, context);
  }

  function visit(node: ts.Node): ts.VisitResult<ts.Node> {
    if (ts.isIdentifier(node))
      return canRefer(node) && meaning.isTopLevel(node) ? access(node) : node;
    if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return node;
    if (ts.isShorthandPropertyAssignment(node)) return shorthand(node);
    if (ts.isCallExpression(node)) return call(node);
    if (ts.isDecorator(node)) return decorator(node);
    if (ts.isBinaryExpression(node) && namesFunctions.has(node.operatorToken.kind))
      return namingAssignment(node);
    if (ts.isTaggedTemplateExpression(node)) return taggedTemplate(node);
    if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword)
      return at(member(cell, 'meta'), node);
    if (ts.isVariableStatement(node) && meaning.isTopLevelVar(node.declarationList))
      return varStatement(node.declarationList);
    if (ts.isForStatement(node) && node.initializer && meaning.isTopLevelVar(node.initializer))
      return forVar(node, node.initializer);
    if (
      (ts.isForOfStatement(node) || ts.isForInStatement(node)) &&
      meaning.isTopLevelVar(node.initializer)
    )
      return forEachVar(node, node.initializer);
    return children(node);
  }

  /** `{ a }` as `{ a: scope.a }`, and `{ a = 1 }` of an assignment as `{ a: scope.a = 1 }`. */
  function shorthand(node: ts.ShorthandPropertyAssignment): ts.Node {
    if (!meaning.isTopLevelShorthand(node)) return children(node);
    const target = access(node.name);
    const value = node.objectAssignmentInitializer
      ? factory.createAssignment(target, expression(node.objectAssignmentInitializer))
      : target;
    return at(
      factory.createPropertyAssignment(factory.createIdentifier(node.name.text), value),
      node,
    );
  }

  function call(node: ts.CallExpression): ts.Node {
    const passed = node.arguments;
    if (node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      return at(
        factory.createCallExpression(
          member(cell, 'import'),
          undefined,
          passed.slice(0, 1).map(expression),
        ),
        node,
      );
    }
    const callee = plainCallee(node.expression);
    if (!callee) return children(node);
    const called = ts.isCallChain(node)
      ? factory.updateCallChain(
          node,
          callee,
          node.questionDotToken,
          undefined,
          passed.map(expression),
        )
      : factory.updateCallExpression(node, callee, undefined, passed.map(expression));
    return at(called, node);
  }

  /** `f = () => 1` names the function, as it would if `f` were a variable. */
  function namingAssignment(node: ts.BinaryExpression): ts.Node {
    const { left, operatorToken, right } = node;
    if (!ts.isIdentifier(left) || !meaning.isTopLevel(left)) return children(node);
    return factory.updateBinaryExpression(
      node,
      access(left),
      operatorToken,
      namedValue(left, right, rewriting),
    );
  }

  function decorator(node: ts.Decorator): ts.Node {
    const plain = plainCallee(node.expression);
    return plain ? factory.updateDecorator(node, plain) : children(node);
  }

  function taggedTemplate(node: ts.TaggedTemplateExpression): ts.Node {
    const tag = plainCallee(node.tag);
    return tag
      ? factory.updateTaggedTemplateExpression(node, tag, undefined, children(node.template))
      : children(node);
  }

  /**
   * `f(…)` must not become `scope.f(…)`, which would give `f` the scope as `this`: `(0,
   * scope.f)(…)`.
   */
  function plainCallee(node: ts.Expression): ts.Expression | undefined {
    const inner = skipWrappers(node);
    if (!ts.isIdentifier(inner) || !meaning.isTopLevel(inner)) return undefined;
    const name = ts.setEmitFlags(access(inner), ts.EmitFlags.NoTrailingSourceMap);
    const callee = factory.createParenthesizedExpression(
      factory.createComma(factory.createNumericLiteral(0), name),
    );
    // Node places a call at the end of such a callee: without a mark there, that is where the name
    // starts.
    return ts.setEmitFlags(at(callee, inner), ts.EmitFlags.NoTrailingSourceMap);
  }

  function varStatement(list: ts.VariableDeclarationList): ts.Statement[] {
    return assignmentsOf(list).map((each) => factory.createExpressionStatement(each));
  }

  function forVar(node: ts.ForStatement, list: ts.VariableDeclarationList): ts.Node {
    const assignments = assignmentsOf(list);
    const initializer =
      assignments.length > 0
        ? assignments.reduce((left, right) => factory.createComma(left, right))
        : undefined;
    const visited = children(
      factory.createForStatement(undefined, node.condition, node.incrementor, node.statement),
    );
    return at(
      factory.updateForStatement(
        visited,
        initializer,
        visited.condition,
        visited.incrementor,
        visited.statement,
      ),
      node,
    );
  }

  function forEachVar(
    node: ts.ForOfStatement | ts.ForInStatement,
    list: ts.VariableDeclarationList,
  ): ts.Node {
    const target = targetOf(list.declarations[0]!.name, rewriting);
    const body = ts.visitNode(node.statement, visit, ts.isStatement) ?? node.statement;
    return ts.isForOfStatement(node)
      ? factory.updateForOfStatement(
          node,
          node.awaitModifier,
          target,
          expression(node.expression),
          body,
        )
      : factory.updateForInStatement(node, target, expression(node.expression), body);
  }

  function assignmentsOf(list: ts.VariableDeclarationList): ts.Expression[] {
    return list.declarations.flatMap(
      (declaration) =>
        assignmentOf(declaration, rewriting, isVar(list) ? undefined : factory.createVoidZero()) ??
        [],
    );
  }
}
