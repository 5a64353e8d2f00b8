/**
 * Functions of a cell that the front end calls later: what is to happen when a widget changes.
 *
 * Such a function runs when its message comes, also while a cell waits for something. What it prints
 * and displays goes below the cell that handed it over, and so does its error, which fails no other
 * cell. The message is answered when the function is done, asynchronous ones too: until then the
 * front end gathers further changes, and sends them as one.
 */
import { currentCell, ownCell, runIn, type Cell } from './cell';

type Undo = () => void;

export class Callbacks {
  /** What to undo before a cell is run again, by the cell's id. */
  private readonly undoing = new Map<string, Set<Undo>>();

  constructor(
    /** A callback is over; `thrown` holds what it threw, if it did. */
    private readonly ended: (cell: Cell, thrown?: { readonly error: unknown }) => void,
  ) {}

  /** `f` as code of the cell that runs now. Called by anything but a message, it is just `f`. */
  bind<A extends readonly unknown[]>(f: (...args: A) => unknown): (...args: A) => unknown {
    const home = currentCell();
    return (...args) => {
      const caller = ownCell();
      if (!home || caller?.role !== 'message') return f(...args);
      return this.call(caller.callback(home), () => f(...args));
    };
  }

  /**
   * Has `undo` called when the cell that runs now is run again, or has gone from the notebook.
   * @returns how to forget it
   */
  onRerun(undo: Undo): Undo {
    const id = currentCell()?.id;
    // A client that does not say which cell it runs.
    if (id === undefined) return () => {};
    const all = this.undoing.get(id) ?? new Set();
    this.undoing.set(id, all.add(undo));
    return () => void all.delete(undo);
  }

  /** What earlier runs of these cells left to be undone is undone. */
  undo(cells: readonly string[]): void {
    for (const id of cells) {
      const all = this.undoing.get(id) ?? [];
      this.undoing.delete(id);
      for (const undo of all) undo();
    }
  }

  /** Its promise never rejects: errors are told. Where Stop ends it by force, it never resolves. */
  private call(cell: Cell, f: () => unknown): unknown {
    try {
      return Promise.resolve(runIn(cell, f)).then(
        () => this.ended(cell),
        (error: unknown) => this.ended(cell, { error }),
      );
    } catch (error) {
      return this.ended(cell, { error });
    }
  }
}
