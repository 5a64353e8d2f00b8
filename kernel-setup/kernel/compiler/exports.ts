/**
 * `export` in a cell: before a declaration it is allowed and means nothing, for later cells see all
 * that a cell declares.
 */
import ts from 'typescript';
import { complaint } from './diagnostics';
import { declaredNames, hasModifier } from './names';

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
    const nameless =
      ts.isExportAssignment(statement) ||
      (hasModifier(statement, ts.SyntaxKind.DefaultKeyword) &&
        !(statement as ts.FunctionDeclaration).name);
    return nameless
      ? [
          complaint(
            cell,
            span,
            1319,
            'A cell has no default export. Declare a name: later cells see all that a cell declares.',
          ),
        ]
      : [];
  });
}

/** The names that need not be exported once more. */
export function exportedAlready(cell: ts.SourceFile): Set<string> {
  const marked = cell.statements.filter((statement) =>
    hasModifier(statement, ts.SyntaxKind.ExportKeyword),
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
