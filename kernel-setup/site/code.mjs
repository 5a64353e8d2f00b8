/**
 * Code cells as HTML: TypeScript's own parser says what each word is, and the library's names lead
 * to its pages.
 */
import ts from 'typescript';
import { escaped } from './text.mjs';

/**
 * Where the pages of the library's names are: `measure.knn` -> an address.
 * @typedef {ReadonlyMap<string, string>} Names
 */

/** @param {string} source TypeScript @param {Names} names @returns {string} HTML */
export function codeHtml(source, names) {
  return `<pre class="code" tabindex="0"><code>${highlighted(source, names)}</code></pre>`;
}

/**
 * @param {string} source
 * @param {Names} [names]
 * @returns {string} HTML, of which the text is the source
 */
export function highlighted(source, names = new Map()) {
  const file = ts.createSourceFile('cell.ts', source, ts.ScriptTarget.ES2022, true);
  let html = '';
  let at = 0;
  /** @param {ts.Node} token */
  const write = (token) => {
    // Between two words there are only blanks and comments.
    html += spaced(source.slice(at, token.getStart(file)));
    const text = escaped(token.getText(file));
    const address = ts.isIdentifier(token) ? addressOf(token, names) : undefined;
    const kind = kindOf(token);
    html += address
      ? `<a href="${escaped(address)}">${text}</a>`
      : kind
        ? `<span class="${kind}">${text}</span>`
        : text;
    at = token.getEnd();
  };
  /** @param {ts.Node} node */
  const walk = (node) => {
    const children = node
      .getChildren(file)
      .filter(
        ({ kind }) => kind < ts.SyntaxKind.FirstJSDocNode || kind > ts.SyntaxKind.LastJSDocNode,
      );
    if (children.length > 0) children.forEach(walk);
    else if (node.getEnd() > node.getStart(file)) write(node);
  };
  walk(file);
  return html + spaced(source.slice(at));
}

/** @param {string} text blanks and comments */
const spaced = (text) =>
  escaped(text).replace(/\/\/[^\n]*|\/\*[\s\S]*?\*\//g, '<span class="comment">$&</span>');

/** @param {ts.Node} token @returns {string | undefined} a class of the style sheet */
function kindOf({ kind }) {
  if (kind >= ts.SyntaxKind.FirstKeyword && kind <= ts.SyntaxKind.LastKeyword) return 'keyword';
  if (kind === ts.SyntaxKind.NumericLiteral || kind === ts.SyntaxKind.BigIntLiteral)
    return 'number';
  if (kind >= ts.SyntaxKind.FirstTemplateToken && kind <= ts.SyntaxKind.LastTemplateToken)
    return 'string';
  return kind === ts.SyntaxKind.StringLiteral || kind === ts.SyntaxKind.RegularExpressionLiteral
    ? 'string'
    : undefined;
}

/**
 * `room.name` as a whole, or a name by itself; never the name of a property or of something
 * declared here.
 * @param {ts.Identifier} name
 * @param {Names} names
 */
function addressOf(name, names) {
  const { parent } = name;
  const [left, right] = ts.isPropertyAccessExpression(parent)
    ? [parent.expression, parent.name]
    : ts.isQualifiedName(parent)
      ? [parent.left, parent.right]
      : [];
  if (left && right === name)
    return ts.isIdentifier(left) ? names.get(`${left.text}.${name.text}`) : undefined;
  const declares = 'name' in parent && parent.name === name && !ts.isImportSpecifier(parent);
  return declares || (ts.isPropertyAssignment(parent) && parent.name === name)
    ? undefined
    : names.get(name.text);
}
