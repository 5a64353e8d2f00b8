/**
 * What the kernel's two threads say to each other.
 *
 * The *executor* (the process's main thread) compiles and runs cells. The *server* (a worker) owns
 * the sockets, so that heartbeats, interrupts, shutdown and the watch over the client go on while a
 * cell keeps the main thread busy.
 */
import type { MessagePort } from 'node:worker_threads';
import type { CellLanguage } from './info';
import type { Content, Header } from './wire';

/** What the server asks of the executor: cells and questions one at a time, in the order of the shell channel. */
export interface Request {
  readonly type: 'request';
  readonly id: number;
  readonly header: Header;
  readonly content: Content;
  /** The number of the cell, for execute_request. */
  readonly count: number;
  readonly buffers?: readonly Uint8Array[];
  /** What a front end says of its notebook: which cell this is, and which have gone from it. */
  readonly notebook?: { readonly id?: string; readonly gone: readonly string[] };
}

export type ToExecutor =
  | Request
  /** Stop these requests, or, where there are none, whatever cells left running behind them. */
  | { readonly type: 'interrupt'; readonly ids: readonly number[]; readonly serial: number }
  | { readonly type: 'exit' }
  /** A line that the user entered for `process.stdin`. */
  | { readonly type: 'line'; readonly text: string }
  /** Listen for SIGINT: the server cannot. */
  | { readonly type: 'hearSignals' };

export type ToServer =
  | Output
  | {
      readonly type: 'reply';
      readonly id: number;
      readonly content: string;
      readonly failed: boolean;
      readonly result?: string;
    }
  | {
      readonly type: 'input';
      readonly prompt: string;
      readonly password: boolean;
      /** The answer is a line for `process.stdin`, for which nobody blocks. */
      readonly line?: boolean;
    }
  /**
   * The executor is about to wait for a process that it starts, beside those named here; without
   * them the wait is over.
   */
  | { readonly type: 'waits'; readonly beside?: readonly number[] }
  /** The process is about to exit: send what waits, then raise `leaving`. */
  | { readonly type: 'leaving' }
  /** SIGINT, where only the main thread can hear it. */
  | { readonly type: 'signal' };

/**
 * A message for the iopub channel. Its content is JSON, except a stream's, whose text may yet be
 * joined with more.
 */
export interface Output {
  readonly type: 'output';
  readonly kind: string;
  readonly parent: Header | Record<string, never>;
  readonly content: string;
  /** What it adds to `outputWaiting`: 0 for messages of the server's own. */
  readonly cost: number;
  readonly stream?: 'stdout' | 'stderr';
  /** A display id: a later update of the same display may take this one's place while it waits. */
  readonly display?: string;
  readonly metadata?: Content;
  readonly buffers?: readonly Uint8Array[];
}

/** Slots of the memory that both threads see. */
export const slot = {
  /** The number of the last interrupt that the executor has heard of. */
  interruptHeard: 0,
  /** Characters of output that the executor has made and the server has not yet sent. */
  outputWaiting: 1,
  /** Raised when an answer to `prompt()` lies ready. */
  inputReady: 2,
  /** 1 while the executor runs kernel code that must not be cut short, such as the compiler. */
  sheltered: 3,
  /** 0, then 1 once the server has sent all output of a process that is about to exit. */
  leaving: 4,
  /** The number of the last interrupt that was asked for. */
  interruptAsked: 5,
  /** Since when a cell keeps the thread without a break (`clock`); 0 once it has let go of it. */
  keptSince: 6,
} as const;

export const slots = 8;

/** Milliseconds that both threads count alike, from 1 on. */
export function clock(): number {
  return 1 + (Date.now() % 0x7fffffff);
}

export interface ServerOptions {
  readonly connectionFile: string;
  readonly shared: Int32Array;
  /** Carries the answers to `prompt()`, which the executor reads while it blocks. */
  readonly inputPort: MessagePort;
  readonly language: CellLanguage;
  readonly version: string;
  readonly typescript: string;
}
