/** The names of the library's methods, as its sources have them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const root = join(__dirname, '../..');

const sources = (readdirSync(join(root, 'lib'), { recursive: true }) as string[])
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts') && !path.startsWith('dist'))
  .map((path) =>
    ts.createSourceFile(
      path,
      readFileSync(join(root, 'lib', path), 'utf8'),
      ts.ScriptTarget.ES2022,
      true,
    ),
  );

const statements = sources.flatMap((file) => [...file.statements]);

/**
 * `Method`, and whatever is one by its name: interfaces that extend one, aliases of one, and of one
 * with something added, to any depth.
 */
const kinds = new Set(['Method']);
const isMethod = (type: ts.Node | undefined): boolean =>
  type !== undefined &&
  (ts.isIntersectionTypeNode(type)
    ? type.types.some(isMethod)
    : ts.isTypeReferenceNode(type)
      ? kinds.has(type.typeName.getText().split('.').at(-1)!)
      : ts.isExpressionWithTypeArguments(type) && kinds.has(type.expression.getText()));
for (let before = 0; before < kinds.size;) {
  before = kinds.size;
  for (const each of statements) {
    const parents = ts.isInterfaceDeclaration(each)
      ? (each.heritageClauses ?? []).flatMap(({ types }) => [...types])
      : ts.isTypeAliasDeclaration(each)
        ? [each.type]
        : [];
    if (parents.some(isMethod))
      kinds.add((each as ts.InterfaceDeclaration | ts.TypeAliasDeclaration).name.text);
  }
}

/** The exported functions that return one, whether they are declared or assigned to a constant. */
export const methodNames: readonly string[] = statements.flatMap((each) => {
  const isExported =
    ts.canHaveModifiers(each) &&
    (ts.getModifiers(each) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
  if (!isExported) return [];
  if (ts.isFunctionDeclaration(each)) return isMethod(each.type) ? [each.name!.text] : [];
  if (!ts.isVariableStatement(each)) return [];
  return each.declarationList.declarations
    .filter(
      ({ initializer }) =>
        initializer && ts.isArrowFunction(initializer) && isMethod(initializer.type),
    )
    .map(({ name }) => name.getText());
});
