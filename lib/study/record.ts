/** A study's figures as they were kept: never of two codes in one table, and honest about age. */
import { displaySymbol, type Displayable } from '../plot/display';
import { Spread } from '../plot/spread';
import { table, type Row } from '../plot/table';
import { hashOfCode } from '../measure/resultFiles';
import {
  readResults,
  type ResultRecord,
  type ResultsOptions,
  type Settings,
} from '../measure/results';
import { mean } from '../measure/statistics';

/** A row a contestant, a column a figure, and what may be said of where they come from. */
export interface StudyRecord extends Displayable {
  readonly name: string;
  readonly budget: 'quick' | 'full';
  readonly seeds: readonly number[];
  /** By contestant, by figure: one value a seed, or one where the seed does not matter. */
  readonly figures: ResultRecord['figures'];
  readonly settings: Settings;
  readonly codeHash: string;
  /** When the last of its figures was kept. */
  readonly date: Date;
  /** Whether the library or the notebook's code is another now. */
  readonly changed: boolean;
  /** Settings that the run which shows it has otherwise: their names, and what that run has. */
  readonly differs: Settings;
  /** 'Measured 2026-11-26, mean ± standard deviation of 5 seeds (0, 1, 2, 3, 4). ...' */
  readonly note: string;
  /**
   * 'Measured 2026-11-26, 5 seeds (0, 1, 2, 3, 4).': the note without how its table is read, for
   * tables of what was computed from all seeds together.
   */
  readonly source: string;
  /** The values of a figure, one a seed. @throws where there is none, naming those there are. */
  values(contestant: string, figure: string): readonly number[];
  /** Their mean. */
  mean(contestant: string, figure: string): number;
  /** A row a contestant, cells of mean and deviation: for `frame` and `plot.table`. */
  rows(options?: RowsOptions): Row[];
  /** A row a contestant and seed, cells of plain numbers: for `frame`, `groupby` and CSV. */
  runs(): Row[];
}

export interface RowsOptions {
  /** The name of the first column. Default 'contestant'. */
  readonly label?: string;
  /** Figures to show, in this order. Default all. */
  readonly figures?: readonly string[];
  /** Contestants to show, in this order. Default all. */
  readonly contestants?: readonly string[];
  /** Which mean of a figure is best. Default: the greatest of those in %, and none of others. */
  readonly better?: Readonly<Record<string, 'max' | 'min'>>;
}

/** What a record is made of. */
type Parts = Pick<
  StudyRecord,
  'name' | 'budget' | 'seeds' | 'figures' | 'settings' | 'codeHash' | 'date' | 'changed' | 'differs'
>;

/**
 * A record of figures, to be shown and compared.
 *
 * @param given figures by contestant and name, one value a seed, and the seeds; what is left out is
 * taken as measured now by unnamed code.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { studyRecord } from 'dark-matter';
 *
 * const record = studyRecord({ seeds: [0, 1], figures: { SimCLR: { 'linear, %': [97, 98] } } });
 * assert.equal(record.mean('SimCLR', 'linear, %'), 97.5);
 * ```
 */
export function studyRecord(given: Pick<Parts, 'figures' | 'seeds'> & Partial<Parts>): StudyRecord {
  const { figures, seeds } = given;
  const parts: Parts = {
    name: '',
    budget: 'quick',
    settings: {},
    codeHash: '',
    date: new Date(),
    changed: false,
    differs: {},
    ...given,
  };
  const record: StudyRecord = {
    ...parts,
    note: noteOf(parts),
    source: sourceOf(parts),
    values(contestant, figure) {
      return pick(pick(figures, 'contestant', contestant), 'figure', figure);
    },
    mean: (contestant, figure) => mean(record.values(contestant, figure)),
    rows: (options = {}) => rowsOf(figures, options),
    runs: () =>
      Object.entries(figures).flatMap(([contestant, row]) => {
        const n = Math.max(...Object.values(row).map((values) => values.length));
        return Array.from({ length: n }, (_, i) => ({
          contestant,
          seed: n === seeds.length ? seeds[i]! : null,
          ...Object.fromEntries(
            Object.entries(row).map(([figure, values]) => [figure, values[i] ?? null]),
          ),
        }));
      }),
    [displaySymbol]: () => table(record.rows(), { caption: record.note })[displaySymbol](),
  };
  return record;
}

function rowsOf(figures: Parts['figures'], options: RowsOptions): Row[] {
  const { label = 'contestant', better = {} } = options;
  const contestants = options.contestants ?? Object.keys(figures);
  const names = options.figures ?? [
    ...new Set(contestants.flatMap((name) => Object.keys(figures[name] ?? {}))),
  ];
  return contestants.map((name) => {
    const row = pick(figures, 'contestants', name);
    const cells = names.map((figure) => {
      const values = row[figure];
      const goal = better[figure] ?? (figure.endsWith('%') ? ('max' as const) : undefined);
      return [figure, values ? new Spread(values, goal) : null];
    });
    return { [label]: name, ...Object.fromEntries(cells) } as Row;
  });
}

const noteOf = (parts: Parts): string =>
  parts.seeds.length === 1
    ? sourceOf(parts)
    : told(
        parts,
        `mean ± standard deviation of ${seedsOf(parts)}; a figure without ± was measured once`,
      );

const sourceOf = (parts: Parts): string => told(parts, seedsOf(parts));

const seedsOf = ({ seeds }: Parts): string =>
  seeds.length === 1 ? `one seed (${seeds[0]})` : `${seeds.length} seeds (${seeds.join(', ')})`;

const told = (parts: Parts, over: string): string =>
  [
    `Measured ${parts.date.toISOString().slice(0, 10)}, ${over}.`,
    parts.changed && 'The code has changed since.',
    Object.keys(parts.differs).length > 0 && `Other settings here: ${differencesOf(parts)}.`,
  ]
    .filter(Boolean)
    .join(' ');

/**
 * 'hide "everywhere" (measured with "itself")': three of them at most, and how many more. What
 * several contestants have alike is said once: 'steps 80 (measured with 960) of 8 contestants'.
 */
function differencesOf({ settings, differs }: Parts): string {
  const byText = new Map<string, string[]>();
  for (const [knob, here] of Object.entries(differs)) {
    const values = `${JSON.stringify(here)} (measured with ${JSON.stringify(settings[knob])})`;
    const text = `${knob.replace(/^.*: /, '')} ${values}`;
    byText.set(text, [...(byText.get(text) ?? []), `${knob} ${values}`]);
  }
  const all = [...byText].map(([text, alike]) =>
    alike.length === 1 ? alike[0]! : `${text} of ${alike.length} contestants`,
  );
  const more = all.length - 3;
  return [...all.slice(0, 3), ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

function pick<T>(of: Readonly<Record<string, T>>, what: string, name: string): T {
  if (Object.hasOwn(of, name)) return of[name]!;
  throw new Error(`${what}: '${name}' given, one of ${Object.keys(of).join(' | ')} expected`);
}

export interface NewestRecordOptions extends ResultsOptions {
  /** Default 'full'. */
  readonly budget?: 'quick' | 'full';
  /** Seeds it must have at least. Default 5. */
  readonly seeds?: number;
  /** Contestants it must have. Default: any. */
  readonly contestants?: readonly string[];
  /** Settings it must have been made with, those named here. Default: any. */
  readonly settings?: Settings;
  /** The settings of the run that shows it: the note names those that differ. Default: none. */
  readonly beside?: Settings;
}

/**
 * The newest whole record of a study in `results/`: made by one code with one set of settings, all
 * its contestants with all its seeds. Lines of equal code are put together (a seed or a few
 * contestants a line); lines of different code never are.
 *
 * @param name the notebook's file name without its ending.
 * @returns undefined where there is none.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { newestRecord } from 'dark-matter';
 *
 * assert.equal(await newestRecord('99-nothing-measured'), undefined);
 * ```
 */
export async function newestRecord(
  name: string,
  options: NewestRecordOptions = {},
): Promise<StudyRecord | undefined> {
  const { budget = 'full', seeds = 5, contestants = [], settings = {} } = options;
  const lines = (await readResults(name, options)).filter(
    (line) =>
      line.budget === budget &&
      Object.entries(settings).every(([knob, value]) => line.settings?.[knob] === value),
  );
  const byCode: Record<string, ResultRecord[]> = {};
  for (const line of lines)
    (byCode[JSON.stringify([line.codeHash, line.settings ?? {}])] ??= []).push(line);
  const whole = Object.values(byCode)
    .flatMap((ofOneCode) => merge(ofOneCode) ?? [])
    .filter(
      (record) =>
        record.seeds.length >= seeds &&
        contestants.every((contestant) => contestant in record.figures),
    )
    .sort((a, b) => a.date.getTime() - b.date.getTime())
    .at(-1);
  if (!whole) return undefined;
  const now = options.codeHash ?? (await hashOfCode(name));
  const differs = differing(whole.settings, options.beside ?? {});
  return studyRecord({ ...whole, differs, changed: whole.codeHash !== now });
}

/** Of the second settings those that the first have too, with another value. */
const differing = (kept: Settings, here: Settings): Settings =>
  Object.fromEntries(
    Object.entries(here).filter(([knob, value]) => knob in kept && kept[knob] !== value),
  );

type Merged = Omit<Parts, 'changed' | 'differs'>;

/** The values of a figure by seed; 'any' is the one of a figure that has a single value. */
type ValuesBySeed = Map<number | 'any', number>;

/**
 * Lines of one code as one record, with the seeds that all its figures have: a study that keeps each
 * turn has one that is not whole yet. Where a seed was measured twice the later one holds. Undefined
 * where no seed is whole.
 */
function merge(lines: readonly ResultRecord[]): Merged | undefined {
  const all = collected(lines);
  const seeds = [...new Set(lines.flatMap((line) => line.seeds))]
    .filter((seed) =>
      Object.values(all)
        .flatMap((row) => Object.values(row))
        .every((bySeed) => bySeed.has(seed) || bySeed.has('any')),
    )
    .sort((a, b) => a - b);
  if (seeds.length === 0) return undefined;
  const figures: Record<string, Record<string, number[]>> = {};
  for (const [contestant, row] of Object.entries(all)) {
    for (const [figure, bySeed] of Object.entries(row)) {
      const own = seeds.flatMap((seed) => bySeed.get(seed) ?? []);
      (figures[contestant] ??= {})[figure] =
        own.length === seeds.length ? own : [bySeed.get('any')!];
    }
  }
  const { notebook: name, budget, settings = {}, codeHash, time } = lines.at(-1)!;
  return { name, budget, seeds, figures, settings, codeHash, date: new Date(time) };
}

function collected(lines: readonly ResultRecord[]): Record<string, Record<string, ValuesBySeed>> {
  const all: Record<string, Record<string, ValuesBySeed>> = {};
  for (const { seeds, figures } of lines) {
    for (const [contestant, row] of Object.entries(figures)) {
      for (const [figure, values] of Object.entries(row)) {
        const cell = ((all[contestant] ??= {})[figure] ??= new Map<number | 'any', number>());
        const bySeed = values.length === seeds.length;
        values.forEach((value, i) => cell.set(bySeed ? seeds[i]! : 'any', value));
      }
    }
  }
  return all;
}
