/**
 * Loops at the speed of local variables: what a loop takes from the scope it keeps in variables of
 * its own, where nobody else can see or change it meanwhile.
 *
 *     for (let i = 0; i < n; i++) s += i;
 *
 *     { const __scope_n = __scope.n; let __scope_ = 0, __scope_s = __scope.s;
 *       try { for (let i = 0; i < __scope_n; i++) {
 *         if ((__scope_ = __scope_ + 1 & 255) === 0) { __scope.s = __scope_s; }
 *         __scope_s += i; } }
 *       finally { __scope.s = __scope_s; } }
 *
 * Without an `await` a loop shares its time only with the functions that it calls. So a cell's loop
 * may keep what no function assigns, and may write what no function mentions; those of earlier
 * cells count, for they may be called. A function's loop keeps constants only, and only where it
 * calls nothing and iterates over nothing: later cells may declare them anew and change them, but
 * not while it runs. What remains is code that runs without being called: a getter, a `valueOf` or
 * a Proxy of a later cell that changes such a constant within a turn is seen by the next loop.
 */
import ts from 'typescript';
import { assignment, constant, contains, isWrapper, member, skipWrappers } from './nodes';

const factory = ts.factory;

/** The names of the scope that the functions of all cells mention, and those that they assign. */
export interface Captured {
  readonly mentioned: Set<string>;
  readonly assigned: Set<string>;
}

export function nothingCaptured(): Captured {
  return { mentioned: new Set(), assigned: new Set() };
}

/** What a piece of code takes from the scope. */
interface Use {
  readonly read: Set<string>;
  readonly written: Set<string>;
}

/**
 * @param scope what the cell calls the scope
 * @param captured by the cells until now; this cell's functions are added
 * @param isConstant whether a name is declared so that only a declaration changes it
 */
export function loopTransformer(
  scope: string,
  captured: Captured,
  isConstant: (name: string) => boolean,
): ts.TransformerFactory<ts.SourceFile> {
  return (context) => (file) => {
    const nameIn = (node: ts.Node): string | undefined =>
      ts.isPropertyAccessExpression(node) &&
      ts.isIdentifier(node.expression) &&
      node.expression.text === scope
        ? node.name.text
        : undefined;
    collectFunctions(file);
    return ts.visitEachChild(file, (node) => visit(node, keptByCell), context);

    function collectFunctions(node: ts.Node): void {
      if (!hasCodeOfItsOwn(node)) return ts.forEachChild(node, collectFunctions);
      const { read, written } = usedBy(node, true);
      for (const name of [...read, ...written]) captured.mentioned.add(name);
      for (const name of written) captured.assigned.add(name);
    }

    function visit(node: ts.Node, kept: (loop: ts.IterationStatement) => Use): ts.Node {
      const within = hasCodeOfItsOwn(node) ? keptByFunction : kept;
      if (ts.isLabeledStatement(node) || ts.isIterationStatement(node, false)) {
        const loop = labelled(node);
        const use = loop && kept(loop);
        if (use && use.read.size + use.written.size > 0) return keeping(node, use);
      }
      return ts.visitEachChild(node, (child) => visit(child, within), context);
    }

    function keptByCell(loop: ts.IterationStatement): Use {
      if (pauses(loop)) return { read: new Set(), written: new Set() };
      const { read, written } = usedBy(loop, false);
      return {
        read: only(read, (name) => !written.has(name) && !captured.assigned.has(name)),
        written: only(written, (name) => !captured.mentioned.has(name)),
      };
    }

    function keptByFunction(loop: ts.IterationStatement): Use {
      const { read, written } = usedBy(loop, false);
      const constants = (name: string): boolean =>
        isConstant(name) && !written.has(name) && !captured.assigned.has(name);
      const free = !pauses(loop) && !calls(loop);
      return { read: free ? only(read, constants) : new Set(), written: new Set() };
    }

    /** @param deep whether the code of functions within counts */
    function usedBy(node: ts.Node, deep: boolean): Use {
      const use: Use = { read: new Set(), written: new Set() };
      const walk = (each: ts.Node, target: boolean): void => {
        const name = nameIn(each);
        if (name !== undefined) (target ? use.written : use.read).add(name);
        else if (each !== node && !deep && hasCodeOfItsOwn(each)) return;
        else
          ts.forEachChild(each, (child) =>
            walk(child, (target && isPattern(each)) || isTarget(child, each)),
          );
      };
      walk(node, false);
      return use;
    }

    function keeping(loop: ts.Statement, { read, written }: Use): ts.Statement {
      const turns = `${scope}_`;
      const local = (name: string): ts.Identifier => factory.createIdentifier(`${scope}_${name}`);
      const back = [...written].map((name) => assignment(member(scope, name), local(name)));
      const replace = (node: ts.Node): ts.Node => {
        if (hasCodeOfItsOwn(node)) return visit(node, keptByFunction);
        const name = nameIn(node);
        if (name !== undefined && (read.has(name) || written.has(name)))
          return inPlaceOf(node, local(name));
        const replaced = ts.visitEachChild(node, replace, context);
        return written.size > 0 && ts.isIterationStatement(replaced, false)
          ? beginningWith(replaced, writingBack(replaced))
          : replaced;
      };
      const beginningWith = (within: ts.IterationStatement, first: ts.Statement): ts.Node => {
        const body = factory.createBlock([first, within.statement], true);
        const place = (child: ts.Node): ts.Node => (child === within.statement ? body : child);
        return ts.visitEachChild(within, place, context);
      };
      /**
       * Code that Stop ends by force runs no `finally`: what the loop has come to by then is to be
       * there all the same, to within a few turns where they are too short to be counted.
       */
      const writingBack = (within: ts.IterationStatement): ts.Statement => {
        const block = factory.createBlock(back);
        return calls(within) ||
          contains(within.statement, (each) => ts.isIterationStatement(each, false))
          ? block
          : factory.createIfStatement(everyNthTurn(factory.createIdentifier(turns)), block);
      };
      const body = replace(loop) as ts.Statement;
      const constants = [...read].map((name) => constant(local(name), member(scope, name)));
      if (written.size === 0) return factory.createBlock([...constants, body], true);
      const variable = (name: string, value: ts.Expression): ts.VariableDeclaration =>
        factory.createVariableDeclaration(name, undefined, undefined, value);
      const variables = factory.createVariableDeclarationList(
        [
          variable(turns, factory.createNumericLiteral(0)),
          ...[...written].map((name) => variable(local(name).text, member(scope, name))),
        ],
        ts.NodeFlags.Let,
      );
      return factory.createBlock(
        [
          ...constants,
          factory.createVariableStatement(undefined, variables),
          factory.createTryStatement(
            factory.createBlock([body], true),
            undefined,
            factory.createBlock(back, true),
          ),
        ],
        true,
      );
    }
  };
}

/** In the source map where the old name was; a callee's end has no mark there (references.ts). */
function inPlaceOf(old: ts.Node, name: ts.Identifier): ts.Identifier {
  const placed = ts.setSourceMapRange(name, ts.getSourceMapRange(old));
  return ts.setEmitFlags(placed, ts.EmitFlags.NoTrailingSourceMap);
}

/** `(turns = turns + 1 & 255) === 0` */
function everyNthTurn(turns: ts.Identifier): ts.Expression {
  const next = factory.createBitwiseAnd(
    factory.createAdd(turns, factory.createNumericLiteral(1)),
    factory.createNumericLiteral(255),
  );
  return factory.createStrictEquality(
    factory.createParenthesizedExpression(factory.createAssignment(turns, next)),
    factory.createNumericLiteral(0),
  );
}

function labelled(node: ts.Node): ts.IterationStatement | undefined {
  if (ts.isLabeledStatement(node)) return labelled(node.statement);
  return ts.isIterationStatement(node, false) ? node : undefined;
}

/** A function, or a class: it may run at another time than the code around it. */
function hasCodeOfItsOwn(node: ts.Node): boolean {
  return ts.isFunctionLike(node) || ts.isClassLike(node);
}

function isPattern(node: ts.Node): boolean {
  return (
    isWrapper(node) ||
    ts.isArrayLiteralExpression(node) ||
    ts.isObjectLiteralExpression(node) ||
    ts.isPropertyAssignment(node) ||
    ts.isSpreadElement(node) ||
    ts.isSpreadAssignment(node) ||
    ts.isBinaryExpression(node)
  );
}

/** Whether the child is what its parent assigns to. */
function isTarget(child: ts.Node, parent: ts.Node): boolean {
  if (ts.isBinaryExpression(parent))
    return parent.left === child && isAssignment(parent.operatorToken.kind);
  if (ts.isPrefixUnaryExpression(parent) || ts.isPostfixUnaryExpression(parent))
    return (
      parent.operator === ts.SyntaxKind.PlusPlusToken ||
      parent.operator === ts.SyntaxKind.MinusMinusToken
    );
  return (
    (ts.isForOfStatement(parent) || ts.isForInStatement(parent)) && parent.initializer === child
  );
}

function isAssignment(operator: ts.SyntaxKind): boolean {
  return operator >= ts.SyntaxKind.FirstAssignment && operator <= ts.SyntaxKind.LastAssignment;
}

function pauses(node: ts.Node): boolean {
  return contains(
    node,
    (each) =>
      ts.isAwaitExpression(each) ||
      ts.isYieldExpression(each) ||
      (ts.isForOfStatement(each) && each.awaitModifier !== undefined) ||
      (ts.isVariableDeclarationList(each) &&
        (each.flags & ts.NodeFlags.AwaitUsing) === ts.NodeFlags.AwaitUsing),
  );
}

/** Whether it may run a function that is written elsewhere, and that may take its time. */
function calls(node: ts.Node): boolean {
  return contains(
    node,
    (each) =>
      ts.isCallExpression(each) ||
      ts.isNewExpression(each) ||
      ts.isTaggedTemplateExpression(each) ||
      ts.isDecorator(each) ||
      ts.isJsxOpeningLikeElement(each) ||
      ts.isJsxOpeningFragment(each) ||
      (ts.isVariableDeclarationList(each) && (each.flags & ts.NodeFlags.Using) !== 0) ||
      iterates(each),
  );
}

/** Over anything but an array that is written out: whatever gives one item after the other. */
function iterates(node: ts.Node): boolean {
  if (ts.isForOfStatement(node))
    return (
      !ts.isArrayLiteralExpression(skipWrappers(node.expression)) || takesApart(node.initializer)
    );
  if (ts.isBinaryExpression(node))
    return isAssignment(node.operatorToken.kind) && takesApart(node.left);
  return ts.isSpreadElement(node) || ts.isArrayBindingPattern(node);
}

function takesApart(target: ts.Node): boolean {
  return contains(target, ts.isArrayLiteralExpression);
}

function only(names: ReadonlySet<string>, wanted: (name: string) => boolean): Set<string> {
  return new Set([...names].filter(wanted));
}
