/**
 * The kernel in the reader's browser: a worker that checks and translates cells, and one that runs
 * them, which can be ended by force.
 */
import type {
  Answer,
  Asked,
  Compiled,
  FromCompiler,
  FromExecutor,
  Question,
  Shown,
  ToExecutor,
} from '../messages';

/** How a cell ended. */
export interface Outcome {
  readonly ok: boolean;
  /** Milliseconds that it ran. */
  readonly ms: number;
  /** What the compiler said of it. */
  readonly diagnostics: Compiled['diagnostics'];
  /** It was ended by force, and all variables with it. */
  readonly forced?: boolean;
}

/** How long a cell that was asked to stop may go on, in milliseconds. */
const PATIENCE = 2000;

interface Running {
  readonly cell: string;
  readonly show: (shown: Shown) => void;
  readonly end: (done: {
    ok: boolean;
    ms: number;
    declared?: readonly string[];
    forced?: boolean;
  }) => void;
  readonly began: number;
}

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
}

export class Kernel {
  private readonly compiler: Worker;
  private executor: Worker;
  /** Of both workers; rejected where one cannot start. */
  readonly ready: Promise<unknown>;
  private engine: Promise<void>;
  private readonly waiting = new Map<number, Waiting>();
  private running: Running | undefined;
  /** Stop was pressed before the cell ran. */
  private stopped = false;
  private asked = 0;
  private count = 0;

  /** @param base where the workers' scripts are. */
  constructor(private readonly base: string) {
    this.compiler = this.spawn('compiler.js');
    const compiler = new Promise<void>((resolve, reject) => {
      this.compiler.addEventListener('message', ({ data }: MessageEvent<FromCompiler>) => {
        if (data.type === 'ready') resolve();
        else if (data.type === 'broken') reject(new Error(data.text));
        else this.answered(data);
      });
      this.compiler.addEventListener('error', ({ message }) => reject(new Error(message)));
    });
    [this.executor, this.engine] = this.start();
    this.ready = Promise.all([compiler, this.engine]);
  }

  private spawn(file: string): Worker {
    return new Worker(new URL(file, this.base), { type: 'module' });
  }

  private start(): [Worker, Promise<void>] {
    const executor = this.spawn('executor.js');
    const engine = new Promise<void>((resolve, reject) => {
      executor.addEventListener('message', ({ data }: MessageEvent<FromExecutor>) => {
        if (data.type === 'ready') resolve();
        else if (data.type === 'broken') reject(new Error(data.text));
        else if (data.cell !== this.running?.cell) return;
        else if (data.type === 'shown') this.running.show(data.shown);
        else this.running.end(data);
      });
      executor.addEventListener('error', ({ message }) => reject(new Error(message)));
    });
    engine.catch(() => {}); // told by `ready` and by whoever runs a cell
    return [executor, engine];
  }

  private answered(data: Extract<FromCompiler, { id: number }>): void {
    const { resolve, reject } = this.waiting.get(data.id)!;
    this.waiting.delete(data.id);
    if (data.type === 'answer') resolve(data.answer as never);
    else reject(new Error(data.text));
  }

  ask<Q extends Question>(question: Q, asked: Asked<Q>): Promise<Answer<Q>> {
    const id = ++this.asked;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.compiler.postMessage({ id, question, asked });
    });
  }

  /** Checks a cell, and runs it where nothing is wrong with it. */
  async run(cell: string, source: string, show: (shown: Shown) => void): Promise<Outcome> {
    this.stopped = false;
    const compiled = await this.ask('compile', { source, name: `In[${++this.count}]` });
    const { diagnostics } = compiled;
    if (!compiled.ok) {
      const errors = diagnostics.filter(({ category }) => category === 'error');
      const text = errors.map(({ formatted }) => formatted).join('\n\n');
      show({ type: 'error', name: 'TypeScriptError', text, line: errors[0]?.line });
      return { ok: false, ms: 0, diagnostics };
    }
    await this.engine;
    const { filename, javascript, sourceMap } = compiled;
    if (this.stopped) {
      await this.ask('commit', { filename, declared: [] });
      show({ type: 'error', name: 'Stopped', text: 'before it ran' });
      return { ok: false, ms: 0, diagnostics };
    }
    const done = await new Promise<Parameters<Running['end']>[0]>((end) => {
      this.running = { cell, show, end, began: performance.now() };
      this.tell({ type: 'run', cell, javascript, filename, sourceMap });
    });
    this.running = undefined;
    const { ok, ms, declared, forced } = done;
    if (!forced)
      await this.ask('commit', { filename, ...(ok ? {} : { declared: declared ?? [] }) });
    return { ok, ms, diagnostics, ...(forced ? { forced } : {}) };
  }

  private tell(message: ToExecutor): void {
    this.executor.postMessage(message);
  }

  /** Asks the cell that runs to end; one that goes on is ended by force, with all variables. */
  stop(): void {
    const { running } = this;
    this.stopped = true;
    if (!running) return;
    this.tell({ type: 'stop' });
    setTimeout(() => {
      if (this.running === running) this.end(running);
    }, PATIENCE);
  }

  private end({ began, show, end }: Running): void {
    void this.restart();
    show({
      type: 'error',
      name: 'Stopped',
      text: 'The cell did not end when it was asked to, and was ended by force. The variables of all cells are gone: run from the top.',
    });
    end({ ok: false, ms: performance.now() - began, forced: true });
  }

  /** A new worker without variables. */
  async restart(): Promise<void> {
    this.executor.terminate();
    [this.executor, this.engine] = this.start();
    const { running } = this;
    this.running = undefined;
    if (running) running.end({ ok: false, ms: performance.now() - running.began, forced: true });
    await this.ask('reset', {});
  }
}
