import { createRequire } from 'node:module';
import path from 'node:path';
import vm from 'node:vm';
import { createCellCompiler, type CellCompiler, type CellFunction, type CompiledCell, type Scope } from '../../../kernel-setup/kernel/compiler';

const root = path.resolve(__dirname, '../../..');
export const folder = path.join(root, 'notebooks');

/** A compiler as the kernel makes it. */
export function newCompiler(from = folder): CellCompiler {
  return createCellCompiler({ folder: from, aliases: { 'dark-matter': path.join(root, 'lib/index.ts') } });
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
  private count = 0;

  constructor(readonly compiler: CellCompiler = sharedCompiler()) {}

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
    const require = createRequire(path.join(folder, 'cell.js'));
    const load = async (specifier: string) => {
      const loaded = require(specifier) as Record<string, unknown>;
      return loaded['__esModule'] ? loaded : { ...loaded, default: loaded };
    };
    const meta = { url: `file://${folder}/cell.ts`, dirname: folder, filename: path.join(folder, 'cell.ts') };
    const run = new vm.Script(cell.javascript, { filename: cell.filename }).runInThisContext() as CellFunction;
    return run(this.scope, { import: load, require, meta, declared });
  }
}
