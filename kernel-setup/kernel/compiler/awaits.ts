/**
 * Every `await` of a cell goes through its runtime, so that an interrupt can end the cell there.
 *
 *     await x                        await __cell.wait(x)
 *     for await (const y of z) …     for await (const y of __cell.waitEach(z)) …
 *
 * and what an `async function*` awaits without saying so:
 *
 *     yield x                        yield __cell.wait(x)
 *     return x                       return __cell.wait(x)
 */
import ts from 'typescript';
import { hasModifier } from './names';
import { contains } from './nodes';

const factory = ts.factory;

/** @param runtime the name by which the cell knows its runtime */
export function awaitTransformer(runtime: string): ts.TransformerFactory<ts.SourceFile> {
  return (context) => (file) => {
    const call = (method: string, value: ts.Expression): ts.Expression => {
      const callee = factory.createPropertyAccessExpression(
        factory.createIdentifier(runtime),
        method,
      );
      return ts.setTextRange(factory.createCallExpression(callee, undefined, [value]), value);
    };
    /** @param stepping whether the code is an `async function*`'s */
    const visit = (node: ts.Node, stepping: boolean): ts.Node => {
      const within = ts.isFunctionLike(node) ? isAsyncGenerator(node) : stepping;
      const visited = ts.visitEachChild(node, (child) => visit(child, within), context);
      if (ts.isAwaitExpression(visited))
        return factory.updateAwaitExpression(visited, call('wait', visited.expression));
      if (stepping && ts.isYieldExpression(visited) && gives(visited))
        return factory.updateYieldExpression(visited, undefined, call('wait', visited.expression));
      if (stepping && ts.isReturnStatement(visited) && visited.expression)
        return factory.updateReturnStatement(visited, call('wait', visited.expression));
      if (!ts.isForOfStatement(visited) || !visited.awaitModifier) return visited;
      return factory.updateForOfStatement(
        visited,
        visited.awaitModifier,
        visited.initializer,
        call('waitEach', visited.expression),
        visited.statement,
      );
    };
    return visit(file, false) as ts.SourceFile;
  };
}

/** A `yield` with a value of its own: no `yield*`. */
function gives(
  node: ts.YieldExpression,
): node is ts.YieldExpression & { expression: ts.Expression } {
  return node.asteriskToken === undefined && node.expression !== undefined;
}

function isAsyncGenerator(node: ts.Node): boolean {
  return (
    (ts.isFunctionDeclaration(node) ||
      ts.isFunctionExpression(node) ||
      ts.isMethodDeclaration(node)) &&
    node.asteriskToken !== undefined &&
    hasModifier(node, ts.SyntaxKind.AsyncKeyword)
  );
}

/**
 * Whether an interrupt that ends what an `async function*` awaits also ends the loop over it: there
 * is no `yield*` or `await using`, which await by themselves, and no `try`, which may keep the
 * error or await in its turn.
 */
export function passesInterrupts(node: ts.FunctionDeclaration): boolean {
  return (
    isAsyncGenerator(node) &&
    node.body !== undefined &&
    !contains(
      node.body,
      (each) =>
        (ts.isYieldExpression(each) && each.asteriskToken !== undefined) ||
        (ts.isVariableDeclarationList(each) && (each.flags & ts.NodeFlags.Using) !== 0) ||
        ts.isTryStatement(each),
    )
  );
}
