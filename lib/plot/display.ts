/**
 * The only place where the library knows of Jupyter.
 *
 * The kernel puts a `Host` on `globalThis` under `Symbol.for('dark-matter.host')`. Outside a notebook (tests, scripts)
 * there is none, and a display prints its text/plain instead when stdout is a terminal.
 */

/** One thing in several forms, by MIME type; the front end shows the richest it knows. */
export type MimeBundle = Readonly<Record<string, unknown>>;

/** What the kernel offers to the library. */
export interface Host {
  /** Sends display_data, or update_display_data when `update` is true. `id` lets later calls update it in place. */
  display(data: MimeBundle, options?: { metadata?: MimeBundle; id?: string; update?: boolean }): void;
  /** Aborted when the running cell is interrupted. */
  readonly signal: AbortSignal;
}

/** The method by which an object says how it looks in a notebook (Deno's convention). It may be asynchronous. */
export const displaySymbol: unique symbol = Symbol.for('Jupyter.display') as typeof displaySymbol;

export interface Displayable {
  [displaySymbol](): MimeBundle | Promise<MimeBundle>;
}

const hostSymbol = Symbol.for('dark-matter.host');

/** The notebook kernel this code runs in, if it does. */
export function host(): Host | undefined {
  return (globalThis as Record<symbol, unknown>)[hostSymbol] as Host | undefined;
}
