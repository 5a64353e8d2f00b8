/**
 * `export` in a cell: before a declaration it is allowed and means nothing, for later cells see all
 * that a cell declares.
 */
import ts from 'typescript';
import { complaint } from './diagnostics';
import { declaredNames, hasModifier } from './names';
import { unexported } from './nodes';

/** Exports that would mean something which a cell cannot do. */
export function exportComplaints(cell: ts.SourceFile): ts.Diagnostic[] {
  return cell.statements.flatMap((statement) => {
    const span = {
      start: statement.getStart(cell),
      length: statement.getEnd() - statement.getStart(cell),
    };
    if (ts.isExportDeclaration(statement) && statement.moduleSpecifier) {
      return [
        complaint(
          cell,
          span,
          1194,
          "A cell cannot export from a module. Write 'import' instead: later cells see what it imports.",
        ),
      ];
    }
    return ts.isExportAssignment(statement) && statement.isExportEquals === true
      ? [
          complaint(
            cell,
            span,
            1203,
            'A cell cannot be assigned an export. Declare a name: later cells see all that a cell declares.',
          ),
        ]
      : [];
  });
}

/**
 * What a default export without a name exports, as an expression: there is nothing by which a later
 * cell could call it, but it may be the cell's result.
 */
export function namelessExport(node: ts.Statement): ts.Expression | undefined {
  if (ts.isExportAssignment(node)) return node.expression;
  if (!hasModifier(node, ts.SyntaxKind.DefaultKeyword)) return undefined;
  if (ts.isFunctionDeclaration(node) && !node.name && node.body)
    return ts.factory.createFunctionExpression(
      unexported(node).modifiers?.filter(ts.isModifier),
      node.asteriskToken,
      undefined,
      node.typeParameters,
      node.parameters,
      node.type,
      node.body,
    );
  if (ts.isClassDeclaration(node) && !node.name)
    return ts.factory.createClassExpression(
      unexported(node).modifiers,
      undefined,
      node.typeParameters,
      node.heritageClauses,
      node.members,
    );
  return undefined;
}

/** The names that need not be exported once more. */
export function exportedAlready(cell: ts.SourceFile): Set<string> {
  // A default export has the name `default`, beside which later cells want its own.
  const marked = cell.statements.filter(
    (statement) =>
      hasModifier(statement, ts.SyntaxKind.ExportKeyword) &&
      !hasModifier(statement, ts.SyntaxKind.DefaultKeyword),
  );
  const names = declaredNames(marked).map(({ name }) => name);
  const listed = cell.statements.flatMap((statement) =>
    ts.isExportDeclaration(statement) &&
    statement.exportClause &&
    ts.isNamedExports(statement.exportClause)
      ? statement.exportClause.elements.map((element) => element.name.text)
      : [],
  );
  return new Set([...names, ...listed]);
}
