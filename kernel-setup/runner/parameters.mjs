/**
 * A notebook's parameters: the variables that its cell tagged `parameters` declares, and the cell
 * that sets others.
 *
 * Names and types are read from the declarations themselves, by TypeScript's own parser: `const
 * steps: number = 50`, `const budget: 'quick' | 'full' = 'quick'`, or `const seed = 1`, whose type
 * is that of its value.
 */
import ts from 'typescript';
import { Usage } from '../setup/fault.mjs';

/**
 * @typedef {object} Parameter
 * @property {string} name
 * @property {string} keyword const, let or var
 * @property {string} type as written, or as inferred from the value
 * @property {(text: string) => string | undefined} read a value given as text, as a TypeScript
 * expression of this type; undefined where it is not one
 */

/**
 * @param {string} source of the cell tagged `parameters`
 * @returns {Map<string, Parameter>} in the order of their declaration
 */
export function declaredParameters(source) {
  const file = ts.createSourceFile('parameters.ts', source, ts.ScriptTarget.ES2022, true);
  /** @type {Map<string, ts.TypeNode>} */
  const aliases = new Map();
  /** @type {Map<string, Parameter>} */
  const parameters = new Map();
  for (const statement of file.statements) {
    if (ts.isTypeAliasDeclaration(statement)) aliases.set(statement.name.text, statement.type);
    if (!ts.isVariableStatement(statement)) continue;
    const keyword = /^(?:export\s+)?(\w+)/.exec(statement.getText(file))?.[1] ?? 'const';
    for (const declaration of statement.declarationList.declarations) {
      if (!ts.isIdentifier(declaration.name)) continue;
      const name = declaration.name.text;
      const { type, reader } = typeOf(declaration, file, aliases);
      parameters.set(name, { name, keyword, type, read: (text) => readAs(reader, text) });
    }
  }
  return parameters;
}

/**
 * The source of the cell that sets the given parameters. Each keeps its declared type, so the cells
 * below are checked as they were.
 *
 * @param {Map<string, Parameter>} declared
 * @param {readonly (readonly [name: string, text: string])[]} given
 * @param {string} notebook named in errors
 * @returns {string}
 * @throws {Usage} for a name that is not declared, or a value of another type
 */
export function injectedSource(declared, given, notebook) {
  const lines = given.map(([name, text]) => {
    const parameter = declared.get(name);
    if (!parameter) {
      const names = [...declared.keys()].join(', ');
      throw new Usage(
        `-p ${name}: ${notebook} has no such parameter; ${names ? `it declares: ${names}` : 'it declares none in a cell tagged "parameters"'}.`,
      );
    }
    const value = parameter.read(text);
    if (value === undefined)
      throw new Usage(`-p ${name}: "${text}" given, ${parameter.type} expected (${notebook}).`);
    return `${parameter.keyword} ${name}: ${parameter.type} = ${value};`;
  });
  return ['// Parameters given on the command line.', ...lines].join('\n');
}

/** @typedef {(value: unknown) => boolean} Reader whether a value is of the type */

/**
 * @param {ts.VariableDeclaration} declaration
 * @param {ts.SourceFile} file
 * @param {Map<string, ts.TypeNode>} aliases
 * @returns {{ type: string, reader: Reader }}
 */
function typeOf({ type: annotation, initializer }, file, aliases) {
  const asserted =
    initializer && (ts.isAsExpression(initializer) || ts.isSatisfiesExpression(initializer))
      ? initializer.type
      : undefined;
  const node =
    annotation ?? (asserted && asserted.getText(file) !== 'const' ? asserted : undefined);
  if (node) return { type: node.getText(file), reader: readerOf(node, aliases) };
  return inferred(
    asserted && initializer && ts.isAsExpression(initializer)
      ? initializer.expression
      : initializer,
  );
}

/**
 * The type of a value written out, as TypeScript widens it.
 *
 * @param {ts.Expression | undefined} value
 * @returns {{ type: string, reader: Reader }}
 */
function inferred(value) {
  /** @param {'number' | 'string' | 'boolean'} name */
  const primitive = (name) => ({
    type: name,
    reader: (/** @type {unknown} */ given) => typeof given === name,
  });
  if (value && isNumber(value)) return primitive('number');
  if (value && ts.isStringLiteralLike(value)) return primitive('string');
  if (value?.kind === ts.SyntaxKind.TrueKeyword || value?.kind === ts.SyntaxKind.FalseKeyword)
    return primitive('boolean');
  if (value && ts.isArrayLiteralExpression(value) && value.elements.length > 0) {
    const elements = value.elements.map(inferred);
    const first = elements[0];
    if (first && elements.every(({ type }) => type === first.type)) {
      return {
        type: `${first.type}[]`,
        reader: (given) => Array.isArray(given) && given.every(first.reader),
      };
    }
  }
  return {
    type: 'a type annotation in the notebook, without which no value can be given,',
    reader: () => false,
  };
}

const signs = [ts.SyntaxKind.PlusToken, ts.SyntaxKind.MinusToken];
const arithmetic = [
  ...signs,
  ts.SyntaxKind.AsteriskToken,
  ts.SyntaxKind.SlashToken,
  ts.SyntaxKind.AsteriskAsteriskToken,
];

/**
 * A number, its sign, or arithmetic of numbers such as 60 * 5.
 * @param {ts.Expression} node
 * @returns {boolean}
 */
function isNumber(node) {
  if (ts.isParenthesizedExpression(node)) return isNumber(node.expression);
  if (ts.isPrefixUnaryExpression(node))
    return signs.some((sign) => sign === node.operator) && isNumber(node.operand);
  if (ts.isBinaryExpression(node)) {
    return (
      arithmetic.some((sign) => sign === node.operatorToken.kind) &&
      isNumber(node.left) &&
      isNumber(node.right)
    );
  }
  return ts.isNumericLiteral(node);
}

/**
 * @param {ts.TypeNode} node
 * @param {Map<string, ts.TypeNode>} aliases
 * @returns {Reader}
 */
function readerOf(node, aliases) {
  const inner = (/** @type {ts.TypeNode} */ type) => readerOf(type, aliases);
  if (ts.isParenthesizedTypeNode(node)) return inner(node.type);
  if (ts.isUnionTypeNode(node)) {
    const members = node.types.map(inner);
    return (value) => members.some((member) => member(value));
  }
  if (ts.isLiteralTypeNode(node)) {
    const literal = literalValue(node.literal);
    return (value) => literal !== undefined && value === literal;
  }
  if (ts.isTypeOperatorNode(node) && node.operator === ts.SyntaxKind.ReadonlyKeyword)
    return inner(node.type);
  if (ts.isArrayTypeNode(node)) {
    const element = inner(node.elementType);
    return (value) => Array.isArray(value) && value.every(element);
  }
  if (ts.isTupleTypeNode(node)) {
    const elements = node.elements.map((element) =>
      inner(ts.isNamedTupleMember(element) ? element.type : element),
    );
    return (value) =>
      Array.isArray(value) &&
      value.length === elements.length &&
      elements.every((reads, i) => reads(value[i]));
  }
  if (ts.isTypeReferenceNode(node) && ts.isIdentifier(node.typeName)) {
    const alias = aliases.get(node.typeName.text);
    // An alias is looked up among the others only, so one that names itself ends here.
    if (alias) return readerOf(alias, new Map([...aliases].filter(([, type]) => type !== alias)));
  }
  if (node.kind === ts.SyntaxKind.NumberKeyword) return (value) => typeof value === 'number';
  if (node.kind === ts.SyntaxKind.StringKeyword) return (value) => typeof value === 'string';
  if (node.kind === ts.SyntaxKind.BooleanKeyword) return (value) => typeof value === 'boolean';
  return () => false;
}

/**
 * @param {ts.LiteralTypeNode['literal']} literal
 * @returns {string | number | boolean | null | undefined}
 */
function literalValue(literal) {
  if (ts.isStringLiteralLike(literal)) return literal.text;
  if (ts.isNumericLiteral(literal)) return Number(literal.text);
  if (ts.isPrefixUnaryExpression(literal) && ts.isNumericLiteral(literal.operand))
    return -Number(literal.operand.text);
  if (literal.kind === ts.SyntaxKind.TrueKeyword) return true;
  if (literal.kind === ts.SyntaxKind.FalseKeyword) return false;
  if (literal.kind === ts.SyntaxKind.NullKeyword) return null;
  return undefined;
}

/**
 * What is given on a command line is text: it is read as JSON where the type takes that value, else
 * as a plain string. So `-p seed=7` is a number for a number and '7' for a string, and 'quick'
 * needs no quotes.
 *
 * @param {Reader} reader
 * @param {string} text
 * @returns {string | undefined} a TypeScript expression
 */
function readAs(reader, text) {
  const value = asJson(text);
  if (value !== undefined && reader(value)) return JSON.stringify(value);
  return reader(text) ? JSON.stringify(text) : undefined;
}

/**
 * @param {string} text
 * @returns {unknown} undefined where it is no JSON; a number may also be written as +1, .5 or 1.
 */
function asJson(text) {
  const isNumeral = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text);
  try {
    const value = isNumeral ? Number(text) : JSON.parse(text);
    return typeof value === 'string' || !isFiniteThroughout(value) ? undefined : value;
  } catch {
    return undefined;
  }
}

/**
 * JSON allows 1e999, which reads as infinity and would be written as null.
 * @param {unknown} value
 * @returns {boolean}
 */
function isFiniteThroughout(value) {
  if (typeof value === 'number') return Number.isFinite(value);
  return (
    typeof value !== 'object' || value === null || Object.values(value).every(isFiniteThroughout)
  );
}
