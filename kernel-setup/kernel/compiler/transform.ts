/**
 * A cell's syntax tree, rewritten so that its top-level names live on the shared scope.
 *
 *     let n = 1;                        __scope.n = 1;
 *     const { a, b = n } = f();         ({ a: __scope.a, b: __scope.b = __scope.n } = (0, __scope.f)());
 *     function f() { return n; }        function f() { return __scope.n; }   __scope.f = f;   (hoisted)
 *     import { tf } from 'dark-matter'  await __cell.importInto(__scope, 'dark-matter', { 'tf': 'tf' });   (hoisted)
 *     n + 1                             return { value: __scope.n + 1 };
 *
 * It runs before TypeScript's own transformers, which then erase types and lower what Node does not know. The checker
 * says which identifiers mean a top-level name, of this cell or of an earlier one, so shadowing needs no rules here.
 */
import ts from 'typescript';
import { canRefer, declaredNames, hasModifier, isGlobalAugmentation, isVar } from './names';

export interface Identifiers {
  readonly scope: string;
  readonly cell: string;
}

export interface CellShape extends Identifiers {
  /** Where the cell's own text ends; what follows declares the earlier cells' names. */
  readonly end: number;
}

const factory = ts.factory;

export function cellTransformer(checker: ts.TypeChecker, shape: CellShape): ts.TransformerFactory<ts.SourceFile> {
  return (context) => (file) => new CellTransform(checker, shape, context, file).run();
}

/** Removes the `export {}` that TypeScript leaves to mark a module. */
export function dropModuleMarker(): ts.TransformerFactory<ts.SourceFile> {
  return () => (file) => factory.updateSourceFile(file, file.statements.filter((statement) => !ts.isExportDeclaration(statement)));
}

class CellTransform {
  private readonly tops: ReadonlySet<ts.Node>;
  private readonly imports: ts.Statement[] = [];
  private readonly hoisted: ts.Statement[] = [];
  private readonly hoistedNames: string[] = [];

  constructor(
    private readonly checker: ts.TypeChecker,
    private readonly shape: CellShape,
    private readonly context: ts.TransformationContext,
    private readonly file: ts.SourceFile,
  ) {
    const declared = declaredNames(file.statements);
    this.tops = new Set(declared.map(({ node }) => node));
    for (const { name, node } of declared) if (node.pos < shape.end && isVarBinding(node)) this.hoistVar(name);
  }

  run(): ts.SourceFile {
    const own = this.file.statements.filter((statement) => statement.pos < this.shape.end && statement.getEnd() <= this.shape.end);
    const last = own.filter((statement) => !ts.isEmptyStatement(statement)).at(-1);
    const body = own.flatMap((statement) => (statement === last ? this.lastStatement(statement) : this.statement(statement)));
    const start = this.hoistedNames.length > 0 ? [...this.hoisted, this.declared(this.hoistedNames)] : [];
    return factory.updateSourceFile(this.file, [...this.imports, ...start, ...body]);
  }

  private lastStatement(node: ts.Statement): ts.Statement[] {
    if (!ts.isExpressionStatement(node)) return this.statement(node);
    const value = factory.createPropertyAssignment('value', this.expression(node.expression));
    const result = factory.createReturnStatement(factory.createObjectLiteralExpression([value]));
    return [at(result, node)];
  }

  private statement(node: ts.Statement): ts.Statement[] {
    if (ts.isImportDeclaration(node)) return this.importDeclaration(node);
    if (ts.isImportEqualsDeclaration(node)) return this.importEquals(node);
    if (ts.isExportDeclaration(node) || ts.isExportAssignment(node)) return [];
    if (ts.isVariableStatement(node)) return this.variableStatement(node);
    if (ts.isFunctionDeclaration(node)) return this.functionDeclaration(node);
    if (ts.isClassDeclaration(node)) return this.keptDeclaration(node, node.name, unexported(this.children(node)));
    if (ts.isEnumDeclaration(node)) return this.keptDeclaration(node, node.name, unexported(this.children(node)));
    if (ts.isModuleDeclaration(node)) return this.moduleDeclaration(node);
    return many(this.visit(node)) as ts.Statement[];
  }

  // Declarations

  private variableStatement(node: ts.VariableStatement): ts.Statement[] {
    if (hasModifier(node, ts.SyntaxKind.DeclareKeyword)) return [];
    const list = node.declarationList;
    const names = list.declarations.flatMap((declaration) => boundNames(declaration.name));
    if ((list.flags & ts.NodeFlags.Using) !== 0) {
      // The resource keeps its local name, which TypeScript disposes of at the end of the cell.
      const copies = names.map((name) => this.assign(name, factory.createIdentifier(name)));
      return [unexported(this.children(node)), ...copies, this.declared(names)];
    }
    const assignments = list.declarations.flatMap((declaration) => {
      const assignment = this.assignment(declaration, !isVar(list));
      return assignment ? [at(factory.createExpressionStatement(assignment), declaration)] : [];
    });
    if (assignments[0]) ts.setCommentRange(assignments[0], node);
    return isVar(list) ? assignments : [...assignments, this.declared(names)];
  }

  /** `const x = 1` as `scope.x = 1`. A `let` without a value is undefined; a `var` without one keeps what it has. */
  private assignment(node: ts.VariableDeclaration, reset: boolean): ts.Expression | undefined {
    if (!node.initializer && !reset) return undefined;
    const value = node.initializer ? this.namedValue(node.name, node.initializer) : factory.createVoidZero();
    const assignment = at(factory.createAssignment(this.target(node.name), value), node);
    return ts.isIdentifier(node.name) ? assignment : factory.createParenthesizedExpression(assignment);
  }

  /** The same names as targets of an assignment. */
  private target(name: ts.BindingName): ts.Expression {
    if (ts.isIdentifier(name)) return this.access(name);
    if (ts.isObjectBindingPattern(name)) {
      const properties = name.elements.map((element) => {
        if (element.dotDotDotToken) return factory.createSpreadAssignment(this.target(element.name));
        const key = element.propertyName ?? (element.name as ts.Identifier);
        return factory.createPropertyAssignment(this.propertyName(key), this.targetWithDefault(element));
      });
      return at(factory.createObjectLiteralExpression(properties), name);
    }
    const elements = name.elements.map((element) => {
      if (ts.isOmittedExpression(element)) return element;
      return element.dotDotDotToken ? factory.createSpreadElement(this.target(element.name)) : this.targetWithDefault(element);
    });
    return at(factory.createArrayLiteralExpression(elements), name);
  }

  private targetWithDefault(element: ts.BindingElement): ts.Expression {
    const target = this.target(element.name);
    return element.initializer ? factory.createAssignment(target, this.namedValue(element.name, element.initializer)) : target;
  }

  private propertyName(name: ts.PropertyName): ts.PropertyName {
    return ts.isIdentifier(name) ? factory.createIdentifier(name.text) : (this.visit(name) as ts.PropertyName);
  }

  /** A function without a name takes the variable's, as JavaScript gives it in a declaration and not in `scope.f = …`. */
  private namedValue(name: ts.BindingName, value: ts.Expression): ts.Expression {
    const visited = this.expression(value);
    if (!ts.isIdentifier(name) || name.text === '__proto__' || !isAnonymousFunction(value)) return visited;
    const holder = factory.createObjectLiteralExpression([factory.createPropertyAssignment(name.text, visited)]);
    return factory.createPropertyAccessExpression(factory.createParenthesizedExpression(holder), name.text);
  }

  private functionDeclaration(node: ts.FunctionDeclaration): ts.Statement[] {
    if (node.name && node.body && !hasModifier(node, ts.SyntaxKind.DeclareKeyword)) {
      this.hoisted.push(this.assign(node.name.text, factory.createIdentifier(node.name.text)));
      this.hoistedNames.push(node.name.text);
    }
    return [unexported(this.children(node))];
  }

  private moduleDeclaration(node: ts.ModuleDeclaration): ts.Statement[] {
    if (!ts.isIdentifier(node.name) || isGlobalAugmentation(node)) return [];
    const hasValue = ((this.checker.getSymbolAtLocation(node.name)?.flags ?? 0) & ts.SymbolFlags.ValueModule) !== 0;
    return hasValue ? this.keptDeclaration(node, node.name, unexported(this.children(node))) : [];
  }

  /** A class, an enum or a namespace: declared locally, under its own name, then put on the scope. */
  private keptDeclaration(node: ts.Statement, name: ts.Identifier | undefined, kept: ts.Statement): ts.Statement[] {
    if (!name || hasModifier(node, ts.SyntaxKind.DeclareKeyword)) return [];
    return [kept, this.assign(name.text, factory.createIdentifier(name.text)), this.declared([name.text])];
  }

  private hoistVar(name: string): void {
    if (this.hoistedNames.includes(name)) return;
    this.hoisted.push(this.assign(name, factory.createVoidZero()));
    this.hoistedNames.push(name);
  }

  // Imports

  private importDeclaration(node: ts.ImportDeclaration): ts.Statement[] {
    const clause = node.importClause;
    const names = clause ? this.importedValues(clause) : [];
    if (clause && names.length === 0) return [];
    const properties = names.map(({ local, imported }) => factory.createPropertyAssignment(factory.createStringLiteral(local), factory.createStringLiteral(imported)));
    const load = this.call('importInto', [
      factory.createIdentifier(this.shape.scope),
      factory.createStringLiteral((node.moduleSpecifier as ts.StringLiteral).text),
      factory.createObjectLiteralExpression(properties),
    ]);
    this.imports.push(at(factory.createExpressionStatement(factory.createAwaitExpression(load)), node));
    if (names.length > 0) this.imports.push(this.declared(names.map(({ local }) => local)));
    return [];
  }

  /** What an import brings that has a value: all of it, used or not, for later cells may use it. */
  private importedValues(clause: ts.ImportClause): { local: string; imported: string }[] {
    if (clause.isTypeOnly) return [];
    const values: { local: string; imported: string }[] = [];
    if (clause.name && this.hasValue(clause.name)) values.push({ local: clause.name.text, imported: 'default' });
    const bindings = clause.namedBindings;
    if (bindings && ts.isNamespaceImport(bindings)) values.push({ local: bindings.name.text, imported: '*' });
    else {
      for (const { name, propertyName, isTypeOnly } of bindings?.elements ?? []) {
        if (!isTypeOnly && this.hasValue(name)) values.push({ local: name.text, imported: (propertyName ?? name).text });
      }
    }
    return values;
  }

  private hasValue(name: ts.Identifier): boolean {
    return hasValue(this.checker, this.checker.getSymbolAtLocation(name));
  }

  /** `import fs = require('fs')` and `import add = tf.add`. */
  private importEquals(node: ts.ImportEqualsDeclaration): ts.Statement[] {
    const reference = node.moduleReference;
    if (node.isTypeOnly || !this.hasValue(node.name)) return [];
    const value = ts.isExternalModuleReference(reference)
      ? factory.createCallExpression(factory.createIdentifier('require'), undefined, [reference.expression])
      : this.entity(reference);
    return [at(this.assign(node.name.text, value), node), this.declared([node.name.text])];
  }

  private entity(name: ts.EntityName): ts.Expression {
    if (ts.isIdentifier(name)) return this.isTop(name) ? this.access(name) : factory.createIdentifier(name.text);
    return factory.createPropertyAccessExpression(this.entity(name.left), name.right.text);
  }

  // Expressions

  private readonly visit = (node: ts.Node): ts.VisitResult<ts.Node> => {
    if (ts.isIdentifier(node)) return canRefer(node) && this.isTop(node) ? this.access(node) : node;
    if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return node;
    if (ts.isShorthandPropertyAssignment(node)) return this.shorthand(node);
    if (ts.isCallExpression(node)) return this.callExpression(node);
    if (ts.isDecorator(node)) return this.decorator(node);
    if (ts.isTaggedTemplateExpression(node)) return this.taggedTemplate(node);
    if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword) return at(this.runtime('meta'), node);
    if (ts.isVariableStatement(node) && this.isTopList(node.declarationList)) return this.variableStatement(node);
    if (ts.isForStatement(node) && node.initializer && this.isTopList(node.initializer)) return this.forVar(node, node.initializer);
    if ((ts.isForOfStatement(node) || ts.isForInStatement(node)) && this.isTopList(node.initializer)) return this.forEachVar(node, node.initializer);
    return this.children(node);
  };

  private children<T extends ts.Node>(node: T): T {
    return ts.visitEachChild(node, this.visit, this.context);
  }

  private expression(node: ts.Expression): ts.Expression {
    return ts.visitNode(node, this.visit, ts.isExpression) ?? node;
  }

  /** `{ a }` as `{ a: scope.a }`, and `{ a = 1 }` of an assignment as `{ a: scope.a = 1 }`. */
  private shorthand(node: ts.ShorthandPropertyAssignment): ts.Node {
    if (!this.meansTop(this.checker.getShorthandAssignmentValueSymbol(node), node)) return this.children(node);
    const access = this.access(node.name);
    const value = node.objectAssignmentInitializer ? factory.createAssignment(access, this.expression(node.objectAssignmentInitializer)) : access;
    return at(factory.createPropertyAssignment(factory.createIdentifier(node.name.text), value), node);
  }

  private callExpression(node: ts.CallExpression): ts.Node {
    if (node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      return at(this.call('import', node.arguments.slice(0, 1).map((argument) => this.expression(argument))), node);
    }
    const callee = this.plainCallee(node.expression);
    if (!callee) return this.children(node);
    const passed = node.arguments.map((argument) => this.expression(argument));
    return at(ts.isCallChain(node)
      ? factory.updateCallChain(node, callee, node.questionDotToken, undefined, passed)
      : factory.updateCallExpression(node, callee, undefined, passed), node);
  }

  private decorator(node: ts.Decorator): ts.Node {
    const plain = this.plainCallee(node.expression);
    return plain ? factory.updateDecorator(node, plain) : this.children(node);
  }

  private taggedTemplate(node: ts.TaggedTemplateExpression): ts.Node {
    const tag = this.plainCallee(node.tag);
    return tag ? factory.updateTaggedTemplateExpression(node, tag, undefined, this.children(node.template)) : this.children(node);
  }

  /** `f(…)` must not become `scope.f(…)`, which would give `f` the scope as `this`: `(0, scope.f)(…)`. */
  private plainCallee(node: ts.Expression): ts.Expression | undefined {
    const inner = skipWrappers(node);
    if (!ts.isIdentifier(inner) || !this.isTop(inner)) return undefined;
    const name = ts.setEmitFlags(this.access(inner), ts.EmitFlags.NoTrailingSourceMap);
    const callee = factory.createParenthesizedExpression(factory.createComma(factory.createNumericLiteral(0), name));
    // Node places a call at the end of such a callee: without a mark there, that is where the name starts.
    return ts.setEmitFlags(at(callee, inner), ts.EmitFlags.NoTrailingSourceMap);
  }

  private forVar(node: ts.ForStatement, list: ts.VariableDeclarationList): ts.Node {
    const assignments = list.declarations.flatMap((declaration) => this.assignment(declaration, false) ?? []);
    const initializer = assignments.length > 0 ? assignments.reduce((left, right) => factory.createComma(left, right)) : undefined;
    const visited = this.children(factory.createForStatement(undefined, node.condition, node.incrementor, node.statement));
    return at(factory.updateForStatement(visited, initializer, visited.condition, visited.incrementor, visited.statement), node);
  }

  private forEachVar(node: ts.ForOfStatement | ts.ForInStatement, list: ts.VariableDeclarationList): ts.Node {
    const target = this.target(list.declarations[0]!.name);
    const over = this.expression(node.expression);
    const body = ts.visitNode(node.statement, this.visit, ts.isStatement) ?? node.statement;
    return ts.isForOfStatement(node)
      ? factory.updateForOfStatement(node, node.awaitModifier, target, over, body)
      : factory.updateForInStatement(node, target, over, body);
  }

  // What identifiers mean

  private isTop(node: ts.Identifier): boolean {
    return this.meansTop(this.checker.getSymbolAtLocation(node), node);
  }

  /** Whether a symbol seen at `node` is a top-level name: but a class, enum or namespace knows itself by its local name. */
  private meansTop(symbol: ts.Symbol | undefined, node: ts.Node): boolean {
    const declaration = symbol?.declarations?.find((each) => this.tops.has(each));
    if (!declaration) return false;
    const selfNaming = ts.isClassDeclaration(declaration) || ts.isEnumDeclaration(declaration) || ts.isModuleDeclaration(declaration);
    return !(selfNaming && node.pos >= declaration.pos && node.end <= declaration.end);
  }

  private isTopList(node: ts.Node): node is ts.VariableDeclarationList {
    return ts.isVariableDeclarationList(node) && isVar(node) && node.declarations.some((declaration) => this.tops.has(firstBinding(declaration)));
  }

  // Nodes of ours

  private access(name: ts.Identifier): ts.PropertyAccessExpression {
    return at(member(factory.createIdentifier(this.shape.scope), name.text), name) as ts.PropertyAccessExpression;
  }

  private assign(name: string, value: ts.Expression): ts.Statement {
    return factory.createExpressionStatement(factory.createAssignment(member(factory.createIdentifier(this.shape.scope), name), value));
  }

  private runtime(name: string): ts.Expression {
    return member(factory.createIdentifier(this.shape.cell), name);
  }

  private call(name: string, passed: ts.Expression[]): ts.Expression {
    return factory.createCallExpression(this.runtime(name), undefined, passed);
  }

  /** `cell.declared.add('a').add('b')` */
  private declared(names: readonly string[]): ts.Statement {
    const adding = names.reduce<ts.Expression>(
      (set, name) => factory.createCallExpression(member(set, 'add'), undefined, [factory.createStringLiteral(name)]),
      this.runtime('declared'),
    );
    return factory.createExpressionStatement(adding);
  }
}

/** Whether a symbol, or what it is an alias of, is there at run time. */
export function hasValue(checker: ts.TypeChecker, symbol: ts.Symbol | undefined): boolean {
  const meant = symbol && (symbol.flags & ts.SymbolFlags.Alias) !== 0 ? checker.getAliasedSymbol(symbol) : symbol;
  return meant === undefined || (meant.flags & ts.SymbolFlags.Value) !== 0 || checker.isUnknownSymbol(meant);
}

/** Gives a new node the old one's place in the source map. */
function at<T extends ts.Node>(node: T, original: ts.Node): T {
  ts.setSourceMapRange(node, { pos: original.getStart(), end: original.end });
  return node;
}

function member(object: ts.Expression, name: string): ts.Expression {
  return factory.createPropertyAccessExpression(object, name);
}

function many<T>(result: T | readonly T[] | undefined): readonly T[] {
  return result === undefined ? [] : Array.isArray(result) ? result : [result as T];
}

/** `(f)`, `f!` and `f as T` are calls of `f` all the same. */
function skipWrappers(node: ts.Expression): ts.Expression {
  const wrapped = ts.isParenthesizedExpression(node) || ts.isNonNullExpression(node) || ts.isAsExpression(node) || ts.isSatisfiesExpression(node);
  return wrapped ? skipWrappers(node.expression) : node;
}

function isAnonymousFunction(node: ts.Expression): boolean {
  const inner = skipWrappers(node);
  return ts.isArrowFunction(inner) || ((ts.isFunctionExpression(inner) || ts.isClassExpression(inner)) && !inner.name);
}

function boundNames(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? boundNames(element.name) : []));
}

function firstBinding(node: ts.VariableDeclaration | ts.BindingElement): ts.Node {
  if (ts.isIdentifier(node.name)) return node;
  const inner = (node.name.elements as readonly ts.Node[]).find(ts.isBindingElement);
  return inner ? firstBinding(inner) : node;
}

function isVarBinding(node: ts.Node): boolean {
  if (ts.isVariableDeclaration(node)) return ts.isVariableDeclarationList(node.parent) && isVar(node.parent) && !isAmbient(node);
  return ts.isBindingElement(node) && isVarBinding(node.parent.parent);
}

function isAmbient(node: ts.Node): boolean {
  return (ts.getCombinedModifierFlags(node as ts.Declaration) & ts.ModifierFlags.Ambient) !== 0;
}

/** The statement without `export` and `default`, which mean nothing in a cell. */
function unexported<T extends ts.Statement>(node: T): T {
  const modifiers: readonly ts.ModifierLike[] = (ts.canHaveModifiers(node) && node.modifiers) || [];
  const kept = modifiers.filter(({ kind }) => kind !== ts.SyntaxKind.ExportKeyword && kind !== ts.SyntaxKind.DefaultKeyword);
  return kept.length === modifiers.length ? node : (withModifiers(node, kept) as T);
}

function withModifiers(node: ts.Statement, kept: readonly ts.ModifierLike[]): ts.Statement {
  if (ts.isFunctionDeclaration(node)) {
    return factory.updateFunctionDeclaration(node, kept, node.asteriskToken, node.name, node.typeParameters, node.parameters, node.type, node.body);
  }
  if (ts.isClassDeclaration(node)) return factory.updateClassDeclaration(node, kept, node.name, node.typeParameters, node.heritageClauses, node.members);
  const modifiers = kept.filter(ts.isModifier);
  if (ts.isEnumDeclaration(node)) return factory.updateEnumDeclaration(node, modifiers, node.name, node.members);
  if (ts.isModuleDeclaration(node)) return factory.updateModuleDeclaration(node, modifiers, node.name, node.body);
  if (ts.isVariableStatement(node)) return factory.updateVariableStatement(node, modifiers, node.declarationList);
  return node;
}
