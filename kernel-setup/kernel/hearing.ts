/**
 * Messages of comms, each heard as soon as it comes: while a cell waits for something, and beside
 * others that are not answered yet.
 */
import { types } from 'node:util';
import { Cell, InterruptedError, runIn } from './cell';
import type { Comms } from './comms';
import type { Request } from './threads';

interface Tools {
  readonly comms: Comms;
  /** Shows an error where the cell's output goes. */
  readonly tell: (error: unknown, cell: Cell) => void;
  /** No more comes of the cell's own code. */
  readonly finish: (cell: Cell) => void;
  readonly reply: (request: Request) => void;
}

interface Heard {
  readonly request: Request;
  readonly cell: Cell;
}

export class Hearing {
  private readonly heard = new Map<number, Heard>();

  constructor(private readonly tools: Tools) {}

  hear(request: Request): void {
    const { id, header, content, buffers = [] } = request;
    const cell = new Cell(header.msg_type, header, false, undefined, 'message');
    this.heard.set(id, { request, cell });
    const failed = (error: unknown): void => {
      if (!cell.ended) this.tools.tell(error, cell);
      this.end(id);
    };
    try {
      const going = runIn(cell, () => this.tools.comms.receive(header.msg_type, content, buffers));
      if (types.isPromise(going)) going.then(() => this.end(id), failed);
      else this.end(id);
    } catch (error) {
      failed(error);
    }
  }

  /** Ends those of these requests that are being heard. */
  stop(ids: readonly number[], stop: (cell: Cell, end: () => void) => void): void {
    for (const id of ids) {
      const cell = this.heard.get(id)?.cell;
      if (cell)
        stop(cell, () => {
          for (const callback of cell.callbacks)
            this.callbackEnded(callback, { error: new InterruptedError(callback.name) });
          this.end(id);
        });
    }
  }

  /** A callback that the message called is over. */
  callbackEnded(cell: Cell, thrown?: { readonly error: unknown }): void {
    // Stop has ended it already.
    if (cell.ended) return;
    if (thrown) this.tools.tell(thrown.error, cell);
    this.finish(cell);
  }

  private end(id: number): void {
    const heard = this.heard.get(id);
    if (!heard) return;
    this.heard.delete(id);
    this.finish(heard.cell);
    this.tools.reply(heard.request);
  }

  private finish(cell: Cell): void {
    cell.end();
    this.tools.finish(cell);
  }
}
