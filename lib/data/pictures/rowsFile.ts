/**
 * A file of decoded pictures: rows of equal length, then what is known of each source file as JSON,
 * then a foot that says where that begins. It appears under its name only when it is whole.
 */
import {
  closeSync,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';

/** What a source file turned out to be. */
export type Outcome =
  /** A picture, in this row; `digest` is a hash of its pixels. */
  | { readonly row: number; readonly digest: string }
  /** No picture that can be decoded, and why. */
  | { readonly broken: string }
  /** No picture, nor meant as one. */
  | { readonly other: true };

/** Outcomes by source file: `keyOf(file, stamp)`. */
export type Outcomes = ReadonlyMap<string, Outcome>;

/** A source file in a state: another stamp is another key. */
export const keyOf = ({ file, stamp }: { readonly file: string; readonly stamp: string }): string =>
  `${stamp} ${file}`;

const MAGIC = 'DMPICS01';
/** The length of the JSON (8 bytes), and the mark. */
const FOOT = 16;

/** An open file of rows. */
export interface RowsFile {
  readonly path: string;
  readonly outcomes: Outcomes;
  /** Copies a row's bytes to `target`, from `offset` on; several where they follow each other. */
  read(row: number, rows: number, target: Uint8Array, offset: number): void;
  close(): void;
}

/**
 * Opens a file of rows; undefined where it is none, or not whole, or has rows of another length.
 *
 * @throws the system's error where it cannot be opened or read: that says nothing of what is in it.
 */
export function openRows(path: string, rowBytes: number): RowsFile | undefined {
  const fd = openSync(path, 'r');
  let outcomes: Outcomes | undefined;
  try {
    outcomes = readIndex(fd, rowBytes);
    return outcomes && rowsFile(path, fd, rowBytes, outcomes);
  } finally {
    if (!outcomes) closeSync(fd);
  }
}

function rowsFile(path: string, fd: number, rowBytes: number, outcomes: Outcomes): RowsFile {
  return {
    path,
    outcomes,
    read: (row, rows, target, offset) =>
      readFully(fd, target, offset, rows * rowBytes, row * rowBytes, path),
    close: () => closeSync(fd),
  };
}

function readIndex(fd: number, rowBytes: number): Outcomes | undefined {
  try {
    const { size } = fstatSync(fd);
    if (size < FOOT) return undefined;
    const foot = Buffer.alloc(FOOT);
    readFully(fd, foot, 0, FOOT, size - FOOT, '');
    if (foot.toString('latin1', 8) !== MAGIC) return undefined;
    const length = Number(foot.readBigUInt64LE(0));
    if (length > size - FOOT) return undefined;
    const json = Buffer.alloc(length);
    readFully(fd, json, 0, length, size - FOOT - length, '');
    const index = JSON.parse(json.toString('utf8')) as {
      rowBytes: number;
      outcomes: [string, Outcome][];
    };
    const outcomes = new Map(index.outcomes);
    const rows = index.outcomes.filter(([, outcome]) => 'row' in outcome).length;
    const whole = index.rowBytes === rowBytes && rows * rowBytes === size - FOOT - length;
    return whole ? outcomes : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall) throw error;
    return undefined;
  }
}

function readFully(
  fd: number,
  target: Uint8Array,
  offset: number,
  length: number,
  position: number,
  path: string,
): void {
  for (let done = 0; done < length;) {
    const got = readSync(fd, target, offset + done, length - done, position + done);
    if (got === 0)
      throw new Error(`${path}: it ended early; somebody changed it while it was read`);
    done += got;
  }
}

/** A file of rows that is being written. */
export class RowsWriter {
  private readonly fd: number;
  private readonly temporary: string;
  private readonly outcomes = new Map<string, Outcome>();
  private rows = 0;

  /** @param path where the file will be when it is finished. */
  constructor(
    private readonly path: string,
    private readonly rowBytes: number,
  ) {
    this.temporary = `${path}.tmp`;
    this.fd = openSync(this.temporary, 'wx+');
  }

  get bytes(): number {
    return this.rows * this.rowBytes;
  }

  add(key: string, pixels: Uint8Array, digest: string): void {
    writeFully(this.fd, pixels);
    this.outcomes.set(key, { row: this.rows++, digest });
  }

  /** Notes a file that has no row. */
  note(key: string, outcome: { readonly broken: string } | { readonly other: true }): void {
    this.outcomes.set(key, outcome);
  }

  /** Ends the file, gives it its name, and opens it. */
  finish(): RowsFile {
    const json = Buffer.from(
      JSON.stringify({ rowBytes: this.rowBytes, outcomes: [...this.outcomes] }),
    );
    const foot = Buffer.alloc(FOOT);
    foot.writeBigUInt64LE(BigInt(json.length), 0);
    foot.write(MAGIC, 8, 'latin1');
    writeFully(this.fd, json);
    writeFully(this.fd, foot);
    fsyncSync(this.fd);
    renameSync(this.temporary, this.path);
    return rowsFile(this.path, this.fd, this.rowBytes, this.outcomes);
  }

  /** Gives up what was written. */
  discard(): void {
    closeSync(this.fd);
    rmSync(this.temporary, { force: true });
  }
}

function writeFully(fd: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done);
}
