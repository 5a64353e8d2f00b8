/**
 * What a cell adds to the globals and to modules: `declare global { … }` and `declare module 'm' { … }`.
 *
 * It lasts, whether or not a later cell mentions any of it. A cell that adds all of it anew, such as
 * the same one run again, takes its place: TypeScript would else complain of the second declaration.
 */
import ts from 'typescript';
import { declaredNames, isGlobalAugmentation } from './names';
import { parseCell } from './parse';

/** What is added, one name each: `Array.last`, `"dark-matter".Method.note`. */
export function additionsOf(file: ts.SourceFile): Set<string> {
  return new Set(file.statements.filter(isAddition).flatMap((each) => leaves([each], '')));
}

/** A cell's module without what it adds. */
export function withoutAdditions(text: string): string {
  const file = parseCell('cell.ts', text);
  return file.statements
    .filter(isAddition)
    .reduceRight((left, { pos, end }) => left.slice(0, pos) + left.slice(end), text);
}

function isAddition(node: ts.Statement): node is ts.ModuleDeclaration {
  return (
    ts.isModuleDeclaration(node) && (ts.isStringLiteral(node.name) || isGlobalAugmentation(node))
  );
}

function leaves(statements: readonly ts.Statement[], prefix: string): string[] {
  return statements.flatMap((statement) => {
    if (ts.isModuleDeclaration(statement)) {
      const { name, body } = statement;
      const within = isGlobalAugmentation(statement) ? prefix : `${prefix}${name.getText()}.`;
      return body && ts.isModuleBlock(body) ? leaves([...body.statements], within) : [within];
    }
    if (ts.isInterfaceDeclaration(statement)) {
      const own = `${prefix}${statement.name.text}`;
      const members = statement.members.map((each) => (each.name ?? each).getText());
      return members.length > 0 ? members.map((member) => `${own}.${member}`) : [own];
    }
    return declaredNames([statement]).map(({ name }) => prefix + name);
  });
}
