/**
 * The server's side of the executor: requests go one at a time, and an interrupt reaches it in
 * whatever state it is.
 */
import type { MessagePort } from 'node:worker_threads';
import { setTimeout as sleep } from 'node:timers/promises';
import { haltMainThread } from './halt';
import { slot, type Request, type ToExecutor, type ToServer } from './threads';

export type Reply = Extract<ToServer, { type: 'reply' }>;

/**
 * How long the executor may take to hear of an interrupt before what it runs is ended by force, in
 * milliseconds.
 */
const courtesy = 300;
/** The same when no cell runs: it may be loading the compiler. */
const idleCourtesy = 2000;

export class ExecutorLink {
  private nextId = 1;
  private running: { readonly id: number; readonly done: (reply: Reply) => void } | undefined;
  private interrupts = 0;
  private stopping: Promise<void> | undefined;

  constructor(
    private readonly port: MessagePort,
    private readonly shared: Int32Array,
  ) {}

  /** Hands a request over; resolves with its reply. Call it again only then. */
  ask(request: Omit<Request, 'type' | 'id'>): Promise<Reply> {
    const id = this.nextId++;
    return new Promise((done) => {
      this.running = { id, done };
      this.post({ type: 'request', id, ...request });
    });
  }

  replied(reply: Reply): void {
    if (reply.id !== this.running?.id) return;
    const { done } = this.running;
    this.running = undefined;
    done(reply);
  }

  /** Stops the running request; where there is none, what earlier cells left running. */
  interrupt(): Promise<void> {
    this.stopping ??= this.stop(this.running?.id ?? 0).finally(() => (this.stopping = undefined));
    return this.stopping;
  }

  private async stop(id: number): Promise<void> {
    const serial = ++this.interrupts;
    const heard = (): boolean => Atomics.load(this.shared, slot.interruptHeard) >= serial;
    while (!heard()) {
      this.post({ type: 'interrupt', id, serial });
      for (let waited = 0; waited < (id ? courtesy : idleCourtesy) && !heard(); waited += 10)
        await sleep(10);
      // Kernel code at work (the compiler) is let finish; user code is not asked a second time.
      if (!heard() && Atomics.load(this.shared, slot.sheltered) === 0) await haltMainThread();
    }
  }

  private post(message: ToExecutor): void {
    this.port.postMessage(message);
  }
}
