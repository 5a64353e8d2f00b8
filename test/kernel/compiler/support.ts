import { SourceMap, type SourceMapPayload } from 'node:module';
import path from 'node:path';
import { types } from 'node:util';
import vm from 'node:vm';
import {
  createCellCompiler,
  createScope,
  type CellCompiler,
  type CellFunction,
  type CompiledCell,
  type Scope,
} from '../../../kernel-setup/kernel/compiler';
import { modulesOf, projectOptions } from '../../../kernel-setup/kernel/compiler/tsconfig';
import { createLoader, type Loader } from '../../../kernel-setup/kernel/loader';

export const root = path.resolve(__dirname, '../../..');
export const folder = path.join(root, 'notebooks');

const aliases = { 'dark-matter': path.join(root, 'lib/index.ts') };

/** A compiler as the kernel makes it. */
export function newCompiler(
  from = folder,
  names: Readonly<Record<string, string>> = aliases,
): CellCompiler {
  return createCellCompiler({
    folder: from,
    aliases: names,
    project: projectOptions(from).options,
  });
}

/**
 * One for the tests of a file: parsing TypeScript's own declarations takes a second. `reset` it
 * between tests.
 */
let shared: CellCompiler | undefined;
export function sharedCompiler(): CellCompiler {
  shared ??= newCompiler();
  shared.reset();
  return shared;
}

export class TypeErrors extends Error {}

/** A notebook in miniature: cells run over one scope, with `require` for modules. */
export class Notebook {
  readonly scope: Scope = createScope();
  readonly cells: CompiledCell[] = [];
  readonly loader: Loader;
  /** What could not be loaded anew. */
  readonly stale: unknown[] = [];
  private count = 0;

  constructor(
    readonly compiler: CellCompiler = sharedCompiler(),
    from = folder,
    names: Readonly<Record<string, string>> = aliases,
  ) {
    this.loader = createLoader({
      folder: from,
      aliases: names,
      project: () => modulesOf(projectOptions(from)),
      onStale: (error) => this.stale.push(error),
    });
  }

  /** Compiles and runs a cell; gives the value of its last expression. */
  async run(source: string): Promise<unknown> {
    const name = `In[${++this.count}]`;
    const cell = this.compiler.compile(source, { name });
    if (!cell.ok) throw new TypeErrors(cell.diagnostics.map((each) => each.formatted).join('\n'));
    this.cells.push(cell);
    const declared = new Set<string>();
    try {
      const { value } = await this.start(cell, declared);
      this.compiler.commit(cell);
      return value;
    } catch (error) {
      this.compiler.commit(cell, declared);
      throw error;
    }
  }

  private start(cell: CompiledCell, declared: Set<string>): Promise<{ value?: unknown }> {
    const run = new vm.Script(cell.javascript, {
      filename: cell.filename,
    }).runInThisContext() as CellFunction;
    return run(this.scope, {
      ...this.loader.runtime,
      declared,
      wait: (value) => value,
      waitEach: (values) => values as AsyncIterable<never>,
      stepping: (f) => f,
      isProxy: types.isProxy,
    });
  }
}

/**
 * An error's frames as `file:line:column`, innermost first; those of cells and of modules that the
 * loader loaded, mapped.
 */
export function originalFrames(error: Error, { cells, loader }: Notebook): string[] {
  return [...error.stack!.matchAll(/(?:\(|at |async )((?:In\[|\/)[^():]*):(\d+):(\d+)\)?$/gm)].map(
    ([, file, line, column]) => {
      const cell = cells.find(({ filename }) => filename === file);
      const map = cell?.sourceMap ?? loader.sourceMap(file!);
      if (!map) return `${file}:${line}:${column}`;
      const entry = new SourceMap(JSON.parse(map) as SourceMapPayload).findEntry(
        Number(line) - 1,
        Number(column) - 1,
      );
      return 'originalLine' in entry
        ? `${cell?.name ?? file}:${entry.originalLine + 1}:${entry.originalColumn + 1}`
        : `${file}:?`;
    },
  );
}
