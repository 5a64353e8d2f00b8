/**
 * What a study has measured before it is whole, so that a stopped one goes on where it was, and two
 * runs of it share the turns.
 */
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
import { openClaims } from './claims';
import type { Figures } from './contestant';

/**
 * The finished turns of one study by one code. A turn covers its seed, or, where seeds do not matter,
 * all of the study's.
 */
export interface Unfinished {
  /** Begins; `leave` or `clear` ends it. */
  enter(): Promise<void>;
  /** The turn's figures, and when they were kept where that is known. Another run may have made them. */
  find(contestant: string, covers: readonly number[]): Promise<Finished | undefined>;
  /** Whether the turn is this run's from now on; false where another run is in it. */
  claim(contestant: string, covers: readonly number[]): Promise<boolean>;
  /** Keeps a turn's figures on disk. */
  add(contestant: string, covers: readonly number[], figures: Figures): Promise<void>;
  /** Gives back what was claimed and not added. */
  leave(): Promise<void>;
  /** Forgets all: the record is whole and in `results/`. The last of several runs does. */
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
export function openUnfinished(name: string, code: string, folder: string): Unfinished {
  const file = join(folder, '.dark-matter', `${name}.jsonl`);
  const { shared, give, isLast } = sharing(folder, name, code);
  return {
    ...shared,
    async find(contestant, [seed]) {
      const text = existsSync(file) ? await readFile(file, 'utf8') : '';
      const lines = text.split('\n').flatMap((line) => parsed(line) ?? []);
      return lines.findLast(
        (line) => line.code === code && line.contestant === contestant && line.seed === seed,
      );
    },
    async add(contestant, covers, figures) {
      const [seed] = covers;
      await mkdir(dirname(file), { recursive: true });
      // It begins with the line's end: one that a crash cut off takes no other with it.
      await appendFile(file, `\n${JSON.stringify({ code, contestant, seed, figures })}`);
      await give(contestant, covers);
    },
    async clear() {
      if (await isLast()) await rm(file, { force: true });
    },
  };
}

/**
 * The same, kept in `results/` itself: a line a turn, written at once and as a whole. A study of hours
 * that is killed has lost nothing but the turn that it was in, and what it has measured can be read.
 */
export function openTurns(
  head: Pick<Result, 'notebook' | 'budget'> & { readonly settings: Settings },
  code: string,
  options: Required<ResultsOptions>,
): Unfinished {
  const { folder, codeHash } = options;
  const { shared, give } = sharing(folder, head.notebook, code);
  return {
    ...shared,
    async find(contestant, covers) {
      // Measured twice, the later one holds, as in `newestRecord`.
      const line = (await readResults(head.notebook, options)).findLast(
        ({ seeds, figures, settings = {}, ...of }) =>
          of.codeHash === codeHash &&
          of.budget === head.budget &&
          contestant in figures &&
          covers.every((seed) => seeds.includes(seed)) &&
          isDeepStrictEqual(settings, head.settings),
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
      await appendResults({ ...head, seeds: covers, figures: row }, options);
      await give(contestant, covers);
    },
    clear: shared.leave,
  };
}

/** The turns of one study by one code, shared with other runs of it. */
function sharing(folder: string, name: string, code: string) {
  const claims = openClaims(join(folder, '.dark-matter', `${name}-${code}.claims`));
  type Of = readonly [contestant: string, covers: readonly number[]];
  const turn = (...[contestant, [seed]]: Of): string => `${contestant}, ${seed}`;
  return {
    shared: {
      enter: claims.enter,
      claim: (...of: Of): Promise<boolean> => claims.take(turn(...of)),
      leave: async (): Promise<void> => void (await claims.leave()),
    },
    give: (...of: Of): Promise<void> => claims.give(turn(...of)),
    /** Leaves, and tells whether no other run is there. */
    isLast: claims.leave,
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
