/**
 * The worker that runs cells: the library on the WebAssembly engine, and what the kernel's executor
 * offers to cells. Ending it by force ends all that they made.
 */
import '../node/globals';
import * as library from 'dark-matter/index';
import { start } from 'dark-matter/core/engine.browser';
import { createScope } from '../../../kernel/compiler/scope';
import type { CellFunction, CellRuntime } from '../../../kernel/compiler/types';
import { lookOf } from '../../../kernel/mime';
import type { Bundle, FromExecutor, Shown, ToExecutor } from '../messages';
import assert, * as assertions from '../node/assert';
import * as path from '../node/path';
import * as util from '../node/util';
import { Cell } from './cell';
import { originalLine } from './sourceMap';

const post = (message: FromExecutor): void => self.postMessage(message);

const scope = createScope();
let current: Cell | undefined;

const show = (cell: Cell | undefined, shown: Shown): void => {
  if (cell) post({ type: 'shown', cell: cell.id, shown });
};

/** What cells can import. */
const MODULES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'dark-matter': library,
  'node:assert/strict': { ...assertions, default: assert },
  'node:assert': { ...assertions, default: assert },
  'node:path': path,
  'node:util': { ...util, default: util },
};

function moduleOf(specifier: string): Record<string, unknown> {
  const found = MODULES[specifier] ?? MODULES[`node:${specifier}`];
  if (found) return found;
  const known = Object.keys(MODULES).join(', ');
  throw new Error(`import '${specifier}': in a browser there are ${known}; npm start has all`);
}

// What the library asks of a notebook (lib/plot/display.ts).
Object.defineProperty(globalThis, Symbol.for('dark-matter.host'), {
  value: {
    display(
      data: Bundle,
      { metadata = {}, id, update }: { metadata?: Bundle; id?: string; update?: boolean } = {},
    ): void {
      show(current, { type: 'display', ...drawable(data, metadata), id, update });
    },
    get signal(): AbortSignal {
      return (current ?? new Cell('none')).signal;
    },
  },
});

/** Pictures that stay SVG (render.browser.ts) are called so. */
function drawable(data: Bundle, metadata: Bundle): { data: Bundle; metadata: Bundle } {
  const { 'image/png': picture, ...rest } = data;
  if (typeof picture !== 'string' || !picture.startsWith('PHN2Zy')) return { data, metadata };
  const svg = new TextDecoder().decode(Uint8Array.from(atob(picture), (c) => c.charCodeAt(0)));
  return { data: { 'image/svg+xml': svg, ...rest }, metadata: {} };
}

for (const level of ['log', 'info', 'debug', 'warn', 'error'] as const) {
  const own = console[level].bind(console);
  const name = level === 'warn' || level === 'error' ? 'stderr' : 'stdout';
  console[level] = (...values: unknown[]) => {
    if (current) show(current, { type: 'stream', name, text: `${util.format(...values)}\n` });
    else own(...values);
  };
}
console.clear = () => show(current, { type: 'clear' });

const runtimeOf = (cell: Cell, filename: string): CellRuntime => ({
  import: async (specifier) => moduleOf(specifier),
  require: moduleOf,
  follow: () => {},
  refresh: () => undefined,
  meta: {
    url: 'file:///dark-matter/notebooks/cell.ts',
    dirname: '/dark-matter/notebooks',
    filename,
  },
  declared: cell.declared,
  wait: cell.wait,
  waitEach: cell.waitEach,
  stepping: (f) => f,
  isProxy: () => false,
});

type Task = Extract<ToExecutor, { type: 'run' }>;

async function run({ cell: id, javascript, filename, sourceMap }: Task): Promise<void> {
  const cell = (current = new Cell(id));
  const began = performance.now();
  const done = (ok: boolean): void =>
    post({
      type: 'done',
      cell: id,
      ok,
      declared: [...cell.declared],
      ms: performance.now() - began,
    });
  try {
    // A script of its own, in the global scope, as the kernel runs it.
    // oxlint-disable-next-line no-eval
    const body = (0, eval)(`${javascript}\n//# sourceURL=${filename}`) as CellFunction;
    const { value } = await body(scope, runtimeOf(cell, filename));
    if (value !== undefined) {
      const { data, metadata } = await lookOf(value);
      if (Object.keys(data).length > 0)
        show(cell, { type: 'display', ...drawable(data, metadata), result: true });
    }
    done(true);
  } catch (error) {
    show(cell, failureOf(error, filename, sourceMap));
    done(false);
  } finally {
    if (current === cell) current = undefined;
  }
}

function failureOf(error: unknown, filename: string, sourceMap: string): Shown {
  Object.assign(globalThis, { lastError: error });
  if (!(error instanceof Error))
    return { type: 'error', name: 'Thrown', text: util.inspect(error) };
  return {
    type: 'error',
    name: error.name,
    text: error.message,
    line: lineOf(error.stack ?? '', filename, sourceMap),
  };
}

/** The cell's own line in a stack, as Chromium, Firefox and Safari write them. */
function lineOf(stack: string, filename: string, sourceMap: string): number | undefined {
  const at = stack.indexOf(`${filename}:`);
  const [, line, column] = /^(\d+):(\d+)/.exec(stack.slice(at + filename.length + 1)) ?? [];
  return at < 0 || !line ? undefined : originalLine(sourceMap, Number(line), Number(column));
}

self.addEventListener('unhandledrejection', (event) => {
  event.preventDefault();
  const reason: unknown = event.reason;
  if (reason instanceof Error && reason.name === 'InterruptedError') return;
  console.error(`Unhandled rejection: ${String(reason)}`);
});

const ready = start(new URL('./', self.location.href).href);
ready.then(
  () => post({ type: 'ready' }),
  (error: unknown) => post({ type: 'broken', text: String(error) }),
);

self.addEventListener('message', ({ data }: MessageEvent<ToExecutor>) => {
  if (data.type === 'stop') current?.stop();
  else void ready.then(() => run(data));
});
