/**
 * A cell as TypeScript sees it: a module among those of the earlier cells, whose names it may use.
 */
import path from 'node:path';
import ts from 'typescript';
import { readable } from './diagnostics';
import { isCellModule, isPlain, type EarlierCells, type Slot } from './earlierCells';
import { additionsOf } from './globals';
import { exportComplaints, exportedAlready } from './exports';
import { declaredNames, mentionedNames, type Declared } from './names';
import { moduleForJsx, namesForJsx } from './jsx';
import { parseCell } from './parse';
import type { View } from './program';
import type { Diagnostic } from './types';

/** A cell within the program that it was checked in. */
export interface Checked {
  readonly slot: Slot;
  readonly declared: readonly Declared[];
  readonly program: ts.Program;
  readonly file: ts.SourceFile;
  /** The names that it sees, its own and earlier ones, which mean globals. */
  readonly ambient: ReadonlySet<string>;
}

/** What TypeScript has to say of a cell; `checked` unless the cell is malformed. */
export interface Verdict {
  readonly diagnostics: Diagnostic[];
  readonly checked?: Checked;
}

/**
 * The two views of the files: most cells import nothing, and are checked without the library and
 * all that it imports.
 */
export interface Views {
  readonly plain: View;
  readonly full: View;
}

/** Writes all cells as modules; gives their paths. */
export function writeCells(view: View, earlier: EarlierCells, { plain }: Views): string[] {
  return earlier.files(view === plain).map(([name, text]) => view.workspace.write(name, text));
}

/** @param folder the notebook's */
export function createChecker(folder: string, views: Views, earlier: EarlierCells) {
  const { options } = views.full.workspace.ground;
  return { check };

  function check(source: string, name: string): Verdict {
    const cell = parseCell(name, source, ts.ScriptTarget.ES2022, true);
    const malformed = [...cell.parseDiagnostics, ...exportComplaints(cell)];
    if (malformed.length > 0) return { diagnostics: readable(malformed, { file: cell }) };

    const declared = declaredNames(cell.statements).map((each) => ({
      ...each,
      // Of a variable that an earlier cell made, `declare` says the type.
      ambient: each.ambient && !earlier.hasValue(each.name),
    }));
    const slot = earlier.reserve(name, outsideOf(cell, options), additionsOf(cell));
    const { program, file, raw } = typeCheck(slot, cell, declared);
    // A module that is missing may be installed, or written, before the next cell.
    if (raw.some(({ code }) => code === 2307 || code === 7016)) views.full.programs.startOver();
    const diagnostics = readable(raw, {
      file: cell,
      checkedAs: file.fileName,
      kindOf: (each) => earlier.kindOf(each),
    });
    const ambient = new Set(declared.filter((each) => each.ambient).map((each) => each.name));
    const own = new Set(declared.map((each) => each.name));
    for (const each of earlier.ambientNames()) if (!own.has(each)) ambient.add(each);
    return { diagnostics, checked: { program, file, slot, declared, ambient } };
  }

  function typeCheck(slot: Slot, cell: ts.SourceFile, declared: readonly Declared[]) {
    try {
      place(slot, cell, declared);
      const view = isPlain(slot) && earlier.addsPlainly() ? views.plain : views.full;
      const program = view.programs.next(writeCells(view, earlier, views));
      const file = program.getSourceFile(path.posix.join(folder, slot.file))!;
      const raw = program
        .getSemanticDiagnostics(file)
        .filter(({ start }) => start === undefined || start < cell.text.length);
      return { program, file, raw };
    } catch (error) {
      earlier.erase(slot);
      throw error;
    }
  }

  /**
   * Writes the cell as a module: its text, what it sees of earlier cells, and all that it declares
   * as exports.
   */
  function place(slot: Slot, cell: ts.SourceFile, declared: readonly Declared[]): void {
    const names = new Set(declared.map(({ name }) => name));
    const { text, uses } = earlier.earlier(
      [...mentionedNames(cell), ...namesForJsx(cell, options)],
      names,
    );
    const exported = exportedAlready(cell);
    const exports = [...names].filter((name) => !exported.has(name)).join(', ');
    slot.text = `${cell.text}\n${text} export { ${exports} };`;
    slot.uses = uses;
    slot.source = cell.text;
  }
}

/** The modules that a cell brings from outside, imported in any way. */
function outsideOf(cell: ts.SourceFile, options: ts.CompilerOptions): string {
  const { importedFiles, referencedFiles, typeReferenceDirectives } = ts.preProcessFile(
    cell.text,
    true,
    true,
  );
  const names = [...importedFiles, ...referencedFiles, ...typeReferenceDirectives]
    .map(({ fileName }) => fileName)
    .filter((name) => !isCellModule(name));
  return [...names, ...moduleForJsx(cell, options)].join('\n');
}
