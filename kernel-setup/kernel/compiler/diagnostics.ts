/**
 * TypeScript's complaints about a cell, in the words and the shape of tsc.
 */
import ts from 'typescript';
import type { Kind } from './names';
import type { Diagnostic } from './types';

/**
 * Complaints that do not stop a cell. 7016: a package without types is `any`, and there is no other
 * way to use it.
 */
const WARNINGS = new Set([7016]);

/** A line longer than this is not quoted. */
const LONGEST_QUOTE = 500;

/** More than these are counted, not shown. */
const MOST = 50;

export interface Cell {
  /** The cell's own text, as a file that carries its name. */
  readonly file: ts.SourceFile;
  /** The path of the module that it was checked as. */
  readonly checkedAs?: string;
  /** How an earlier cell declared a name. */
  readonly kindOf?: (name: string) => Kind | undefined;
}

export function readable(found: readonly ts.Diagnostic[], cell: Cell): Diagnostic[] {
  const sorted = [...found].sort((a, b) => (a.start ?? 0) - (b.start ?? 0));
  const shown = sorted.slice(0, MOST).map((diagnostic) => one(diagnostic, cell));
  const more = sorted.length - shown.length;
  const last = shown.at(-1);
  if (more > 0 && last) {
    const note = `\n… and ${more} more.\n`;
    shown[shown.length - 1] = {
      ...last,
      formatted: last.formatted + note,
      coloured: last.coloured + note,
    };
  }
  return shown;
}

function one(raw: ts.Diagnostic, cell: Cell): Diagnostic {
  const found = reworded(raw, cell);
  const own = !found.file || found.file === cell.file || found.file.fileName === cell.checkedAs;
  const file = own ? cell.file : found.file!;
  const start = Math.min(found.start ?? 0, file.text.length);
  const length = Math.min(found.length ?? 0, file.text.length - start);
  const category = WARNINGS.has(found.code) ? ts.DiagnosticCategory.Warning : found.category;
  const placed: ts.Diagnostic = {
    ...found,
    category,
    file,
    start,
    length,
    messageText: plainNames(found.messageText),
  };
  delete (placed as { relatedInformation?: unknown }).relatedInformation;
  const { line, character } = ts.getLineAndCharacterOfPosition(file, start);
  const coloured = quotable(file, start, length)
    ? ts.formatDiagnosticsWithColorAndContext([placed], formatHost)
    : `${headline(placed, line, character)}\n`;
  return {
    file: file.fileName,
    line: line + 1,
    column: character + 1,
    start,
    length,
    category:
      category === ts.DiagnosticCategory.Error
        ? 'error'
        : category === ts.DiagnosticCategory.Warning
          ? 'warning'
          : 'suggestion',
    code: found.code,
    message: ts.flattenDiagnosticMessageText(placed.messageText, '\n'),
    formatted: withoutColours(coloured),
    coloured,
  };
}

const formatHost: ts.FormatDiagnosticsHost = {
  getCurrentDirectory: () => '',
  getCanonicalFileName: (name) => name,
  getNewLine: () => '\n',
};

/** To TypeScript an earlier cell's name is an import; to the user it is what it was declared as. */
function reworded(found: ts.Diagnostic, cell: Cell): ts.Diagnostic {
  if (found.code !== 2632 || found.start === undefined) return found;
  const name = cell.file.text.slice(found.start, found.start + (found.length ?? 0));
  const known = UNASSIGNABLE[cell.kindOf?.(name) ?? 'import'];
  return known
    ? {
        ...found,
        code: known.code,
        messageText: `Cannot assign to '${name}' because it is ${known.what}.`,
      }
    : found;
}

const UNASSIGNABLE: Partial<Record<Kind, { code: number; what: string }>> = {
  const: { code: 2588, what: 'a constant' },
  function: { code: 2630, what: 'a function' },
  class: { code: 2629, what: 'a class' },
  enum: { code: 2628, what: 'an enum' },
  namespace: { code: 2631, what: 'a namespace' },
};

/** Earlier cells' types without the modules that they live in: `__cell3.Point` is `Point`. */
export function plainTypes(text: string): string {
  return text.replace(/import\("[^"]*__cell\d+__"\)\./g, '').replace(/\b__(cell|module)\d+\./g, '');
}

function plainNames(
  message: string | ts.DiagnosticMessageChain,
): string | ts.DiagnosticMessageChain {
  return typeof message === 'string' ? plainTypes(message) : plainChain(message);
}

function plainChain(chain: ts.DiagnosticMessageChain): ts.DiagnosticMessageChain {
  return {
    ...chain,
    messageText: plainTypes(chain.messageText),
    ...(chain.next ? { next: chain.next.map(plainChain) } : {}),
  };
}

function quotable(file: ts.SourceFile, start: number, length: number): boolean {
  const lines = file.text
    .slice(Math.max(0, start - LONGEST_QUOTE), start + length + LONGEST_QUOTE)
    .split('\n');
  return lines.every((line) => line.length < LONGEST_QUOTE);
}

function headline(found: ts.Diagnostic, line: number, character: number): string {
  const message = ts.flattenDiagnosticMessageText(found.messageText, '\n');
  return `${found.file!.fileName}:${line + 1}:${character + 1} - error TS${found.code}: ${message}`;
}

function withoutColours(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/\u001b\[[\d;]*m/g, '');
}

/** A complaint of our own, with the number of TypeScript's nearest. */
export function complaint(
  file: ts.SourceFile,
  node: { start: number; length: number },
  code: number,
  messageText: string,
): ts.Diagnostic {
  return {
    file,
    start: node.start,
    length: node.length,
    category: ts.DiagnosticCategory.Error,
    code,
    messageText,
  };
}
