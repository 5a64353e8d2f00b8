/**
 * What the kernel asks of its compiler: from a notebook cell's TypeScript to JavaScript that runs
 * over a shared scope.
 *
 * A cell's life:
 *
 *     const cell = compiler.compile(source, { name: 'In[3]' });
 *     if (!cell.ok) print(cell.diagnostics.map((d) => d.formatted));
 *     else {
 *       const run = new vm.Script(cell.javascript, { filename: cell.filename }).runInThisContext() as CellFunction;
 *       const declared = new Set<string>();
 *       try {
 *         const { value } = await run(scope, { ...loader.runtime, declared, wait, waitEach, stepping, isProxy });
 *         compiler.commit(cell);                 // its names are visible to later cells
 *       } catch (error) {
 *         compiler.commit(cell, declared);       // only those that came into being before it threw
 *       }
 *     }
 *
 * Offsets, in and out, count UTF-16 code units from the start of the cell, as JavaScript strings
 * do. (Jupyter's `cursor_pos` counts Unicode code points: `codePointToUtf16` and `utf16ToCodePoint`
 * convert.)
 */

/** The variables of all cells, made by `createScope`. One for the life of the kernel. */
export type Scope = Record<string, unknown>;

/** What a running cell needs besides its scope. */
export interface CellRuntime {
  /**
   * `import()`, from the notebook's folder: a promise of an ES namespace. It is rejected where the
   * module lacks one of the `names`.
   */
  readonly import: (
    specifier: string,
    names?: readonly string[],
  ) => Promise<Record<string, unknown>>;
  /**
   * Told of a static import's names, `{ local: imported }`, `'*'` for the whole module, so that
   * they can follow its edits.
   */
  readonly follow: (
    scope: Scope,
    specifier: string,
    names: Readonly<Record<string, string>>,
  ) => void;
  /**
   * Called as a cell starts: the project's edited modules are loaded anew. A promise where there
   * are any, for the cell to wait for.
   */
  readonly refresh: () => Promise<void> | undefined;
  /** `require`, from the notebook's folder. */
  readonly require: (specifier: string) => unknown;
  /** `import.meta` of the cell. */
  readonly meta: { readonly url: string; readonly dirname: string; readonly filename: string };
  /** What the cell awaits goes through these, so that an interrupt can end it there. */
  readonly wait: <T>(value: T | PromiseLike<T>) => T | PromiseLike<T>;
  readonly waitEach: <T>(
    values: AsyncIterable<T> | Iterable<T | PromiseLike<T>>,
  ) => AsyncIterable<T>;
  /** Told of each `async function*` that passes interrupts on to the loop over it (awaits.ts). */
  readonly stepping: <F extends (...given: never[]) => AsyncGenerator>(f: F) => F;
  /** Whether a result is a Proxy, which is shown as it is and not awaited. */
  readonly isProxy: (value: unknown) => boolean;
  /**
   * The cell adds each name that it declares, once it has a value: what a cell that threw half-way
   * has declared.
   */
  readonly declared: Set<string>;
}

/**
 * What `javascript` evaluates to. `value` is there when the cell's last statement is an expression;
 * a promise was awaited.
 */
export type CellFunction = (scope: Scope, runtime: CellRuntime) => Promise<{ value?: unknown }>;

export interface CompileOptions {
  /** How diagnostics and stack traces call the cell, e.g. `In[3]`. */
  readonly name: string;
}

export type CompileResult = CompiledCell | FailedCell;

export interface CompiledCell {
  readonly ok: true;
  readonly name: string;
  /**
   * The file name to run the script under; stack frames carry it, and `sourceMap` belongs to it.
   * Unique to this compilation.
   */
  readonly filename: string;
  /** A script whose completion value is a `CellFunction`. */
  readonly javascript: string;
  /** From `javascript` to the cell's own text, version 3, as JSON; its one source is `name`. */
  readonly sourceMap: string;
  /** The cell's text, for showing source lines in tracebacks. */
  readonly source: string;
  /** The names that the cell declares: all of them, and those that have a value at run time. */
  readonly names: readonly string[];
  readonly values: readonly string[];
  /** Warnings and suggestions never stop a cell; this is empty for most. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface FailedCell {
  readonly ok: false;
  readonly name: string;
  /** At least one error, in the order of the text. */
  readonly diagnostics: readonly Diagnostic[];
}

/** A complaint about a cell. Lines and columns count from 1, as tsc prints them. */
export interface Diagnostic {
  /** The cell's name, or a file's path where the complaint is about one. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Where in the cell it starts, and how long it is, in UTF-16 code units. */
  readonly start: number;
  readonly length: number;
  readonly category: 'error' | 'warning' | 'suggestion';
  /** TypeScript's number: 2322 for TS2322. */
  readonly code: number;
  /** The whole message, its elaborations indented on lines of their own. */
  readonly message: string;
  /**
   * `In[3]:2:5 - error TS2322: …`, the source line and a squiggle under the fault, without colours.
   */
  readonly formatted: string;
  /** The same with ANSI colours, as tsc prints on a terminal. */
  readonly coloured: string;
}

/** The fields of a `complete_reply`, in UTF-16 offsets. */
export interface Completions {
  readonly matches: readonly string[];
  /** The text between these is what a match replaces. */
  readonly start: number;
  readonly end: number;
  /** The same matches with their kinds; the reply's `metadata._jupyter_types_experimental`. */
  readonly types: readonly CompletionType[];
}

export interface CompletionType {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** `function`, `class`, `interface`, `const`, `property`, `module`, `keyword`, … */
  readonly type: string;
}

/** What `inspect_reply` shows: the same in two forms. */
export interface Inspection {
  readonly 'text/plain': string;
  readonly 'text/markdown': string;
}

/** The fields of an `is_complete_reply`. `indent` is there when the status is `incomplete`. */
export interface Completeness {
  readonly status: 'complete' | 'incomplete' | 'invalid';
  readonly indent?: string;
}

export interface CellCompiler {
  /**
   * Checks and translates a cell. Nothing becomes visible to later cells before `commit`. Never
   * throws on bad input.
   */
  compile(source: string, options: CompileOptions): CompileResult;
  /**
   * Only checks. Later cells see the names even of a cell with errors, so that each error is told
   * once.
   */
  check(source: string, options: CompileOptions): readonly Diagnostic[];
  /**
   * Makes a cell's names visible to later ones: all, or, when it threw, its types and those values
   * it had `declared`.
   */
  commit(cell: CompiledCell, declared?: ReadonlySet<string>): void;
  /** Forgets a compiled cell that will not run. */
  rollback(cell: CompiledCell): void;
  /** What may stand at `offset` of a cell that need not be whole. */
  complete(source: string, offset: number): Completions;
  /**
   * The signature and documentation of what stands at `offset`; undefined where there is nothing to
   * say. `detailLevel` 1 adds its definition.
   */
  inspect(source: string, offset: number, detailLevel?: 0 | 1): Inspection | undefined;
  /** Whether a console should run the text or ask for another line. */
  isComplete(source: string): Completeness;
  /**
   * Parses what the first cells will need: a second and more of work, to be begun when the kernel
   * is ready. After a first part it works in short slices, so that messages and cells come between.
   */
  warmUp(): Promise<void>;
  /** Forgets all names, as a restart does. */
  reset(): void;
  /** Ends a warm-up that goes on. */
  dispose(): void;
}
