/** Which identifiers mention something, as syntax alone tells. */
import ts from 'typescript';

/**
 * Whether an identifier stands where it can refer to something, rather than name a property, a
 * label or a new thing.
 */
export function canRefer(node: ts.Identifier, parent: ts.Node = node.parent): boolean {
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isQualifiedName(parent)) return parent.left === node;
  if (ts.isShorthandPropertyAssignment(parent) || ts.isExportSpecifier(parent)) return true;
  if (ts.isBindingElement(parent)) return parent.initializer === node;
  if (
    ts.isMetaProperty(parent) ||
    ts.isLabeledStatement(parent) ||
    ts.isBreakOrContinueStatement(parent)
  )
    return false;
  if (ts.isImportSpecifier(parent) || ts.isImportClause(parent) || ts.isNamespaceImport(parent))
    return false;
  return (parent as Partial<ts.NamedDeclaration>).name !== node;
}
