/**
 * The decoded pictures of a folder, kept in another: what was decoded once, by whichever run, is
 * not decoded again.
 *
 * Decoding writes parts, each whole when it gets its name; so an interrupted run loses seconds, and
 * two at once do not disturb each other: each writes its own. In the end one file holds all rows in
 * the order of the pictures, and what it replaces is removed.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { mapAtOnce } from './atOnce';
import type { Decoded } from './decode';
import { keyOf, openRows, RowsWriter, type Outcome, type RowsFile } from './rowsFile';
import type { FoundFile } from './walk';

export interface Store {
  /** What each file turned out to be, in the order asked for. */
  readonly outcomes: readonly Outcome[];
  /** Where the rows are, of the files that are pictures. */
  readonly rows: RowsFile;
}

export interface FillOptions {
  readonly folder: string;
  readonly rowBytes: number;
  readonly decode: (file: string) => Promise<Decoded>;
  readonly signal?: AbortSignal | undefined;
  /** Called after each file that was decoded: how many are done, of all. */
  readonly onDone?: (done: number, broken: number) => void;
}

const ENDING = '.pictures';
/** A part is finished at so many bytes, or after so many milliseconds, or a tenth of the run. */
const PART_BYTES = 64 * 2 ** 20,
  PART_MS = 15_000;
/** Pictures decoded at once: libuv has four threads for it. */
const AT_ONCE = Math.min(4, availableParallelism());

/**
 * The outcomes and rows of `files`: those known from earlier, and the others decoded now.
 *
 * @throws the signal's reason, or what the disk says; what was decoded until then is kept.
 */
export async function fill(files: readonly FoundFile[], options: FillOptions): Promise<Store> {
  const { folder, rowBytes, decode, signal, onDone } = options;
  mkdirSync(folder, { recursive: true });
  removeLeftovers(folder);
  const open = openAll(folder, files, rowBytes);
  try {
    const known = new Map<string, { readonly outcome: Outcome; readonly rows: RowsFile }>();
    const learn = (rows: RowsFile): void => {
      for (const [key, outcome] of rows.outcomes)
        if (!known.has(key)) known.set(key, { outcome, rows });
    };
    open.forEach(learn);
    /** Not kept: another time it may be otherwise. */
    const passing = new Map<string, Outcome>();
    const missing = files.filter((file) => !known.has(keyOf(file)));
    if (missing.length > 0) {
      expectSpace(folder, missing.length * rowBytes);
      const before = files.length - missing.length;
      const parts = new Parts(folder, rowBytes, (part) => {
        open.push(part);
        learn(part);
      });
      let done = 0,
        broken = 0;
      try {
        await mapAtOnce(missing, AT_ONCE, async (file) => {
          signal?.throwIfAborted();
          const decoded = await decode(file.file);
          if ('broken' in decoded && decoded.passing)
            passing.set(keyOf(file), { broken: decoded.broken });
          else parts.add(keyOf(file), decoded);
          if ('broken' in decoded) broken++;
          onDone?.(before + ++done, broken);
        });
      } finally {
        parts.finish();
      }
    }
    const kept = files.filter((file) => known.has(keyOf(file)));
    const placed = kept.map((file) => known.get(keyOf(file))!);
    const used = new Set(placed.map(({ rows }) => rows));
    const [only] = used;
    const rows = only && used.size === 1 ? only : merged(folder, rowBytes, kept, placed);
    keepOnly(rows, open);
    const outcomeOf = (key: string): Outcome => rows.outcomes.get(key) ?? passing.get(key)!;
    return { outcomes: files.map((file) => outcomeOf(keyOf(file))), rows };
  } catch (error) {
    for (const rows of open) rows.close();
    throw error;
  }
}

/** The files of rows in a folder, those first that know most of `files`. */
function openAll(folder: string, files: readonly FoundFile[], rowBytes: number): RowsFile[] {
  const wanted = new Set(files.map(keyOf));
  const uses = (rows: RowsFile): number => {
    let count = 0;
    for (const key of rows.outcomes.keys()) if (wanted.has(key)) count++;
    return count;
  };
  const open: RowsFile[] = [];
  try {
    for (const name of readdirSync(folder).sort()) {
      if (!name.endsWith(ENDING)) continue;
      const path = join(folder, name);
      const rows = openIfThere(path, rowBytes);
      if (rows) open.push(rows);
      // It was damaged: its pictures are decoded anew.
      else tryTo(() => rmSync(path, { force: true }));
    }
  } catch (error) {
    for (const rows of open) rows.close();
    throw error;
  }
  return open
    .map((rows) => ({ rows, count: uses(rows) }))
    .sort((a, b) => b.count - a.count)
    .map(({ rows }) => rows);
}

/** Another process may have put it together with others meanwhile, and removed it. */
function openIfThere(path: string, rowBytes: number): RowsFile | undefined {
  try {
    return openRows(path, rowBytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** One file of all rows, in the files' order. */
function merged(
  folder: string,
  rowBytes: number,
  files: readonly FoundFile[],
  placed: readonly { readonly outcome: Outcome; readonly rows: RowsFile }[],
): RowsFile {
  const writer = new RowsWriter(join(folder, `${randomUUID()}${ENDING}`), rowBytes);
  try {
    const row = new Uint8Array(rowBytes);
    placed.forEach(({ outcome, rows }, i) => {
      const key = keyOf(files[i]!);
      if ('row' in outcome) {
        rows.read(outcome.row, 1, row, 0);
        writer.add(key, row, outcome.digest);
      } else writer.note(key, outcome);
    });
    return writer.finish();
  } catch (error) {
    writer.discard();
    throw error;
  }
}

/** Closes and removes the files that `kept` makes needless. Who has one open reads on in it. */
function keepOnly(kept: RowsFile, open: readonly RowsFile[]): void {
  for (const rows of open) {
    if (rows === kept) continue;
    rows.close();
    // On Windows a file that another process reads stays; the next run removes it.
    tryTo(() => rmSync(rows.path, { force: true }));
  }
}

/** Gathers outcomes in files that are finished now and then. */
class Parts {
  private writer: RowsWriter | undefined;
  private readonly start = performance.now();
  private begun = 0;

  constructor(
    private readonly folder: string,
    private readonly rowBytes: number,
    private readonly finished: (part: RowsFile) => void,
  ) {}

  add(key: string, decoded: Decoded): void {
    if (!this.writer) {
      this.writer = new RowsWriter(join(this.folder, `${randomUUID()}${ENDING}`), this.rowBytes);
      this.begun = performance.now();
    }
    if ('pixels' in decoded) this.writer.add(key, decoded.pixels, digestOf(decoded.pixels));
    else this.writer.note(key, decoded);
    const now = performance.now();
    const patience = Math.max(PART_MS, (now - this.start) / 10);
    if (this.writer.bytes >= PART_BYTES || now - this.begun > patience) this.finish();
  }

  finish(): void {
    const writer = this.writer;
    this.writer = undefined;
    if (!writer) return;
    try {
      this.finished(writer.finish());
    } catch (error) {
      writer.discard();
      throw error;
    }
  }
}

const digestOf = (pixels: Uint8Array): string =>
  createHash('sha256').update(pixels).digest('hex').slice(0, 24);

/** Removes what was begun and not touched for an hour: nobody finishes it any more. */
function removeLeftovers(folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (!name.endsWith('.tmp')) continue;
    tryTo(() => {
      if (Date.now() - statSync(path).mtimeMs > 3_600_000) rmSync(path, { force: true });
    });
  }
}

/** @throws before an hour's work where its result has no room. */
function expectSpace(folder: string, bytes: number): void {
  const { bavail, bsize, blocks } = statfsSync(folder);
  // Some file systems of networks do not tell. Merging needs the room twice.
  if (blocks === 0 || bavail * bsize > 2 * bytes) return;
  const gigabytes = (size: number): string => `${(size / 1e9).toFixed(1)} GB`;
  throw new Error(
    `cache: ${folder} has ${gigabytes(bavail * bsize)} free, ${gigabytes(2 * bytes)} are needed for the decoded pictures; ` +
      'free some space, or give another folder (cache), or a smaller side',
  );
}

function tryTo(action: () => void): void {
  try {
    action();
  } catch {
    // It stays; nothing depends on it.
  }
}
