/**
 * What a cell prints, within bounds: a page with 300,000 lines freezes the browser, and git keeps
 * every one of them. The beginning is shown as it comes, the rest goes to a file, and the end of it
 * is shown when the cell ends.
 */
import { appendFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Cell } from './cell';

type Stream = 'stdout' | 'stderr';

/** What one cell shows: so many lines, of so many UTF-16 code units together. */
export const mostLines = 10_000;
export const mostText = 1_000_000;
/** The end that is shown of what was not. */
const lastLines = 100;
const lastText = 20_000;
/** The text that is gathered before it is written to the file. */
const written = 1 << 16;
/** The files that are kept; the oldest go first. */
const mostFiles = 20;

/** Shows a piece of text as output of the cell. */
type Show = (stream: Stream, text: string, cell: Cell | undefined) => void;

interface Meter {
  lines: number;
  text: number;
  rest?: Rest;
}

export class Printed {
  private readonly meters = new WeakMap<Cell, Meter>();

  constructor(
    private readonly show: Show,
    /** Where the rest of long outputs is kept. */
    private readonly folder: string,
  ) {}

  print(stream: Stream, text: string, cell: Cell | undefined): void {
    if (!cell) return this.show(stream, text, cell);
    const meter = this.meters.get(cell) ?? { lines: 0, text: 0 };
    this.meters.set(cell, meter);
    if (meter.rest) return meter.rest.add(text);
    const length = lengthWithin(text, mostLines - meter.lines, mostText - meter.text);
    meter.lines += count(text, '\n', length);
    meter.text += length;
    this.show(stream, text.slice(0, length), cell);
    if (length === text.length) return;
    meter.rest = new Rest(this.folder, cell.name);
    meter.rest.add(text.slice(length));
    this.show('stdout', `\n… ${meter.rest.where}; its end is shown when the cell ends.\n`, cell);
  }

  /** Shows the end of what was not shown. What the cell prints later goes to the file. */
  finish(cell: Cell): void {
    const rest = this.meters.get(cell)?.rest;
    if (rest) this.show('stdout', rest.end(), cell);
  }

  /** The cell's output was cleared: it may be filled anew. */
  clear(cell: Cell | undefined): void {
    if (!cell) return;
    this.meters.get(cell)?.rest?.end();
    this.meters.delete(cell);
  }
}

/** The text of one cell that is not shown, on its way to a file. */
class Rest {
  private readonly file: string;
  private fault: string | undefined;
  private waiting: string[] = [];
  private size = 0;
  private lines = 0;
  private last = '';
  /** The cell has ended: what comes now is written at once. */
  private ended = false;

  constructor(folder: string, name: string) {
    const time = new Date().toISOString().replace(/[:.]/g, '-');
    this.file = join(folder, `${time}-${process.pid}-${name.replace(/[^\w]+/g, '')}.txt`);
    this.guarded(() => {
      mkdirSync(folder, { recursive: true });
      removeOldest(folder);
      writeFileSync(this.file, '', { flag: 'wx', mode: 0o600 });
    });
  }

  get where(): string {
    return this.fault
      ? `The rest of the output is lost (${this.fault})`
      : // Relative, as a notebook that is shared should not tell of somebody's folders.
        `The rest of the output is in ${relative(process.cwd(), this.file)}`;
  }

  add(text: string): void {
    this.lines += count(text, '\n', text.length);
    this.last += text;
    if (this.last.length > 2 * lastText) this.last = this.last.slice(-lastText);
    this.waiting.push(text);
    this.size += text.length;
    if (this.ended || this.size > written) this.flush();
  }

  /** Writes what waits. What was lost or kept, and its last lines. */
  end(): string {
    this.ended = true;
    this.flush();
    const lines = this.last
      .slice(-lastText)
      .split('\n')
      .slice(-lastLines - 1);
    return `… ${this.lines} more lines. ${this.where}. It ends:\n${lines.join('\n')}`;
  }

  private flush(): void {
    const text = this.waiting.join('');
    this.waiting = [];
    this.size = 0;
    if (!this.fault && text !== '') this.guarded(() => appendFileSync(this.file, text));
  }

  /** A full disk is no reason for a cell to fail. */
  private guarded(write: () => void): void {
    try {
      write();
    } catch (error) {
      this.fault = (error as Error).message;
    }
  }
}

function removeOldest(folder: string): void {
  const files = readdirSync(folder).sort();
  for (const file of files.slice(0, Math.max(0, files.length + 1 - mostFiles)))
    rmSync(join(folder, file), { force: true });
}

/** How much of a text fits: to the end of its last line that does, or to its last character. */
function lengthWithin(text: string, lines: number, most: number): number {
  let end = 0;
  for (let line = 0; line < lines; line++) {
    const next = text.indexOf('\n', end);
    if (next < 0) return text.length <= most ? text.length : wholeCharacters(text, most);
    if (next + 1 > most) return wholeCharacters(text, most);
    end = next + 1;
  }
  return end;
}

/** Not between the two halves of a character. */
function wholeCharacters(text: string, length: number): number {
  return /[\ud800-\udbff]/.test(text[length - 1] ?? '') ? length - 1 : length;
}

function count(text: string, character: string, length: number): number {
  let found = 0;
  for (let at = text.indexOf(character); at >= 0 && at < length; found++)
    at = text.indexOf(character, at + 1);
  return found;
}
