import path from 'node:path';
import vm from 'node:vm';
import { createCellCompiler, type CellCompiler, type CellFunction, type CompiledCell, type Scope } from '../../../kernel-setup/kernel/compiler';
import { createLoader, type Loader } from '../../../kernel-setup/kernel/loader';

const root = path.resolve(__dirname, '../../..');
export const folder = path.join(root, 'notebooks');

const aliases = { 'dark-matter': path.join(root, 'lib/index.ts') };

/** A compiler as the kernel makes it. */
export function newCompiler(from = folder): CellCompiler {
  return createCellCompiler({ folder: from, aliases });
}

/** One for the tests of a file: parsing TypeScript's own declarations takes a second. `reset` it between tests. */
let shared: CellCompiler | undefined;
export function sharedCompiler(): CellCompiler {
  shared ??= newCompiler();
  shared.reset();
  return shared;
}

export class TypeErrors extends Error {}

/** A notebook in miniature: cells run over one scope, with `require` for modules. */
export class Notebook {
  readonly scope: Scope = Object.create(null) as Scope;
  readonly cells: CompiledCell[] = [];
  readonly loader: Loader;
  private count = 0;

  constructor(
    readonly compiler: CellCompiler = sharedCompiler(),
    from = folder,
  ) {
    this.loader = createLoader({ folder: from, aliases, builds: { [path.join(root, 'lib')]: path.join(root, 'lib/dist') } });
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
    const run = new vm.Script(cell.javascript, { filename: cell.filename }).runInThisContext() as CellFunction;
    return run(this.scope, { ...this.loader.runtime, declared });
  }
}
