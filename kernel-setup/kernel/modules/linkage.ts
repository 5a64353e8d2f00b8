/**
 * How a module is bound to others. TypeScript writes it as CommonJS, and these transformers leave to
 * the loader what CommonJS has no word for:
 *
 *     import { a } from 'm'      const m_1 = __module.imported('m')    (TypeScript has `require`)
 *     import('m')                __module.import('m')
 *     import.meta                __module.meta
 *
 * `require('m')` and `import m = require('m')` stay: they give what CommonJS exports.
 *
 * In a circle of imports, one module runs before another that it imports, and finds the functions
 * that are declared there. So a module stops, by `yield`, where TypeScript has exported those.
 */
import ts from 'typescript';
import { takenIn, type TakenBy, type TakenName } from './taken';

/** The modules that are imported, types not counted, and the names that are taken from each. */
export type Imports = ReadonlyMap<string, readonly TakenName[]>;

/**
 * What a module's code is the body of: a generator, if others are to be loaded before it goes on
 * after its `yield`; an async function, if it awaits at its top level.
 */
export type Kind = 'function' | 'generator' | 'async';

export interface Linkage {
  readonly transformers: ts.CustomTransformers;
  readonly imports: Imports;
  kind(): Kind;
}

const factory = ts.factory;

/** @param runtime what the module calls its loader */
export function createLinkage(runtime: string): Linkage {
  const imports = new Map<string, TakenName[]>();
  let takenBy: TakenBy = () => [];
  let awaits = false;

  const before: ts.TransformerFactory<ts.SourceFile> = (context) => (file) => {
    takenBy = takenIn(file);
    awaits = file.statements.some(awaitsHere);
    const visit = (node: ts.Node): ts.Node => {
      if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword)
        return ts.setTextRange(member(runtime, 'meta'), node);
      const visited = ts.visitEachChild(node, visit, context);
      return ts.isCallExpression(visited) && isImport(visited.expression)
        ? factory.updateCallExpression(
            visited,
            member(runtime, 'import'),
            undefined,
            visited.arguments.slice(0, 1),
          )
        : visited;
    };
    return ts.visitNode(file, visit, ts.isSourceFile) ?? file;
  };

  const after: ts.TransformerFactory<ts.SourceFile> = (context) => (file) => {
    const visit = (node: ts.Node): ts.Node =>
      ts.isCallExpression(node) && isRequire(node.expression)
        ? factory.updateCallExpression(node, member(runtime, 'imported'), undefined, node.arguments)
        : ts.visitEachChild(node, visit, context);
    const bound: ts.Statement[] = [];
    const others: ts.Statement[] = [];
    for (const statement of file.statements) {
      const origin = ts.getOriginalNode(statement);
      const specifier = moduleOf(origin);
      if (specifier === undefined) others.push(statement);
      else {
        imports.set(specifier, [...(imports.get(specifier) ?? []), ...takenBy(origin)]);
        bound.push(ts.visitNode(statement, visit, ts.isStatement)!);
      }
    }
    const functions = new Set(others.flatMap(nameOfFunction));
    const own = others.findIndex((each) => !isPreamble(each, functions));
    const preamble = own < 0 ? others : others.slice(0, own);
    const pauses = imports.size > 0 && !awaits ? [pause()] : [];
    return factory.updateSourceFile(file, [
      ...preamble,
      ...pauses,
      ...bound,
      ...others.slice(preamble.length),
    ]);
  };

  return {
    transformers: { before: [before], after: [after] },
    imports,
    kind: () => (awaits ? 'async' : imports.size > 0 ? 'generator' : 'function'),
  };
}

/** Whether this awaits outside of any function. */
export function awaitsHere(node: ts.Node): boolean {
  if (ts.isFunctionLike(node) || ts.isPropertyDeclaration(node)) return false;
  return (
    ts.isAwaitExpression(node) ||
    (ts.isForOfStatement(node) && node.awaitModifier !== undefined) ||
    (ts.isVariableDeclarationList(node) &&
      (node.flags & ts.NodeFlags.AwaitUsing) === ts.NodeFlags.AwaitUsing) ||
    (ts.forEachChild(node, awaitsHere) ?? false)
  );
}

/** What TypeScript puts first: that this is a module, its names, and the functions that it exports. */
function isPreamble(node: ts.Statement, functions: ReadonlySet<string>): boolean {
  const made = (node.flags & ts.NodeFlags.Synthesized) !== 0 && ts.getOriginalNode(node) === node;
  if (!made || !ts.isExpressionStatement(node)) return false;
  const { expression } = node;
  const value = ts.isBinaryExpression(expression) ? expression.right : undefined;
  return (
    node.pos < 0 || (value !== undefined && ts.isIdentifier(value) && functions.has(value.text))
  );
}

function nameOfFunction(node: ts.Statement): string[] {
  return ts.isFunctionDeclaration(node) && node.name ? [node.name.text] : [];
}

/** `yield;` */
function pause(): ts.Statement {
  return factory.createExpressionStatement(factory.createYieldExpression(undefined, undefined));
}

function member(object: string, name: string): ts.PropertyAccessExpression {
  return factory.createPropertyAccessExpression(factory.createIdentifier(object), name);
}

const isImport = ({ kind }: ts.Node): boolean => kind === ts.SyntaxKind.ImportKeyword;
const isRequire = (node: ts.Node): boolean => ts.isIdentifier(node) && node.text === 'require';

/** The module that an `import` or an `export … from` names. */
function moduleOf(node: ts.Node): string | undefined {
  const specifier =
    ts.isImportDeclaration(node) || ts.isExportDeclaration(node) ? node.moduleSpecifier : undefined;
  return specifier && ts.isStringLiteral(specifier) ? specifier.text : undefined;
}
