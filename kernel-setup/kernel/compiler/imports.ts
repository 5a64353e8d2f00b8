/**
 * A cell's imports: awaited before all else, their names put on the scope, used or not, for later
 * cells may use them.
 *
 *     import d, { a as b } from 'm'   const module_1 = await __cell.import('m', ['default', 'a']);
 *                                     __scope.d = module_1.default;
 *                                     __scope.b = module_1.a;
 *                                     __cell.follow(__scope, 'm', { 'd': 'default', 'b': 'a' });
 */
import ts from 'typescript';
import type { Meaning } from './meaning';
import { assignment, at, constant, member, text } from './nodes';
import type { Identifiers } from './references';

const factory = ts.factory;

interface Imported {
  readonly local: string;
  /** `*` for the whole module. */
  readonly imported: string;
}

export interface LoweredImport {
  readonly statements: readonly ts.Statement[];
  readonly names: readonly string[];
}

/** An import of types alone is nothing. */
export function lowerImport(
  node: ts.ImportDeclaration,
  meaning: Meaning,
  { scope, cell }: Identifiers,
): LoweredImport {
  const clause = node.importClause;
  const values = clause ? importedValues(clause, meaning) : [];
  if (clause && values.length === 0) return { statements: [], names: [] };
  const specifier = (node.moduleSpecifier as ts.StringLiteral).text;
  const taken = [...new Set(values.map(({ imported }) => imported))].map(text);
  const load = factory.createAwaitExpression(
    factory.createCallExpression(member(cell, 'import'), undefined, [
      text(specifier),
      ...(values.length > 0 ? [factory.createArrayLiteralExpression(taken)] : []),
    ]),
  );
  if (values.length === 0)
    return { statements: [at(factory.createExpressionStatement(load), node)], names: [] };

  const module = factory.createUniqueName('module');
  const assignments = values.map(({ local, imported }) =>
    assignment(member(scope, local), imported === '*' ? module : property(module, imported)),
  );
  const properties = values.map(({ local, imported }) =>
    factory.createPropertyAssignment(text(local), text(imported)),
  );
  const following = factory.createCallExpression(member(cell, 'follow'), undefined, [
    factory.createIdentifier(scope),
    text(specifier),
    factory.createObjectLiteralExpression(properties),
  ]);
  return {
    statements: [
      at(constant(module, load), node),
      ...assignments,
      factory.createExpressionStatement(following),
    ],
    names: values.map(({ local }) => local),
  };
}

function importedValues(clause: ts.ImportClause, meaning: Meaning): Imported[] {
  if (clause.isTypeOnly) return [];
  const values: Imported[] = [];
  if (clause.name && meaning.hasValue(clause.name))
    values.push({ local: clause.name.text, imported: 'default' });
  const bindings = clause.namedBindings;
  if (bindings && ts.isNamespaceImport(bindings))
    values.push({ local: bindings.name.text, imported: '*' });
  else {
    for (const { name, propertyName, isTypeOnly } of bindings?.elements ?? []) {
      if (!isTypeOnly && meaning.hasValue(name))
        values.push({ local: name.text, imported: (propertyName ?? name).text });
    }
  }
  return values;
}

/** An exported name may be any string. */
function property(module: ts.Identifier, name: string): ts.Expression {
  return factory.createElementAccessExpression(module, text(name));
}
