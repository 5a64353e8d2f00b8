/**
 * Completion and inspection of cells that are being typed, by TypeScript's language service.
 */
import ts from 'typescript';
import { plainTypes } from './diagnostics';
import { declaredNames } from './names';
import { parseCell } from './parse';
import type { CompletionType, Completions, Inspection } from './types';
import { languageServiceOf, type Workspace } from './workspace';

export interface AssistanceOptions {
  readonly workspace: Workspace;
  /** All files of earlier cells. */
  readonly roots: () => string[];
  /** The lines that make earlier names visible in a text. */
  readonly earlier: (source: string) => string;
  /** How an earlier cell declared a name. */
  readonly kindOf: (name: string) => string | undefined;
  /** The earlier cell that a file stands for, if it does. */
  readonly cellOf: (file: string) => { readonly name: string; readonly source: string } | undefined;
}

export interface Assistance {
  complete(source: string, offset: number): Completions;
  inspect(source: string, offset: number, detailLevel: 0 | 1): Inspection | undefined;
  warmUp(): void;
}

const TYPING = '__typing__.ts';

/** What TypeScript says of a name that means nothing, or a type where it expects a value. */
const UNKNOWN = /^any$|\/\*unresolved\*\/ any$/;

/** Long definitions are cut. */
const MOST_LINES = 60;

export function createAssistance({
  workspace,
  roots,
  earlier,
  kindOf,
  cellOf,
}: AssistanceOptions): Assistance {
  const file = workspace.write(TYPING, '');
  const service = languageServiceOf(workspace, () => [...roots(), file]);

  /**
   * Writes the text behind a line of its own, which an open bracket or string cannot swallow; gives
   * that line's length.
   */
  function place(source: string): number {
    const head = `${earlier(source)}\n`;
    workspace.write(TYPING, head + source);
    return head.length;
  }

  function complete(source: string, offset: number): Completions {
    const head = place(source);
    const info = service.getCompletionsAtPosition(file, head + offset, {
      includeCompletionsWithInsertText: true,
      includeSymbol: true,
    });
    const checker = service.getProgram()?.getTypeChecker();
    const common = info?.optionalReplacementSpan
      ? shifted(info.optionalReplacementSpan, head)
      : wordAt(source, offset);
    const candidates = (info?.entries ?? [])
      .filter(
        ({ name, insertText }) =>
          !/^__(cells?|module)\d*/.test(name) && !insertText?.startsWith('['),
      )
      .map((entry) =>
        candidate(
          entry,
          entry.replacementSpan ? shifted(entry.replacementSpan, head) : common,
          (entry) => kindOf(entry.name) ?? kindBehind(entry, checker),
        ),
      );
    const matching = candidates.flatMap((each) => {
      const typed = source.slice(each.text.startsWith('?.') ? common.start : each.start, offset);
      const rank = rankOf(each.name, typed);
      return rank === undefined ? [] : [{ ...each, rank }];
    });
    matching.sort(
      (a, b) => a.rank - b.rank || compare(a.sortText, b.sortText) || compare(a.name, b.name),
    );
    return inOneRange(matching, common, source);
  }

  function inspect(source: string, offset: number, detailLevel: 0 | 1): Inspection | undefined {
    const found = inspectValue(source, offset, detailLevel);
    if (found !== 'unknown') return found;
    const name = nameAt(source, offset);
    if (name === undefined) return undefined;
    const asked = `type __asked = ${name}`;
    const type = inspectValue(asked, asked.length, detailLevel);
    return type === 'unknown' ? undefined : type;
  }

  function inspectValue(
    source: string,
    offset: number,
    detailLevel: 0 | 1,
  ): Inspection | 'unknown' | undefined {
    const head = place(source);
    const position = [offset, offset - 1].find(
      (at) => at >= 0 && service.getQuickInfoAtPosition(file, head + at) !== undefined,
    );
    if (position === undefined) return callee(head + offset);
    const info = service.getQuickInfoAtPosition(file, head + position)!;
    const signature = plainAlias(ts.displayPartsToString(info.displayParts));
    if (UNKNOWN.test(signature)) return 'unknown';
    const documentation = ts.displayPartsToString(info.documentation);
    const sections = [documentation, ...tagLines(info.tags)];
    if (detailLevel === 1) sections.push(...definitions(head + position));
    return inspection(signature, sections);
  }

  /** Between the brackets of a call: its function. */
  function callee(position: number): Inspection | undefined {
    const help = service.getSignatureHelpItems(file, position, undefined);
    const item = help?.items[help.selectedItemIndex];
    if (!item) return undefined;
    const text = ts.displayPartsToString;
    const parameters = item.parameters
      .map(({ displayParts }) => text(displayParts))
      .join(text(item.separatorDisplayParts));
    const signature = text(item.prefixDisplayParts) + parameters + text(item.suffixDisplayParts);
    return inspection(plainAlias(signature), [text(item.documentation), ...tagLines(item.tags)]);
  }

  function definitions(position: number): string[] {
    return (service.getDefinitionAtPosition(file, position) ?? [])
      .slice(0, 2)
      .flatMap((definition) => {
        const cell = cellOf(definition.fileName);
        const found = cell ? statementIn(cell.source, definition.name) : spanOf(definition);
        if (!found || definition.fileName === file) return [];
        const lines = found.text.split('\n');
        const shown = lines.length > MOST_LINES ? [...lines.slice(0, MOST_LINES), '…'] : lines;
        return [
          `${cell?.name ?? definition.fileName}:${found.line}\n\n${fenced(shown.join('\n'))}`,
        ];
      });
  }

  function spanOf({ fileName, contextSpan, textSpan }: ts.DefinitionInfo): Excerpt | undefined {
    const found = service.getProgram()?.getSourceFile(fileName);
    const { start, length } = contextSpan ?? textSpan;
    return (
      found && {
        text: found.text.slice(start, start + length),
        line: found.getLineAndCharacterOfPosition(start).line + 1,
      }
    );
  }

  return {
    complete,
    inspect,
    warmUp: () => void complete('', 0),
  };
}

interface Excerpt {
  readonly text: string;
  readonly line: number;
}

/**
 * The statement of a cell that declares a name: earlier cells are known by their declarations
 * alone, not by their code.
 */
function statementIn(source: string, name: string): Excerpt | undefined {
  const file = parseCell('cell.ts', source, ts.ScriptTarget.ES2022, true);
  const statement = file.statements.find((each) =>
    declaredNames([each]).some((declared) => declared.name === name),
  );
  if (!statement) return undefined;
  const start = statement.getStart();
  return { text: statement.getText(), line: file.getLineAndCharacterOfPosition(start).line + 1 };
}

interface Candidate extends CompletionType {
  readonly name: string;
  readonly sortText: string;
}

function candidate(
  entry: ts.CompletionEntry,
  { start, end }: Range,
  kindOfAlias: (entry: ts.CompletionEntry) => string,
): Candidate {
  const type = entry.kind === ts.ScriptElementKind.alias ? kindOfAlias(entry) : entry.kind;
  return {
    name: entry.name,
    text: entry.insertText ?? entry.name,
    type,
    sortText: entry.sortText,
    start,
    end,
  };
}

/** An import or a re-export is an alias to TypeScript; the user wants to know of what. */
function kindBehind(
  { kind, symbol }: ts.CompletionEntry,
  checker: ts.TypeChecker | undefined,
): string {
  if (!checker || !symbol || !(symbol.flags & ts.SymbolFlags.Alias)) return kind;
  const { flags } = checker.getAliasedSymbol(symbol);
  return KINDS.find(([flag]) => flags & flag)?.[1] ?? kind;
}

const KINDS: readonly (readonly [ts.SymbolFlags, string])[] = [
  [ts.SymbolFlags.Function, ts.ScriptElementKind.functionElement],
  [ts.SymbolFlags.Class, ts.ScriptElementKind.classElement],
  [ts.SymbolFlags.Enum, ts.ScriptElementKind.enumElement],
  [ts.SymbolFlags.Variable, ts.ScriptElementKind.constElement],
  [ts.SymbolFlags.Module, ts.ScriptElementKind.moduleElement],
  [ts.SymbolFlags.Interface, ts.ScriptElementKind.interfaceElement],
  [ts.SymbolFlags.TypeAlias, ts.ScriptElementKind.typeElement],
];

interface Range {
  readonly start: number;
  readonly end: number;
}

function shifted({ start, length }: ts.TextSpan, head: number): Range {
  return { start: start - head, end: start - head + length };
}

/** The identifier that the cursor is in or behind. */
function wordAt(source: string, offset: number): Range {
  const before = /[\p{ID_Continue}$]*$/u.exec(source.slice(0, offset))![0];
  const after = /^[\p{ID_Continue}$]*/u.exec(source.slice(offset))![0];
  return { start: offset - before.length, end: offset + after.length };
}

/** The name that the cursor is in or behind, with what it belongs to: `NodeJS.Timeout`. */
function nameAt(source: string, offset: number): string | undefined {
  const { end } = wordAt(source, offset);
  return /[\p{ID_Start}$_][\p{ID_Continue}$]*(\.[\p{ID_Start}$_][\p{ID_Continue}$]*)*$/u.exec(
    source.slice(0, end),
  )?.[0];
}

/** Lower is better: as typed, or but for the case; undefined for no match. */
function rankOf(name: string, typed: string): number | undefined {
  if (name.startsWith(typed)) return 0;
  return name.toLowerCase().startsWith(typed.toLowerCase()) ? 1 : undefined;
}

/**
 * Jupyter replaces one range, whichever match is chosen: the widest, into which the others are
 * fitted.
 */
function inOneRange(candidates: readonly Candidate[], common: Range, source: string): Completions {
  const start = Math.min(common.start, ...candidates.slice(0, 1000).map((each) => each.start));
  const end = Math.max(common.end, ...candidates.slice(0, 1000).map((each) => each.end));
  const unique = new Map<string, CompletionType>();
  for (const each of candidates) {
    if (each.start < start || each.end > end) continue;
    const text = source.slice(start, each.start) + each.text + source.slice(each.end, end);
    if (!unique.has(text)) unique.set(text, { text, start, end, type: each.type });
  }
  return { matches: [...unique.keys()], start, end, types: [...unique.values()] };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** An earlier name is an alias to TypeScript, and the thing itself to the user. */
function plainAlias(signature: string): string {
  const plain = plainTypes(signature);
  const own = plain.replace(/\nimport ([\w$]+) = \1$/, '');
  return own === plain ? plain : own.replace(/^\(alias\) /, '');
}

function tagLines(tags: readonly ts.JSDocTagInfo[] | undefined): string[] {
  return (tags ?? []).map(({ name, text }) =>
    `@${name} ${ts.displayPartsToString(text)}`.trimEnd(),
  );
}

function inspection(signature: string, sections: readonly string[]): Inspection {
  const filled = sections.filter((section) => section !== '');
  return {
    'text/plain': [signature, ...filled].join('\n\n'),
    'text/markdown': [fenced(signature), ...filled].join('\n\n'),
  };
}

function fenced(code: string): string {
  return `\`\`\`typescript\n${code}\n\`\`\``;
}
