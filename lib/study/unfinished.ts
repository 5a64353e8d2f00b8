/** What a study has measured before it is whole, so that a stopped one goes on where it was. */
import { existsSync } from 'node:fs';
import { appendFile, mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import {
  appendResults,
  readResults,
  type Result,
  type ResultsOptions,
  type Settings,
} from '../measure/results';
import type { Figures } from './contestant';

/**
 * The finished turns of one study by one code. A turn covers its seed, or, where seeds do not matter,
 * all of the study's.
 */
export interface Unfinished {
  /** The turn's figures, and when they were kept where that is known. */
  find(contestant: string, covers: readonly number[]): Finished | undefined;
  /** Keeps a turn's figures on disk. */
  add(contestant: string, covers: readonly number[], figures: Figures): Promise<void>;
  /** Forgets all: the record is whole and in `results/`. */
  clear(): Promise<void>;
}

/** A turn that needs not be run again. */
export interface Finished {
  readonly figures: Figures;
  readonly time?: Date;
}

interface Line {
  readonly code: string;
  readonly contestant: string;
  readonly seed: number;
  readonly figures: Figures;
}

/**
 * @param code equal for what may be put together: of the hash of the code and the settings.
 * @param folder of the results; the file lies in `.dark-matter` within, which git ignores.
 */
export async function openUnfinished(
  name: string,
  code: string,
  folder: string,
): Promise<Unfinished> {
  const file = join(folder, '.dark-matter', `${name}.jsonl`);
  const text = existsSync(file) ? await readFile(file, 'utf8') : '';
  const lines = text.split('\n').flatMap((line) => parsed(line) ?? []);
  const finished = new Map<string, Figures>();
  const key = (contestant: string, seed: number): string => JSON.stringify([contestant, seed]);
  for (const line of lines)
    if (line.code === code) finished.set(key(line.contestant, line.seed), line.figures);
  return {
    find(contestant, [seed]) {
      const figures = finished.get(key(contestant, seed!));
      return figures && { figures };
    },
    async add(contestant, [seed], figures) {
      finished.set(key(contestant, seed!), figures);
      await mkdir(dirname(file), { recursive: true });
      // It begins with the line's end: one that a crash cut off takes no other with it.
      await appendFile(file, `\n${JSON.stringify({ code, contestant, seed, figures })}`);
    },
    clear: () => rm(file, { force: true }),
  };
}

/**
 * The same, kept in `results/` itself: a line a turn, written at once and as a whole. A study of hours
 * that is killed has lost nothing but the turn that it was in, and what it has measured can be read.
 */
export async function openTurns(
  head: Pick<Result, 'notebook' | 'budget'> & { readonly settings: Settings },
  options: Required<ResultsOptions>,
): Promise<Unfinished> {
  const lines = (await readResults(head.notebook, options)).filter(
    ({ codeHash, budget, settings = {} }) =>
      codeHash === options.codeHash &&
      budget === head.budget &&
      isDeepStrictEqual(settings, head.settings),
  );
  return {
    find(contestant, covers) {
      // Measured twice, the later one holds, as in `newestRecord`.
      const line = lines.findLast(
        ({ seeds, figures }) =>
          contestant in figures && covers.every((seed) => seeds.includes(seed)),
      );
      if (!line) return undefined;
      const at = line.seeds.indexOf(covers[0]!);
      const values = Object.entries(line.figures[contestant]!);
      const figures = values.map(([figure, all]) => [figure, all[at] ?? all[0]!] as const);
      return { figures: Object.fromEntries(figures), time: new Date(line.time) };
    },
    async add(contestant, covers, figures) {
      const values = Object.entries(figures).map(([figure, value]) => [figure, [value]]);
      const row = { [contestant]: Object.fromEntries(values) as Record<string, number[]> };
      lines.push(await appendResults({ ...head, seeds: covers, figures: row }, options));
    },
    clear: async () => {},
  };
}

/** A line, unless a crash cut it off. */
function parsed(line: string): Line | undefined {
  try {
    return JSON.parse(line) as Line;
  } catch {
    return undefined;
  }
}
