/**
 * What history_request asks for: the cells of this session and, where wanted, their results as
 * text.
 */
import type { Content } from './wire';

/**
 * Session, cell number, input, output. There is one session, number 1: nothing is written to disk.
 */
interface Entry {
  readonly line: number;
  readonly input: string;
  output: string | null;
}

/** The cells kept; the oldest go first. */
const longest = 10_000;

export class History {
  private readonly entries: Entry[] = [];

  add(line: number, input: string): void {
    this.entries.push({ line, input, output: null });
    if (this.entries.length > longest) this.entries.shift();
  }

  /** The result of cell `line`, as text. */
  result(line: number, output: string): void {
    const entry = this.entries.findLast((each) => each.line === line);
    if (entry) entry.output = output;
  }

  /** The content of a history_reply. */
  reply(request: Content): Content {
    const found = this.find(request);
    const session = 1;
    const history = found.map(({ line, input, output }) => [
      session,
      line,
      request['output'] === true ? [input, output] : input,
    ]);
    return { status: 'ok', history };
  }

  private find({
    hist_access_type: access,
    session,
    start,
    stop,
    n,
    pattern,
    unique,
  }: Content): Entry[] {
    const count = typeof n === 'number' && n >= 0 ? Math.floor(n) : Infinity;
    if (access === 'range') {
      // 0 is the running session, negative ones count back from it; others than ours are gone.
      if (session !== undefined && session !== 0 && session !== 1) return [];
      const from = typeof start === 'number' ? start : 1;
      const to = typeof stop === 'number' ? stop : Infinity;
      return this.entries.filter(({ line }) => line >= from && line < to);
    }
    if (access === 'search') {
      const matcher = glob(typeof pattern === 'string' ? pattern : '*');
      const matches = this.entries.filter(({ input }) => matcher.test(input));
      return last(
        unique === true
          ? [...new Map(matches.map((entry) => [entry.input, entry])).values()]
          : matches,
        count,
      );
    }
    return last(this.entries, count);
  }
}

function last<T>(items: readonly T[], count: number): T[] {
  return items.slice(Math.max(0, items.length - count));
}

/** A file-name pattern with `*` and `?`, over the whole input. */
function glob(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '[^]*')
    .replace(/\?/g, '[^]');
  return new RegExp(`^${source}$`);
}
