/** Stack traces in terms of what people wrote: cells, and the library's .ts files. */
import { existsSync, readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

interface Source {
  /** Parsed when it is first needed: most cells never throw. */
  readonly map: () => SourceMap;
  /** What to call the file that positions lie in; undefined where the map names it. */
  readonly name?: string;
}

/** Frames of these are the kernel's and Node's, not the user's. */
const kernelFolder = resolve(__dirname);

/** Ten, V8's own limit, do not reach through the library and TensorFlow to the cell. */
const mostFrames = 200;

/** The place that a line of a stack names: a cell's or a file's. */
const place = /^ {4}at .*?\(?((?:In\[|\/|[A-Za-z]:\\)[^()]*?):(\d+):(\d+)\)?$/;

export class Sources {
  private readonly known = new Map<string, Source | undefined>();
  private readonly texts = new Map<string, string>();

  constructor(
    private readonly mapOf: (file: string) => string | undefined,
    /** The folder of the library's sources. */
    readonly library: string,
  ) {}

  /** A compiled cell: `file` is what its frames carry, `name` what people call it. */
  add(file: string, name: string, map: string, text: string): void {
    this.known.set(file, { map: parsed(map), name });
    this.texts.set(name, text);
  }

  /** Makes `error.stack` readable everywhere: in tracebacks, and where cells print it. */
  install(): void {
    Error.stackTraceLimit = mostFrames;
    Error.prepareStackTrace = (error: Error, frames) => {
      let lines: string[];
      try {
        lines = frames.flatMap((frame) => this.frame(frame));
      } catch {
        lines = frames.map((frame) => `    at ${String(frame)}`);
      }
      return [headline(error), ...lines].join('\n');
    };
  }

  /**
   * The line of the cell that an error leads to, with its neighbours; of a file where it leads to
   * no cell.
   */
  excerpt(frames: readonly string[], around = 2): string[] {
    const match = place.exec(
      frames.find(isOfCell) ?? frames.find((line) => place.test(line)) ?? '',
    );
    if (!match) return [];
    const [, file = '', line = '', column = ''] = match;
    const text =
      this.texts.get(file) ??
      (isOwnFile(file) && existsSync(file) ? readFileSync(file, 'utf8') : undefined);
    const lines = text?.split('\n') ?? [];
    const at = Number(line);
    if (at > lines.length) return [];
    const first = Math.max(1, at - around);
    const last = Math.min(lines.length, at + around);
    const width = String(last).length;
    const shown: string[] = [];
    for (let n = first; n <= last; n++) {
      const mark = n === at ? '>' : ' ';
      shown.push(`${mark} ${String(n).padStart(width)} | ${(lines[n - 1] ?? '').slice(0, 200)}`);
      if (n === at && Number(column) <= 200)
        shown.push(`  ${' '.repeat(width)} | ${' '.repeat(Number(column) - 1)}^`);
    }
    return shown;
  }

  private frame(frame: NodeJS.CallSite): string[] {
    const file = frame.getFileName();
    if (file === null || file === undefined || file.startsWith('node:'))
      return frame.isNative() ? [`    at ${String(frame)}`] : [];
    const path = file.startsWith('file:') ? fileURLToPath(file) : file;
    if (path.startsWith(kernelFolder)) return [];
    const position = this.original({
      file: path,
      line: frame.getLineNumber() ?? 1,
      column: frame.getColumnNumber() ?? 1,
    });
    const where = `${position.file}:${position.line}:${position.column}`;
    const name = frame.getFunctionName();
    const receiver = frame.isConstructor() ? 'new ' : frame.isAsync() ? 'async ' : '';
    return [name ? `    at ${receiver}${name} (${where})` : `    at ${receiver}${where}`];
  }

  private original({ file, line, column }: Position): Position {
    const source = this.source(file);
    const entry = source?.map().findEntry(line - 1, column - 1);
    if (!source || !entry || !('originalLine' in entry)) return { file, line, column };
    const original =
      source.name ?? resolve(dirname(file), entry.originalSource.replace(/^file:\/\//, ''));
    // Packages come with maps to sources that they leave out: a place that can be opened says more.
    if (source.name === undefined && !existsSync(original)) return { file, line, column };
    return { file: original, line: entry.originalLine + 1, column: entry.originalColumn + 1 };
  }

  /** The map of a script: a cell's, a loaded module's, or that beside a compiled file. */
  private source(file: string): Source | undefined {
    if (this.known.has(file)) return this.known.get(file);
    const beside =
      file.endsWith('.js') && existsSync(`${file}.map`)
        ? readFileSync(`${file}.map`, 'utf8')
        : undefined;
    const loaded = this.mapOf(file);
    const text = loaded || beside;
    const source = text ? { map: parsed(text), ...(loaded ? { name: file } : {}) } : undefined;
    // What the loader evaluates anew has a new map; a package's file has not.
    if (!loaded) this.known.set(file, source);
    return source;
  }
}

/** Source that people have written, rather than installed. */
function isOwnFile(file: string): boolean {
  return /\.([cm]?[jt]s|[jt]sx)$/.test(file) && !file.includes('/node_modules/');
}

/** Whether a line of a stack lies in a cell. */
export function isOfCell(line: string): boolean {
  return place.exec(line)?.[1]?.startsWith('In[') ?? false;
}

function parsed(json: string): () => SourceMap {
  let map: SourceMap | undefined;
  return () => (map ??= new SourceMap(JSON.parse(json) as SourceMapPayload));
}

function headline(error: Error): string {
  try {
    // `console.trace` and Error.captureStackTrace give stacks to records, too.
    return Error.prototype.toString.call(error);
  } catch {
    return 'Error';
  }
}
