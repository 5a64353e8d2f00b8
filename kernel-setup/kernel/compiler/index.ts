/**
 * The compiler of notebook cells: TypeScript's own, current and unpatched, with `strict`.
 *
 * tslab 1.0.22 compiles with a fork of TypeScript 5.0, for these reasons, each of which has another
 * way with the public API:
 *   - a cell's file has the earlier declarations as its parent scope         -> a few lines after
 *     the cell, see earlierCells.ts
 *   - a top-level `await` is let through, though the file is no module         -> each cell is a
 *     module
 *   - earlier declarations are printed as .d.ts, names that vanish become any  -> earlier cells
 *     stay modules, types stay whole
 *   - `"use strict"` and the fork's options shape the JavaScript               -> a `before`
 *     transformer, see transform.ts
 *   - completions run over a source file without a language service            -> a language
 *     service, see assistance.ts
 *
 * Nothing of its converter could be used over a stock TypeScript: each of its functions calls one
 * of the above.
 */
import ts from 'typescript';
import { createAssistance } from './assistance';
import { createChecker, writeCells, type Checked, type Views } from './checking';
import { isComplete } from './completeInput';
import { createEarlierCells } from './earlierCells';
import { emitCell } from './emit';
import { nothingCaptured } from './loops';
import { meaningOf } from './meaning';
import { declaredNames, type Declared, type Kind } from './names';
import { tooDeep, unlessTooDeep } from './nesting';
import { parseCell } from './parse';
import { createView } from './program';
import { spelledOut } from './spelling';
import type { CellCompiler, CompiledCell, CompileResult, Diagnostic } from './types';
import { createWarmUp } from './warmUp';
import { createGround, type WorkspaceOptions } from './workspace';

export type * from './types';
export { codePointToUtf16, utf16ToCodePoint } from './offsets';
export { createScope } from './scope';

export interface CompilerOptions extends WorkspaceOptions {
  /** Cells are JavaScript: what TypeScript has to say of types stops none. Default false. */
  readonly untyped?: boolean;
}

export function createCellCompiler(options: CompilerOptions): CellCompiler {
  const ground = createGround(options);
  const views: Views = { plain: createView(ground), full: createView(ground) };
  const earlier = createEarlierCells();
  const { check } = createChecker(options.folder, views, earlier);
  const pending = new WeakMap<CompiledCell, Checked>();
  const unique = uniqueNames();
  const spelling = createSpelling();
  let captured = nothingCaptured();

  const assistance = createAssistance({
    workspace: views.full.workspace,
    roots: () => writeCells(views.full, earlier, views),
    earlier: (source) => earlier.earlier(earlier.names(), namesDeclaredIn(source)).text,
    kindOf: (name) => earlier.kindOf(name),
    cellOf: (file) => earlier.cellOf(file),
  });
  const warmUp = createWarmUp({ ground, views, earlier, assistance, aliases: options.aliases });

  function compile(source: string, name: string): CompileResult {
    spelling.finish();
    const { checked, diagnostics: all } = check(source, name);
    // Without `checked` the cell is malformed, in either language.
    const diagnostics = checked && options.untyped ? [] : all;
    if (!checked || hasErrors(diagnostics)) {
      if (checked) earlier.release(checked.slot);
      return { ok: false, name, diagnostics };
    }
    const { declared } = checked;
    const own = new Map(declared.map(({ name: each, kind }) => [each, kind]));
    const isConstant = (each: string): boolean =>
      !changing.has(own.get(each) ?? earlier.kindOf(each));
    const cell: CompiledCell = {
      ok: true,
      name,
      filename: unique(name),
      ...emitCell(checked, { source, name, captured, isConstant }),
      source,
      names: [...new Set(declared.map((each) => each.name))],
      values: valuesOf(checked, source.length),
      diagnostics,
    };
    pending.set(cell, checked);
    return cell;
  }

  function onlyCheck(source: string, name: string): Diagnostic[] {
    spelling.finish();
    const { diagnostics, checked } = check(source, name);
    if (checked) earlier.commit(checked.slot, checked.declared);
    return diagnostics;
  }

  function commit(cell: CompiledCell, declaredValues?: ReadonlySet<string>): void {
    const checked = pending.get(cell);
    if (!checked) return;
    pending.delete(cell);
    const values = new Set(cell.values);
    const alive = checked.declared.filter(
      ({ name }) => !declaredValues || !values.has(name) || declaredValues.has(name),
    );
    earlier.commit(checked.slot, alive);
    spelling.begin(() => {
      const declarations = spelledOut(checked.program, checked.file);
      if (declarations !== undefined) earlier.spell(checked.slot, declarations);
    });
  }

  function rollback(cell: CompiledCell): void {
    const checked = pending.get(cell);
    if (checked) earlier.release(checked.slot);
    pending.delete(cell);
  }

  /** Programs that the stack gave out under are not to be built upon. */
  function complaintOfDepth(source: string, name: string): Diagnostic[] {
    views.plain.programs.startOver();
    views.full.programs.startOver();
    return tooDeep(source, name);
  }

  return {
    compile: (source, { name }) => {
      warmUp.giveWay();
      return unlessTooDeep(
        () => compile(source, name),
        () => ({ ok: false, name, diagnostics: complaintOfDepth(source, name) }),
      );
    },
    check: (source, { name }) =>
      unlessTooDeep(
        () => onlyCheck(source, name),
        () => complaintOfDepth(source, name),
      ),
    commit,
    rollback,
    complete: (source, offset) => {
      warmUp.giveWay();
      return unlessTooDeep(
        () => assistance.complete(source, within(source, offset)),
        () => NOTHING,
      );
    },
    inspect: (source, offset, detailLevel = 0) => {
      warmUp.giveWay();
      return unlessTooDeep(
        () => assistance.inspect(source, within(source, offset), detailLevel),
        () => undefined,
      );
    },
    isComplete,
    warmUp: warmUp.run,
    dispose: warmUp.end,
    reset() {
      spelling.forget();
      earlier.reset();
      captured = nothingCaptured();
    },
  };
}

/** Declarations of what an assignment may change. */
const changing: ReadonlySet<Kind | undefined> = new Set(['let', 'evolving', undefined]);

const NOTHING = { matches: [], start: 0, end: 0, types: [] };

/**
 * Work that is done when the kernel has answered, or when the next cell needs it: from then on a
 * cell is what it declared.
 */
function createSpelling() {
  let waiting: (() => void) | undefined;
  const finish = (): void => {
    const work = waiting;
    waiting = undefined;
    work?.();
  };
  return {
    begin(work: () => void): void {
      waiting = work;
      setImmediate(finish);
    },
    finish,
    forget: (): void => void (waiting = undefined),
  };
}

/** A cell that is run again under its name, as in a console, has a file name of its own. */
function uniqueNames(): (name: string) => string {
  const timesUsed = new Map<string, number>();
  return (name) => {
    const times = (timesUsed.get(name) ?? 0) + 1;
    timesUsed.set(name, times);
    return times === 1 ? name : `${name}#${times}`;
  };
}

function namesDeclaredIn(source: string): Set<string> {
  const { statements } = parseCell('typing.ts', source, ts.ScriptTarget.ES2022, true);
  return new Set(declaredNames(statements).map(({ name }) => name));
}

function within(source: string, offset: number): number {
  return Math.max(0, Math.min(source.length, Math.trunc(offset) || 0));
}

function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ category }) => category === 'error');
}

function valuesOf({ program, file, ambient }: Checked, end: number): string[] {
  const meaning = meaningOf(program.getTypeChecker(), file, end, ambient);
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
