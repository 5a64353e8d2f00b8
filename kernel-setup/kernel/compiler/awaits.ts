/**
 * Every `await` of a cell goes through its runtime, so that an interrupt can end the cell there.
 *
 *     await x                        await __cell.wait(x)
 *     for await (const y of z) …     for await (const y of __cell.waitEach(z)) …
 */
import ts from 'typescript';

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
    const visit = (node: ts.Node): ts.Node => {
      const visited = ts.visitEachChild(node, visit, context);
      if (ts.isAwaitExpression(visited))
        return factory.updateAwaitExpression(visited, call('wait', visited.expression));
      if (!ts.isForOfStatement(visited) || !visited.awaitModifier) return visited;
      return factory.updateForOfStatement(
        visited,
        visited.awaitModifier,
        visited.initializer,
        call('waitEach', visited.expression),
        visited.statement,
      );
    };
    return ts.visitNode(file, visit, ts.isSourceFile) ?? file;
  };
}
