/**
 * The compiler of notebook cells: TypeScript's own, current and unpatched, with `strict`.
 *
 * tslab 1.0.22 compiles with a fork of TypeScript 5.0, for these reasons, each of which has another
 * way with the public API:
 *   - a cell's file has the earlier declarations as its parent scope         -> a few lines after
 *     the cell, see history.ts
 *   - a top-level `await` is let through, though the file is no module         -> each cell is a
 *     module
 *   - earlier declarations are printed as .d.ts, names that vanish become any  -> earlier cells
 *     stay modules, types stay whole
 *   - `"use strict"` and the fork's options shape the JavaScript               -> a `before`
 *     transformer, see transform.ts
 *   - completions run over a source file without a language service            -> a language
 *     service, see language.ts Nothing of its converter could be used over a stock TypeScript: each
 *     of its functions calls one of the above.
 */
import path from 'node:path';
import ts from 'typescript';
import { isComplete } from './complete-input';
import { complaint, readable } from './diagnostics';
import { emitCell } from './emit';
import { exportComplaints, exportedAlready } from './exports';
import { createHistory, isCellModule, isPlain, type Slot } from './history';
import { createLanguage } from './language';
import { declaredNames, mentionedNames, type Declared } from './names';
import { createView, type View } from './program';
import { spelledOut } from './spelling';
import { meaningOf } from './meaning';
import type { CellCompiler, CompiledCell, CompileResult, Diagnostic } from './types';
import { commonFiles, moduleFiles, parseAhead, turn } from './warm-up';
import { createGround, type WorkspaceOptions } from './workspace';

export type * from './types';
export { codePointToUtf16, utf16ToCodePoint } from './offsets';
export { createScope } from './scope';

/**
 * A file as the parser leaves it: TypeScript keeps the syntax errors on the file, without a public
 * name.
 */
interface Parsed extends ts.SourceFile {
  readonly parseDiagnostics: readonly ts.DiagnosticWithLocation[];
}

/** A cell within the program that it was checked in. */
interface Checked {
  readonly slot: Slot;
  readonly declared: readonly Declared[];
  readonly program: ts.Program;
  readonly file: ts.SourceFile;
}

export function createCellCompiler(options: WorkspaceOptions): CellCompiler {
  const ground = createGround(options);
  const plain = createView(ground);
  const full = createView(ground);
  let history = createHistory();
  const pending = new WeakMap<CompiledCell, Checked>();
  let disposed = false;
  /** When somebody last asked for something: the warm-up lets them go first. */
  let lastAsked = -Infinity;
  const asked = (): void => void (lastAsked = performance.now());
  let spellOut = (): void => {};
  const timesUsed = new Map<string, number>();

  const language = createLanguage({
    workspace: full.workspace,
    roots: () => sync(full),
    earlier(source) {
      const cell = ts.createSourceFile('typing.ts', source, ts.ScriptTarget.ES2022, true);
      return history.earlier(
        history.names(),
        new Set(declaredNames(cell.statements).map(({ name }) => name)),
      ).text;
    },
    kindOf: (name) => history.kindOf(name),
    cellOf: (file) => history.cellOf(file),
  });

  /** Writes all cells as modules; gives their paths. */
  function sync(view: View): string[] {
    return history.files(view === plain).map(([name, text]) => view.workspace.write(name, text));
  }

  function compile(source: string, name: string): CompileResult {
    const checked = check(source, name);
    if (!checked.found || hasErrors(checked.diagnostics)) {
      if (checked.found) history.release(checked.found.slot);
      return { ok: false, name, diagnostics: checked.diagnostics };
    }
    const { program, file, declared } = checked.found;
    const cell: CompiledCell = {
      ok: true,
      name,
      filename: unique(name),
      ...emitCell(program, file, source, name),
      source,
      names: [...new Set(declared.map((each) => each.name))],
      values: valuesOf(program.getTypeChecker(), file, source.length),
      diagnostics: checked.diagnostics,
    };
    pending.set(cell, checked.found);
    return cell;
  }

  /** What TypeScript has to say of a cell; `found` unless it is malformed. */
  function check(source: string, name: string): { diagnostics: Diagnostic[]; found?: Checked } {
    spellOut();
    const cell = ts.createSourceFile(
      name,
      source,
      ts.ScriptTarget.ES2022,
      true,
      ts.ScriptKind.TS,
    ) as Parsed;
    const malformed = [...cell.parseDiagnostics, ...exportComplaints(cell)];
    if (malformed.length > 0) return { diagnostics: readable(malformed, { file: cell }) };

    const declared = declaredNames(cell.statements);
    const slot = history.reserve(name, outsideOf(source));
    const { program, file, raw } = typeCheck(slot, cell, declared);
    // A module that is missing may be installed, or written, before the next cell.
    if (raw.some(({ code }) => code === 2307 || code === 7016)) full.programs.startOver();
    const diagnostics = readable(raw, {
      file: cell,
      checkedAs: file.fileName,
      kindOf: (each) => history.kindOf(each),
    });
    return { diagnostics, found: { program, file, slot, declared } };
  }

  function typeCheck(slot: Slot, cell: ts.SourceFile, declared: readonly Declared[]) {
    try {
      place(slot, cell, declared);
      const view = isPlain(slot) ? plain : full;
      const program = view.programs.next(sync(view));
      const file = program.getSourceFile(path.posix.join(options.folder, slot.file))!;
      const raw = program
        .getSemanticDiagnostics(file)
        .filter(({ start }) => start === undefined || start < cell.text.length);
      return { program, file, raw };
    } catch (error) {
      history.erase(slot);
      throw error;
    }
  }

  /**
   * Writes the cell as a module: its text, what it sees of earlier cells, and all that it declares
   * as exports.
   */
  function place(slot: Slot, cell: ts.SourceFile, declared: readonly Declared[]): void {
    const names = new Set(declared.map(({ name }) => name));
    const { text, uses } = history.earlier(mentionedNames(cell), names);
    const exported = exportedAlready(cell);
    const exports = [...names].filter((name) => !exported.has(name)).join(', ');
    slot.text = `${cell.text}\n${text} export { ${exports} };`;
    slot.uses = uses;
    slot.source = cell.text;
  }

  /**
   * When the kernel has answered, or when the next cell needs it: from then on the cell is what it
   * declared.
   */
  function spellOutSoon({ program, file, slot }: Checked): void {
    spellOut = () => {
      spellOut = () => {};
      const declarations = spelledOut(program, file);
      if (declarations !== undefined) history.spell(slot, declarations);
    };
    setImmediate(() => spellOut());
  }

  function unique(name: string): string {
    const times = (timesUsed.get(name) ?? 0) + 1;
    timesUsed.set(name, times);
    return times === 1 ? name : `${name}#${times}`;
  }

  /**
   * TypeScript recurses as deep as the text is nested, and a long enough text exhausts the stack.
   */
  function orTooDeep<T>(
    source: string,
    name: string,
    work: () => T,
    otherwise: (diagnostics: Diagnostic[]) => T,
  ): T {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      plain.programs.startOver();
      full.programs.startOver();
      // Only the beginning, to be shown: a thousand brackets can already be too many.
      const file = ts.createSourceFile(
        name,
        source.slice(0, 80),
        ts.ScriptTarget.ES2022,
        false,
        ts.ScriptKind.TS,
      );
      return otherwise(
        readable(
          [
            complaint(
              file,
              { start: 0, length: 0 },
              2589,
              'The cell is nested too deeply to be compiled.',
            ),
          ],
          { file },
        ),
      );
    }
  }

  async function warmUp(): Promise<void> {
    const yields = () => turn(() => lastAsked);
    const stopped = () => disposed;
    const steps = [
      () => parseAhead(ground, commonFiles(ground), yields, stopped),
      () => plain.programs.next(sync(plain)).getTypeChecker(),
      () => parseAhead(ground, moduleFiles(ground, Object.keys(options.aliases)), yields, stopped),
      () => history.expectImports(Object.keys(options.aliases)),
      () => full.programs.next(sync(full)).getTypeChecker(),
      () => language.warmUp(),
    ];
    for (const step of steps) {
      if (disposed) return;
      await step();
      await yields();
    }
  }

  return {
    compile: (source, { name }) => {
      asked();
      return orTooDeep(
        source,
        name,
        () => compile(source, name),
        (diagnostics) => ({ ok: false, name, diagnostics }),
      );
    },
    check: (source, { name }) =>
      orTooDeep(
        source,
        name,
        () => {
          const { diagnostics, found } = check(source, name);
          if (found) history.commit(found.slot, found.declared);
          return diagnostics;
        },
        (diagnostics) => diagnostics,
      ),
    commit(cell, declaredValues) {
      const known = pending.get(cell);
      if (!known) return;
      pending.delete(cell);
      const values = new Set(cell.values);
      const alive = known.declared.filter(
        ({ name }) => !declaredValues || !values.has(name) || declaredValues.has(name),
      );
      history.commit(known.slot, alive);
      spellOutSoon(known);
    },
    rollback(cell) {
      const known = pending.get(cell);
      if (known) history.release(known.slot);
      pending.delete(cell);
    },
    complete: (source, offset) => {
      asked();
      return guarded(() => language.complete(source, within(source, offset)), NOTHING);
    },
    inspect: (source, offset, detailLevel = 0) => {
      asked();
      return guarded(
        () => language.inspect(source, within(source, offset), detailLevel),
        undefined,
      );
    },
    isComplete,
    warmUp,
    dispose() {
      disposed = true;
    },
    reset() {
      spellOut = () => {};
      history = createHistory();
    },
  };
}

const NOTHING = { matches: [], start: 0, end: 0, types: [] };

function within(source: string, offset: number): number {
  return Math.max(0, Math.min(source.length, Math.trunc(offset) || 0));
}

/** A text that is nested too deeply for the parser has no completions. */
function guarded<T>(answer: () => T, otherwise: T): T {
  try {
    return answer();
  } catch (error) {
    if (error instanceof RangeError) return otherwise;
    throw error;
  }
}

function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ category }) => category === 'error');
}

/**
 * What a cell brings from outside: modules, imported in any way, and what it adds to the globals.
 */
function outsideOf(source: string): string {
  const { importedFiles, referencedFiles, typeReferenceDirectives } = ts.preProcessFile(
    source,
    true,
    true,
  );
  const names = [...importedFiles, ...referencedFiles, ...typeReferenceDirectives]
    .map(({ fileName }) => fileName)
    .filter((name) => !isCellModule(name));
  return [...names, ...(/\bdeclare\s+(global|module)\b/.test(source) ? ['global'] : [])].join('\n');
}

function valuesOf(checker: ts.TypeChecker, file: ts.SourceFile, end: number): string[] {
  const meaning = meaningOf(checker, file, end);
  const isValue = ({ node }: Declared): boolean => {
    const name = ts.getNameOfDeclaration(node);
    return (
      name !== undefined && ts.isIdentifier(name) && !isTypeOnly(node) && meaning.hasValue(name)
    );
  };
  return [...new Set(meaning.own.filter(isValue).map(({ name }) => name))];
}

function isTypeOnly(node: ts.Declaration): boolean {
  return (
    ts.isTypeOnlyImportDeclaration(node) || (ts.isImportEqualsDeclaration(node) && node.isTypeOnly)
  );
}
