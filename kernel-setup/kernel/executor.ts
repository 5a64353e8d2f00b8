/**
 * Runs cells, one request at a time, in the process's main thread.
 *
 * Nothing here awaits a cell in an async function of its own. When Stop ends code by force
 * (halt.ts), the promise of that code is never settled, so a function that awaited it would never
 * go on, and the kernel would answer no further request. Instead each event (a cell's end, an
 * error, Stop) ends the cell that is `running`, and what comes for it later finds that it no longer
 * is.
 */
import inspector from 'node:inspector';
import { types } from 'node:util';
import vm from 'node:vm';
import { Cell, InterruptedError, busyCells, forgetCurrentCell, runIn, setLatestCell } from './cell';
import { Callbacks } from './callbacks';
import type { Comms } from './comms';
import { createScope } from './compiler/scope';
import type { CellCompiler, CellFunction, CompiledCell } from './compiler/types';
import { failureOf, failureOfDiagnostics, type Failure } from './failure';
import { Hearing } from './hearing';
import { complete, inspect, isComplete, pageFor } from './questions';
import type { Loader } from './loader';
import { log } from './log';
import { lookOf } from './mime';
import type { Printed } from './printed';
import type { Results } from './results';
import { clock, slot, type Request, type ToExecutor } from './threads';
import { native } from './timers';
import type { ServerLink } from './toServer';
import type { Sources } from './traceback';
import { stepping, wait, waitEach } from './wait';
import { toJson, type Content } from './wire';

/** How long an interrupted cell may take to end by itself, in milliseconds. */
const grace = 300;

/** A cell that runs. */
interface Run {
  readonly request: Request;
  readonly cell: Cell;
  compiled?: CompiledCell;
  readonly declared: Set<string>;
}

interface Tools {
  readonly compiler: () => CellCompiler;
  readonly loader: () => Loader;
  readonly server: ServerLink;
  readonly comms: Comms;
  readonly sources: Sources;
  readonly shared: Int32Array;
  readonly printed: Printed;
  readonly results: Results;
}

/** With its map: a debugger that is attached shows the cell as it was typed. */
function debuggable({ javascript, sourceMap }: CompiledCell): string {
  const map = Buffer.from(sourceMap).toString('base64');
  return `${javascript}\n//# sourceMappingURL=data:application/json;base64,${map}`;
}

/** Whether a cell is one of the notebook's, rather than a program's question. */
function isRemembered({ content }: Request): boolean {
  return content['silent'] !== true && content['store_history'] !== false;
}

export class Executor {
  private readonly scope = createScope();
  private running: Run | undefined;
  /** Errors of cells that had finished: they fail the next one. */
  private readonly late: Failure[] = [];
  private readonly hearing: Hearing;
  readonly callbacks: Callbacks;

  constructor(private readonly tools: Tools) {
    this.hearing = new Hearing({
      comms: tools.comms,
      tell: (error, cell) => this.tell(error, cell),
      finish: (cell) => tools.printed.finish(cell),
      reply: (request) => this.reply(request, {}),
    });
    this.callbacks = new Callbacks((cell, thrown) => this.hearing.callbackEnded(cell, thrown));
  }

  handle(message: ToExecutor): void {
    if (message.type === 'request') this.answer(message);
    else if (message.type === 'interrupt') this.interrupt(message.ids, message.serial);
  }

  /** Loads TypeScript, and lets it read ahead, while the front end is not asking for anything. */
  warmUp(): void {
    void this.sheltered(() => this.tools.compiler().warmUp());
    this.tools.loader();
  }

  private answer(request: Request): void {
    const { header, content } = request;
    const { compiler, comms } = this.tools;
    switch (header.msg_type) {
      case 'execute_request':
        return this.execute(request);
      case 'complete_request':
        return this.ask(request, () => complete(compiler(), content));
      case 'inspect_request':
        return this.ask(request, () => inspect(compiler(), content));
      case 'is_complete_request':
        return this.ask(request, () => isComplete(compiler(), content));
      case 'comm_info_request':
        return this.ask(request, () => comms.info(content['target_name']));
      default:
        return this.hearing.hear(request);
    }
  }

  private ask(request: Request, answer: () => Content): void {
    try {
      this.reply(request, this.sheltered(answer));
    } catch (error) {
      this.reply(request, { status: 'error', ...failureOf(error, this.tools.sources) });
    }
  }

  // Cells

  private execute(request: Request): void {
    const { code, allow_stdin: allowStdin } = request.content as {
      code: string;
      allow_stdin?: boolean;
    };
    const { id, gone = [] } = request.notebook ?? {};
    const cell = new Cell(`In[${request.count}]`, request.header, allowStdin === true, id);
    // A silent request comes from a program, which has no use for output of unknown origin.
    if (request.content['silent'] !== true) setLatestCell(cell);
    if (isRemembered(request)) this.tools.results.input(request.count, code);
    const run: Run = { request, cell, declared: new Set() };
    this.running = run;
    try {
      runIn(cell, () => this.callbacks.undo(id === undefined ? gone : [id, ...gone]));
      const page = this.sheltered(() => pageFor(this.tools.compiler(), code));
      if (page) return this.succeed(run, [page]);
      const begun = performance.now();
      const compiled = this.sheltered(() =>
        this.tools.compiler().compile(code, { name: cell.name }),
      );
      log('compiled', () => ({
        cell: cell.name,
        ms: Math.round(performance.now() - begun),
        ok: compiled.ok,
        diagnostics: compiled.diagnostics.map((each) => each.formatted.split('\n')[0]),
      }));
      if (!compiled.ok) return this.fail(run, failureOfDiagnostics(compiled.diagnostics));
      run.compiled = compiled;
      this.watchThread();
      this.start(compiled, run).then(
        (result) => this.show(run, result),
        (error: unknown) => this.fail(run, this.failureOf(error)),
      );
    } catch (error) {
      this.fail(run, this.failureOf(error));
    }
  }

  /** Stop need not wait for a cell that has kept the thread from its beginning. */
  private watchThread(): void {
    const { shared } = this.tools;
    Atomics.store(shared, slot.keptSince, clock());
    native.setImmediate(() => Atomics.store(shared, slot.keptSince, 0));
  }

  private start(
    compiled: CompiledCell,
    { cell, declared }: Pick<Run, 'cell' | 'declared'>,
  ): Promise<{ value?: unknown }> {
    const { loader, sources } = this.tools;
    sources.add(compiled.filename, compiled.name, compiled.sourceMap, compiled.source);
    const script = new vm.Script(inspector.url() ? debuggable(compiled) : compiled.javascript, {
      filename: compiled.filename,
      importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER as never,
    });
    const body = script.runInThisContext() as CellFunction;
    const { isProxy } = types;
    const runtime = { ...loader().runtime, declared, wait, waitEach, stepping, isProxy };
    return runIn(cell, () => body(this.scope, runtime));
  }

  /** Shows the last expression's value. */
  private show(run: Run, result: { value?: unknown }): void {
    if (this.running !== run) return;
    const silent = run.request.content['silent'] === true;
    if (silent || result.value === undefined) return this.succeed(run);
    if (isRemembered(run.request)) this.tools.results.output(run.request.count, result.value);
    runIn(run.cell, () => lookOf(result.value))
      .then(({ data, metadata }) => {
        if (this.running !== run) return;
        // An empty look is a value that has nothing to show, such as the handle of what is on
        // display already.
        if (Object.keys(data).length === 0) return this.succeed(run);
        this.tools.server.publish(
          'execute_result',
          { execution_count: run.request.count, data, metadata },
          {},
          run.cell,
        );
        this.succeed(
          run,
          [],
          typeof data['text/plain'] === 'string' ? data['text/plain'] : undefined,
        );
      })
      .catch((error: unknown) => this.fail(run, this.failureOf(error)));
  }

  /**
   * A turn of the event loop later, when Node has told of rejections that the cell did not handle.
   */
  private succeed(run: Run, payload: readonly Content[] = [], result?: string): void {
    native.setImmediate(() => {
      if (this.running !== run) return;
      const late = this.late.shift();
      if (late) return this.fail(run, late);
      if (run.compiled) this.tools.compiler().commit(run.compiled);
      this.userExpressions(run).then(
        (expressions) => {
          if (this.running !== run) return;
          this.end(
            run,
            {
              status: 'ok',
              execution_count: run.request.count,
              payload,
              user_expressions: expressions,
            },
            false,
            result,
          );
        },
        (error: unknown) => this.fail(run, this.failureOf(error)),
      );
    });
  }

  /** The values of small expressions that a front end asks for along with a cell. */
  private async userExpressions({ request, cell }: Run): Promise<Content> {
    const wanted = (request.content['user_expressions'] ?? {}) as Readonly<Record<string, unknown>>;
    const values: Record<string, unknown> = {};
    for (const [name, source] of Object.entries(wanted)) {
      const compiler = this.tools.compiler();
      const compiled = this.sheltered(() =>
        compiler.compile(String(source), { name: `${cell.name} ${name}` }),
      );
      if (!compiled.ok) {
        values[name] = { status: 'error', ...failureOfDiagnostics(compiled.diagnostics) };
        continue;
      }
      try {
        const { value } = await this.start(compiled, { cell, declared: new Set() });
        values[name] = { status: 'ok', ...(await lookOf(value)) };
      } catch (error) {
        values[name] = { status: 'error', ...this.failureOf(error) };
      } finally {
        compiler.rollback(compiled);
      }
    }
    return values;
  }

  /** What is told of an error, which stays at hand as `lastError`. */
  private failureOf(error: unknown, note?: string): Failure {
    Object.defineProperty(globalThis, 'lastError', {
      value: error,
      writable: true,
      configurable: true,
    });
    return failureOf(error, this.tools.sources, note);
  }

  private fail(run: Run, failure: Failure): void {
    if (this.running !== run) return;
    if (run.compiled) this.tools.compiler().commit(run.compiled, run.declared);
    this.tools.server.publish('error', failure, {}, run.cell);
    this.end(
      run,
      {
        status: 'error',
        execution_count: run.request.count,
        ...failure,
        payload: [],
        user_expressions: {},
      },
      true,
    );
  }

  private end(run: Run, content: Content, failed: boolean, result?: string): void {
    log('cell has ended', () => ({ cell: run.cell.name, failed, evalue: content['evalue'] }));
    this.running = undefined;
    run.cell.end();
    this.tools.printed.finish(run.cell);
    this.reply(run.request, content, failed, result);
  }

  private reply({ id }: Request, content: Content, failed = false, result?: string): void {
    this.tools.server.send({
      type: 'reply',
      id,
      content: toJson(content),
      failed,
      ...(result === undefined ? {} : { result }),
    });
  }

  // What goes wrong outside of a cell's own course

  /**
   * An exception or a rejection that nobody caught: it fails the cell that runs or else the next,
   * and ends its own.
   */
  stray(
    error: unknown,
    owner: Cell | undefined,
    what: 'Unhandled rejection' | 'Uncaught exception',
  ): void {
    log(what, () => ({ cell: owner?.name, error }));
    if (owner?.signal.aborted || error instanceof InterruptedError) return;
    if (owner && owner.role !== 'cell') return this.tell(error, owner, `${what}:`);
    const { running } = this;
    const own = running?.cell === owner;
    const note = own
      ? `${what}:`
      : `${what} in ${owner?.name ?? 'an earlier cell'}, after it had finished:`;
    const failure = this.failureOf(error, note);
    owner?.kill();
    if (running) return this.fail(running, failure);
    this.late.push(failure);
    this.tools.server.stream('stderr', `${failure.traceback.join('\n')}\n`, owner);
  }

  /** Shows an error of what the front end called: it fails no cell. */
  private tell(error: unknown, cell: Cell, note?: string): void {
    this.tools.server.publish('error', this.failureOf(error, note), {}, cell);
  }

  private interrupt(ids: readonly number[], serial: number): void {
    log('hears of an interrupt', () => ({ running: this.running?.cell.name, ids, serial }));
    forgetCurrentCell();
    Atomics.store(this.tools.shared, slot.interruptHeard, serial);
    const { running } = this;
    this.hearing.stop(ids, (cell, end) => this.stop(cell, end));
    if (running && ids.includes(running.request.id))
      this.stop(running.cell, () =>
        this.fail(running, this.failureOf(new InterruptedError(running.cell.name))),
      );
    // Meant for a request that has ended meanwhile, it is not for what earlier cells left running.
    else if (!running && ids.length === 0) for (const cell of busyCells()) cell.kill();
  }

  /**
   * Lets the cell end by itself first: train() sees the signal and throws with what it has learned,
   * and `catch` and `finally` run as in any cell. Then what it awaits is rejected, and a turn later
   * it is cut off. A second interrupt does not wait.
   */
  private stop(cell: Cell, end: () => void): void {
    const again = cell.signal.aborted;
    cell.abort();
    native.setTimeout(
      () => {
        if (cell.ended) return;
        cell.rejectWaits();
        native.setImmediate(end);
      },
      again ? 0 : grace,
    );
  }

  /** Runs kernel code that an interrupt must not cut short. */
  private sheltered<T>(f: () => T): T {
    const { shared } = this.tools;
    Atomics.add(shared, slot.sheltered, 1);
    try {
      return f();
    } finally {
      Atomics.sub(shared, slot.sheltered, 1);
    }
  }
}
