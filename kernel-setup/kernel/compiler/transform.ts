/**
 * A cell's syntax tree, rewritten so that its top-level names live on the shared scope.
 *
 *     let n = 1;                        __scope.n = 1;
 *     function f() { return n; }        function f() { return __scope.n; }   __scope.f = f;   (hoisted)
 *     class C {}                        class C {}   __scope.C = C;
 *     import { tf } from 'dark-matter'  see imports.ts   (hoisted)
 *     n + 1                             const result_1 = (0, __scope.n + 1);
 *                                       return { value: __cell.isProxy(result_1) ? result_1 : await result_1 };
 *
 * and `__cell.declared.add('n')` after each. It runs before TypeScript's own transformers, which
 * then erase types and lower what Node does not know.
 */
import ts from 'typescript';
import { passesInterrupts } from './awaits';
import { assignmentOf, boundNames } from './bindings';
import { lowerImport } from './imports';
import { namelessExport } from './exports';
import type { Meaning } from './meaning';
import { hasModifier, isGlobalAugmentation, isVar } from './names';
import { assignment, at, constant, member, text, unexported } from './nodes';
import { createRewriting, type Identifiers } from './references';

const factory = ts.factory;

/** @param identifiers what the wrapper's parameters are called */
export function cellTransformer(
  meaningIn: (file: ts.SourceFile) => Meaning,
  checker: ts.TypeChecker,
  identifiers: Identifiers,
  end: number,
): ts.TransformerFactory<ts.SourceFile> {
  return (context) => (file) => {
    const { scope, cell } = identifiers;
    const meaning = meaningIn(file);
    const rewriting = createRewriting(meaning, identifiers, context);
    const imports: ts.Statement[] = [];
    const hoisted: ts.Statement[] = [];
    const hoistedNames: string[] = [];

    for (const { name, node } of meaning.own)
      if (isVarBinding(node)) hoist(name, factory.createVoidZero());
    const own = file.statements.filter(({ pos, end: last }) => pos < end && last <= end);
    const last = own.filter((statement) => !ts.isEmptyStatement(statement)).at(-1);
    const body = own.flatMap((statement) => {
      const value = ts.isExpressionStatement(statement)
        ? statement.expression
        : namelessExport(statement);
      return value && statement === last ? result(statement, value) : lower(statement);
    });
    return factory.updateSourceFile(file, [
      ...imports,
      ...hoisted,
      ...declared(hoistedNames),
      ...body,
    ]);

    /**
     * Awaited: a promise shown as itself tells nothing, and one that is rejected after its cell has
     * ended is heard of too late, or not at all. A Proxy is not: many have a `then`, as they have
     * every property, which never calls back. The comma keeps a function without a name so.
     */
    function result(node: ts.Statement, expression: ts.Expression): ts.Statement[] {
      const name = factory.createUniqueName('result');
      const found = factory.createComma(
        factory.createNumericLiteral(0),
        rewriting.expression(expression),
      );
      const value = factory.createConditionalExpression(
        factory.createCallExpression(member(cell, 'isProxy'), undefined, [name]),
        undefined,
        name,
        undefined,
        factory.createAwaitExpression(name),
      );
      return [
        at(constant(name, factory.createParenthesizedExpression(found)), node),
        at(
          factory.createReturnStatement(
            factory.createObjectLiteralExpression([
              factory.createPropertyAssignment('value', value),
            ]),
          ),
          node,
        ),
      ];
    }

    function lower(node: ts.Statement): ts.Statement[] {
      if (ts.isImportDeclaration(node)) return lowerImportDeclaration(node);
      if (ts.isImportEqualsDeclaration(node)) return importEquals(node);
      if (ts.isExportDeclaration(node)) return [];
      const exported = namelessExport(node);
      if (exported)
        return [at(factory.createExpressionStatement(rewriting.expression(exported)), node)];
      if (ts.isVariableStatement(node)) return variables(node);
      if (ts.isFunctionDeclaration(node)) return functionDeclaration(node);
      if (ts.isClassDeclaration(node) || ts.isEnumDeclaration(node)) return kept(node, node.name);
      if (ts.isModuleDeclaration(node)) return namespace(node);
      return visited(node);
    }

    function visited<T extends ts.Statement>(node: T): ts.Statement[] {
      const statements = rewriting.visit(node) as
        ts.Statement | readonly ts.Statement[] | undefined;
      return statements === undefined ? [] : [statements].flat();
    }

    /** A `let` without a value is undefined; a `var` without one keeps what it has. */
    function variables(node: ts.VariableStatement): ts.Statement[] {
      if (hasModifier(node, ts.SyntaxKind.DeclareKeyword)) return [];
      const list = node.declarationList;
      const names = list.declarations.flatMap((declaration) => boundNames(declaration.name));
      if ((list.flags & ts.NodeFlags.Using) !== 0) {
        // The resource keeps its local name, which TypeScript disposes of at the end of the cell.
        return [
          unexported(ts.visitEachChild(node, rewriting.visit, context)),
          ...names.map(publish),
          ...declared(names),
        ];
      }
      const assignments = list.declarations.flatMap((declaration) => {
        const assigned = assignmentOf(
          declaration,
          rewriting,
          isVar(list) ? undefined : factory.createVoidZero(),
        );
        return assigned ? [at(factory.createExpressionStatement(assigned), declaration)] : [];
      });
      if (assignments[0]) ts.setCommentRange(assignments[0], node);
      return isVar(list) ? assignments : [...assignments, ...declared(names)];
    }

    function functionDeclaration(node: ts.FunctionDeclaration): ts.Statement[] {
      if (node.name && node.body && !hasModifier(node, ts.SyntaxKind.DeclareKeyword))
        hoist(node.name.text, functionValue(node, node.name));
      return [unexported(ts.visitEachChild(node, rewriting.visit, context))];
    }

    /** `items`, or `__cell.stepping(items)` where the loop over it need not be ended itself. */
    function functionValue(node: ts.FunctionDeclaration, name: ts.Identifier): ts.Expression {
      const value = factory.createIdentifier(name.text);
      return passesInterrupts(node)
        ? factory.createCallExpression(member(cell, 'stepping'), undefined, [value])
        : value;
    }

    /**
     * A class, an enum or a namespace: declared locally, under its own name, then put on the scope.
     */
    function kept(
      node: ts.ClassDeclaration | ts.EnumDeclaration | ts.ModuleDeclaration,
      name: ts.Node | undefined,
    ): ts.Statement[] {
      if (!name || !ts.isIdentifier(name) || hasModifier(node, ts.SyntaxKind.DeclareKeyword))
        return [];
      return [
        unexported(ts.visitEachChild(node, rewriting.visit, context)),
        publish(name.text),
        ...declared([name.text]),
      ];
    }

    function namespace(node: ts.ModuleDeclaration): ts.Statement[] {
      if (!ts.isIdentifier(node.name) || isGlobalAugmentation(node)) return [];
      const flags = checker.getSymbolAtLocation(node.name)?.flags ?? 0;
      return (flags & ts.SymbolFlags.ValueModule) !== 0 ? kept(node, node.name) : [];
    }

    function lowerImportDeclaration(node: ts.ImportDeclaration): ts.Statement[] {
      const { statements, names } = lowerImport(node, meaning, identifiers);
      imports.push(...statements, ...declared(names));
      return [];
    }

    /** `import fs = require('fs')` and `import add = tf.add`. */
    function importEquals(node: ts.ImportEqualsDeclaration): ts.Statement[] {
      const reference = node.moduleReference;
      if (node.isTypeOnly || !meaning.hasValue(node.name)) return [];
      const value = ts.isExternalModuleReference(reference)
        ? factory.createCallExpression(factory.createIdentifier('require'), undefined, [
            reference.expression,
          ])
        : entity(reference);
      return [
        at(assignment(member(scope, node.name.text), value), node),
        ...declared([node.name.text]),
      ];
    }

    function entity(name: ts.EntityName): ts.Expression {
      if (ts.isIdentifier(name))
        return meaning.isTopLevel(name)
          ? rewriting.access(name)
          : factory.createIdentifier(name.text);
      return member(entity(name.left), name.right.text);
    }

    function hoist(name: string, value: ts.Expression): void {
      if (hoistedNames.includes(name)) return;
      hoisted.push(assignment(member(scope, name), value));
      hoistedNames.push(name);
    }

    /** `scope.name = name` */
    function publish(name: string): ts.Statement {
      return assignment(member(scope, name), factory.createIdentifier(name));
    }

    /** `cell.declared.add('a').add('b')` */
    function declared(names: readonly string[]): ts.Statement[] {
      if (names.length === 0) return [];
      const add = (set: ts.Expression, name: string): ts.Expression =>
        factory.createCallExpression(member(set, 'add'), undefined, [text(name)]);
      return [factory.createExpressionStatement(names.reduce(add, member(cell, 'declared')))];
    }
  };
}

/** Removes the `export {}` that TypeScript leaves to mark a module. */
export function dropModuleMarker(): ts.TransformerFactory<ts.SourceFile> {
  return () => (file) =>
    factory.updateSourceFile(
      file,
      file.statements.filter((statement) => !ts.isExportDeclaration(statement)),
    );
}

function isVarBinding(node: ts.Node): boolean {
  if (ts.isBindingElement(node)) return isVarBinding(node.parent.parent);
  return (
    ts.isVariableDeclaration(node) &&
    ts.isVariableDeclarationList(node.parent) &&
    isVar(node.parent) &&
    !isAmbient(node)
  );
}

function isAmbient(node: ts.Declaration): boolean {
  return (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Ambient) !== 0;
}
