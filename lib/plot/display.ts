/**
 * The only place where the library knows of Jupyter.
 *
 * The kernel puts a `Host` on `globalThis` under `Symbol.for('dark-matter.host')`. Outside a
 * notebook (tests, scripts) there is none, and a display prints its text/plain instead when stdout
 * is a terminal.
 */

/** One thing in several forms, by MIME type; the front end shows the richest it knows. */
export type MimeBundle = Readonly<Record<string, unknown>>;

/** What the kernel offers to the library. */
export interface Host {
  /**
   * Sends display_data, or update_display_data when `update` is true. `id` lets later calls update
   * it in place.
   */
  display(
    data: MimeBundle,
    options?: { metadata?: MimeBundle; id?: string; update?: boolean },
  ): void;
  /** Aborted when the running cell is interrupted. */
  readonly signal: AbortSignal;
  /** Channels to objects of the front end; a page without a kernel has none. */
  readonly comms?: Comms;
  /**
   * `f` as code of the cell that runs now: where the front end has it called, what it displays goes
   * below that cell, and so does its error.
   */
  callback?<A extends readonly unknown[]>(f: (...args: A) => unknown): (...args: A) => unknown;
  /** Has `undo` called when the cell that runs now is run again; returns how to forget it. */
  onRerun?(undo: () => void): () => void;
}

type Data = Readonly<Record<string, unknown>>;

/** Jupyter's channels between objects of the kernel and of the front end. */
export interface Comms {
  /** From now on the front end may open comms to `target`. */
  register(target: string, opened: (comm: Comm) => unknown): void;
  /** Opens a comm to a target of the front end. */
  connect(
    target: string,
    data: Data,
    more?: { readonly metadata?: Data; readonly buffers?: readonly Uint8Array[] },
  ): Comm;
}

export interface Comm {
  readonly id: string;
  /** Hears what the front end sends. It is busy until a promise that this returns has settled. */
  onMessage: (data: Data, buffers: readonly Uint8Array[]) => unknown;
  onClose: () => unknown;
  send(data: Data, buffers?: readonly Uint8Array[]): void;
  close(): void;
}

/**
 * The method by which an object says how it looks in a notebook (Deno's convention). It may be
 * asynchronous.
 */
export const displaySymbol: unique symbol = Symbol.for('Jupyter.display') as typeof displaySymbol;

export interface Displayable {
  [displaySymbol](): MimeBundle | Promise<MimeBundle>;
  /** A cheaper form (no PNG, say) for a display that changes several times a second. */
  displayPreview?(): MimeBundle | Promise<MimeBundle>;
}

/**
 * Whether an object says how it looks in a notebook.
 */
export function isDisplayable(value: unknown): value is Displayable {
  return typeof (value as Partial<Displayable> | null | undefined)?.[displaySymbol] === 'function';
}

const hostSymbol = Symbol.for('dark-matter.host');

/**
 * The notebook kernel this code runs in, if it does.
 */
export function host(): Host | undefined {
  return (globalThis as Record<symbol, unknown>)[hostSymbol] as Host | undefined;
}

/**
 * The metadata that goes with a bundle: the size in CSS pixels of a PNG that says its density, so
 * that one drawn with two pixels for each of CSS is sharp and not twice too large. Send it with
 * whatever is displayed.
 */
export function metadataOf(bundle: MimeBundle): MimeBundle {
  const png = bundle['image/png'];
  if (typeof png !== 'string') return {};
  // The header chunk (IHDR) is at 8; our encoders put the density (pHYs) right behind it, at 33.
  const start = Buffer.from(png.slice(0, 120), 'base64');
  if (start.length < 54 || start.toString('latin1', 37, 41) !== 'pHYs') return {};
  const ratio = start.readUInt32BE(41) / pixelsPerMetre;
  return {
    'image/png': {
      width: Math.round(start.readUInt32BE(16) / ratio),
      height: Math.round(start.readUInt32BE(20) / ratio),
    },
  };
}

/**
 * One pixel of CSS is 1/96 of an inch; 72 dots an inch, the convention of PNG writers, is one pixel
 * here.
 */
export const pixelsPerMetre = 2835;
