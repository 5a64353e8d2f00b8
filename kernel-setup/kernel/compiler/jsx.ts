/**
 * What a cell's JSX becomes, where TypeScript takes a cell for a module of its own:
 *
 *     React.createElement('p')                           __scope.React.createElement('p')
 *     import { jsx as _jsx } from 'react/jsx-runtime'    const { jsx: _jsx } = await __cell.import('react/jsx-runtime')
 */
import ts from 'typescript';
import { member, text } from './nodes';
import { hasJsx } from './parse';
import type { Identifiers } from './references';

const factory = ts.factory;

/** The names that a cell's JSX refers to without a mention: `React`, or what the project has in its place. */
export function namesForJsx(cell: ts.SourceFile, options: ts.CompilerOptions): string[] {
  if (!hasJsx(cell)) return [];
  const own = [...cell.text.matchAll(/@jsx(?:Frag)?\s+([\w$]+)/g)].map(([, name]) => name!);
  const { jsx, jsxFactory = 'React', jsxFragmentFactory = 'React' } = options;
  const factories = jsx === ts.JsxEmit.React ? [jsxFactory, jsxFragmentFactory] : [];
  return [...own, ...factories.map((name) => name.split('.')[0]!)];
}

/** The module that a cell's JSX imports without a mention. */
export function moduleForJsx(cell: ts.SourceFile, options: ts.CompilerOptions): string[] {
  const { jsx, jsxImportSource = 'react' } = options;
  if (!hasJsx(cell) || jsx === ts.JsxEmit.React) return [];
  const own = /@jsxImportSource\s+(\S+)/.exec(cell.text)?.[1];
  return [`${own ?? jsxImportSource}/jsx-runtime`];
}

/** @param isTopLevel whether a name is on the scope */
export function jsxTransformer(
  { scope, cell }: Identifiers,
  isTopLevel: (name: string) => boolean,
): ts.TransformerFactory<ts.SourceFile> {
  return (context) => (file) => {
    const visit = (node: ts.Node): ts.Node => {
      if (ts.isIdentifier(node))
        return isMade(node) && isTopLevel(node.text) ? member(scope, node.text) : node;
      if (ts.isImportDeclaration(node)) return runtimeImport(node, cell);
      return ts.visitEachChild(node, visit, context);
    };
    return hasJsx(ts.getOriginalNode(file) as ts.SourceFile)
      ? (ts.visitNode(file, visit, ts.isSourceFile) ?? file)
      : file;
  };
}

/** Made by TypeScript of JSX, which marks it as if it stood in the text. */
function isMade({ pos, flags }: ts.Identifier): boolean {
  return pos < 0 && (flags & ts.NodeFlags.Synthesized) === 0;
}

/** The cell's own imports are no imports any more (imports.ts). */
function runtimeImport(node: ts.ImportDeclaration, cell: string): ts.Statement {
  const bindings = node.importClause?.namedBindings;
  const elements = bindings && ts.isNamedImports(bindings) ? bindings.elements : [];
  const { text: specifier } = node.moduleSpecifier as ts.StringLiteral;
  const load = factory.createCallExpression(member(cell, 'import'), undefined, [text(specifier)]);
  const pattern = factory.createObjectBindingPattern(
    elements.map(({ name, propertyName }) =>
      factory.createBindingElement(undefined, propertyName as ts.Identifier, name),
    ),
  );
  const declaration = factory.createVariableDeclaration(
    pattern,
    undefined,
    undefined,
    factory.createAwaitExpression(load),
  );
  return factory.createVariableStatement(
    undefined,
    factory.createVariableDeclarationList([declaration], ts.NodeFlags.Const),
  );
}
