/**
 * The server's side of the executor: what it is asked, and an interrupt that reaches it in whatever
 * state it is.
 */
import type { MessagePort } from 'node:worker_threads';
import { setTimeout as sleep } from 'node:timers/promises';
import { haltMainThread } from './halt';
import { log } from './log';
import { descendants, signal } from './processes';
import { clock, slot, type Request, type ToExecutor, type ToServer } from './threads';

export type Reply = Extract<ToServer, { type: 'reply' }>;

/**
 * How long the executor may take to hear of an interrupt before what it runs is ended by force, in
 * milliseconds.
 */
const courtesy = 300;
/** What is left of it for a cell that has kept the thread for that long already. */
const leastCourtesy = 20;
/** The same when no cell runs: it may be loading the compiler. */
const idleCourtesy = 2000;

export class ExecutorLink {
  private nextId = 1;
  /** What it has not answered yet. */
  private readonly running = new Map<number, (reply: Reply) => void>();
  private interrupts = 0;
  private stopping: Promise<void> | undefined;
  /** While the executor waits for a process: those that run beside it. */
  private beside: ReadonlySet<number> | undefined;

  constructor(
    private readonly port: MessagePort,
    private readonly shared: Int32Array,
  ) {}

  /** Hands a request over; resolves with its reply. Beside a cell only comms may ask. */
  ask(request: Omit<Request, 'type' | 'id'>): Promise<Reply> {
    const id = this.nextId++;
    return new Promise((done) => {
      this.running.set(id, done);
      this.post({ type: 'request', id, ...request });
    });
  }

  replied(reply: Reply): void {
    const done = this.running.get(reply.id);
    if (!done) return;
    this.running.delete(reply.id);
    // Code that was ended by force has not said that its wait is over.
    this.beside = undefined;
    done(reply);
  }

  /** The executor waits for a process, or no longer does. */
  waits(beside: readonly number[] | undefined): void {
    this.beside = beside && new Set(beside);
  }

  /** Stops the requests that run; where there are none, what earlier cells left running. */
  interrupt(): Promise<void> {
    this.stopping ??= this.stop([...this.running.keys()]).finally(
      () => (this.stopping = undefined),
    );
    return this.stopping;
  }

  private async stop(ids: readonly number[]): Promise<void> {
    const serial = ++this.interrupts;
    const busy = ids.length > 0;
    if (busy) Atomics.store(this.shared, slot.interruptAsked, serial);
    const heard = (): boolean => Atomics.load(this.shared, slot.interruptHeard) >= serial;
    let halting: Promise<void> | undefined;
    for (let attempt = 0; !heard(); attempt++) {
      this.post({ type: 'interrupt', ids, serial });
      // A process for which the main thread waits keeps it from hearing anything.
      if (busy && this.beside)
        signal(descendants(process.pid, this.beside), attempt === 0 ? 'SIGTERM' : 'SIGKILL');
      const patience = busy ? courtesy - this.kept() : idleCourtesy;
      for (let waited = 0; waited < Math.max(leastCourtesy, patience) && !heard(); waited += 10)
        await sleep(10);
      // Kernel code at work (the compiler) is let finish; user code is not asked a second time.
      if (heard() || Atomics.load(this.shared, slot.sheltered) !== 0) continue;
      log('ends by force what the executor runs', () => ({ ids, attempt }));
      halting = haltMainThread();
      // It comes about when the process has ended that the main thread waits for.
      if (!this.beside) await halting;
    }
    await halting;
  }

  /** For how many milliseconds a cell has kept the thread, where it has done so since it began. */
  private kept(): number {
    const since = Atomics.load(this.shared, slot.keptSince);
    return since === 0 || this.beside ? 0 : Math.max(0, clock() - since);
  }

  private post(message: ToExecutor): void {
    this.port.postMessage(message);
  }
}
