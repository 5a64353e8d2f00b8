/**
 * Whether a console should run what was typed, or ask for another line, and how far to indent it.
 */
import ts from 'typescript';
import { parseCell, type Parsed } from './parse';
import type { Completeness } from './types';

/**
 * Faults that further lines can mend wherever they start: an open template string, an open comment.
 */
const OPEN_ENDED = new Set([1160, 1010]);

/** An open string, which ends with its line unless that ends in a backslash. */
const OPEN_STRING = 1002;

const INDENT = 2;

export function isComplete(source: string): Completeness {
  let file: Parsed;
  try {
    file = parseCell('cell.ts', source, {
      languageVersion: ts.ScriptTarget.ES2022,
      // As in a module, `await` is no name: `const q = await` lacks something.
      setExternalModuleIndicator: (each) => Object.assign(each, { externalModuleIndicator: true }),
    });
  } catch {
    return { status: 'invalid' };
  }
  const first = file.parseDiagnostics[0];
  if (!first) return { status: 'complete' };
  if (first.code === OPEN_STRING && !source.endsWith('\\')) return { status: 'invalid' };
  const atEnd = first.start >= source.trimEnd().length || reachesEnd(source, first);
  return atEnd ? { status: 'incomplete', indent: indentation(source) } : { status: 'invalid' };
}

function reachesEnd(source: string, fault: ts.DiagnosticWithLocation): boolean {
  return OPEN_ENDED.has(fault.code) && fault.start + fault.length >= source.trimEnd().length;
}

/**
 * The indentation of the line to come: the last line's, and a step more if that opened a bracket
 * which is still open.
 */
function indentation(source: string): string {
  const open = openBrackets(source);
  if (open === undefined) return '';
  const lineStart = source.trimEnd().lastIndexOf('\n') + 1;
  const current = /^[ \t]*/.exec(source.slice(lineStart))![0];
  return open.some((position) => position >= lineStart) ? current + step(source) : current;
}

/**
 * Where brackets stand open at the end; undefined within a template string or a comment, whose text
 * is the user's.
 */
function openBrackets(source: string): number[] | undefined {
  const scanner = ts.createScanner(
    ts.ScriptTarget.ES2022,
    true,
    ts.LanguageVariant.Standard,
    source,
  );
  const open: number[] = [];
  for (let token = scanner.scan(); token !== ts.SyntaxKind.EndOfFileToken; token = scanner.scan()) {
    if (scanner.isUnterminated()) return undefined;
    if (OPENING.has(token)) open.push(scanner.getTokenStart());
    else if (CLOSING.has(token)) open.pop();
  }
  return open;
}

const OPENING = new Set([
  ts.SyntaxKind.OpenBraceToken,
  ts.SyntaxKind.OpenParenToken,
  ts.SyntaxKind.OpenBracketToken,
  ts.SyntaxKind.TemplateHead,
]);
const CLOSING = new Set([
  ts.SyntaxKind.CloseBraceToken,
  ts.SyntaxKind.CloseParenToken,
  ts.SyntaxKind.CloseBracketToken,
]);

/** A tab where the text indents by tabs, else as many spaces as its first indented line. */
function step(source: string): string {
  const first = /^([ \t]+)\S/m.exec(source)?.[1];
  if (first === undefined) return ' '.repeat(INDENT);
  return first.startsWith('\t') ? '\t' : first.length <= 8 ? first : ' '.repeat(INDENT);
}
