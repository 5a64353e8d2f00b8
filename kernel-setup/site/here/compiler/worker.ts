/**
 * The worker that checks cells and translates them: the kernel's own compiler, over files in memory.
 * It lives on where a cell that runs has to be ended by force.
 */
import { process } from '../node/globals';
import ts from 'typescript';
import { fetchedText } from 'dark-matter/core/fetched';
import {
  createCellCompiler,
  type CellCompiler,
  type CompiledCell,
} from '../../../kernel/compiler/index';
import type { Answer, Asked, FromCompiler, Question, ToCompiler } from '../messages';
import { mount, root, system } from './system';

/** What a site writes beside this script (types.mjs). */
interface Types {
  /** The Node whose built-in objects are known. */
  readonly node: string;
  readonly files: Readonly<Record<string, string>>;
}

const post = (message: FromCompiler): void => self.postMessage(message);

// The typings leave it out: it is for hosts such as this one.
(ts as unknown as { setSys(sys: ts.System): void }).setSys(system);

async function start(): Promise<CellCompiler> {
  const text = await fetchedText('types.json.gz');
  if (text === undefined) throw new Error('types.json.gz is missing beside the page');
  const { node, files } = JSON.parse(text) as Types;
  process.versions['node'] = node;
  mount(files);
  return createCellCompiler({
    folder: `${root}/notebooks`,
    aliases: { 'dark-matter': `${root}/lib/dist/index.d.ts` },
    globals: [`${root}/globals.d.ts`],
  });
}

/** Cells that were compiled and have not ended. */
const running = new Map<string, CompiledCell>();

type Answers = { readonly [Q in Question]: (compiler: CellCompiler, asked: Asked<Q>) => Answer<Q> };

const answers: Answers = {
  compile(compiler, { source, name }) {
    const cell = compiler.compile(source, { name });
    if (!cell.ok) return { ok: false, diagnostics: cell.diagnostics };
    running.set(cell.filename, cell);
    const { filename, javascript, sourceMap, diagnostics } = cell;
    return { ok: true, filename, javascript, sourceMap, diagnostics };
  },
  commit(compiler, { filename, declared }) {
    const cell = running.get(filename);
    if (cell) compiler.commit(cell, declared && new Set(declared));
    running.delete(filename);
  },
  check(compiler, { source }) {
    const cell = compiler.compile(source, { name: 'typed' });
    if (cell.ok) compiler.rollback(cell);
    return cell.diagnostics;
  },
  complete: (compiler, { source, offset }) => compiler.complete(source, offset),
  inspect: (compiler, { source, offset }) => compiler.inspect(source, offset),
  reset(compiler) {
    running.clear();
    compiler.reset();
  },
};

const ready = start();
ready.then(
  (compiler) => {
    post({ type: 'ready' });
    void compiler.warmUp();
  },
  (error: unknown) => post({ type: 'broken', text: String(error) }),
);

self.addEventListener('message', ({ data }: MessageEvent<ToCompiler>) => {
  const { id, question, asked } = data;
  const answer = answers[question] as (compiler: CellCompiler, asked: unknown) => unknown;
  ready
    .then((compiler) => answer(compiler, asked))
    .then(
      (given) => post({ type: 'answer', id, answer: given }),
      (error: unknown) => post({ type: 'refusal', id, text: String(error) }),
    );
});
