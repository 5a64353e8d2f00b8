/**
 * Results that were measured, kept in files: one line of JSON a run, in `results/NOTEBOOK.jsonl`
 * beside the library. Tables elsewhere are read from there; nobody retypes a figure.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { engine, tf } from '../core/engine';
import { alone, writeWhole } from '../core/files';
import { hashOfCode, library, resultsFolder, textOf, writable } from './resultFiles';

/** What a run measured. */
export interface Result {
  /** The notebook's file name without its ending: '06-contrastive'. */
  readonly notebook: string;
  readonly budget: 'quick' | 'full';
  readonly seeds: readonly number[];
  /**
   * By method (or whatever makes a row), then by figure: one value a seed, in the order of `seeds`,
   * or a single one for what has no seed. `{ SimCLR: { '20-NN, %': [96.1, 96.4] }, 'raw pixels': {
   * '20-NN, %': [94.0] } }`
   */
  readonly figures: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;
  /**
   * The knobs that are not in the code: steps, batch, whatever `-p` may change. Records differ
   * where these do.
   */
  readonly settings?: Settings;
}

/** Knobs by name. */
export type Settings = Readonly<Record<string, string | number | boolean>>;

/** A result, and what it was measured with. */
export interface ResultRecord extends Result {
  /** ISO 8601, when it was written. */
  readonly time: string;
  readonly versions: {
    readonly library: string;
    readonly node: string;
    readonly tfjs: string;
    readonly engine: string;
  };
  /**
   * Of the library's sources and the notebook's code cells, 16 hexadecimal digits: equal for equal
   * code.
   */
  readonly codeHash: string;
}

export interface ResultsOptions {
  /**
   * Where the files are. Default: what DARK_MATTER_RESULTS names, as a sweep does for each of its
   * runs; else `results`, beside the library's own folder.
   */
  readonly folder?: string;
  /**
   * What the record says made it. Default: `hashOfCode`, of the library's sources and the
   * notebook's code cells.
   */
  readonly codeHash?: string;
}

/**
 * Whether a notebook's figures are to be kept: the full budget's always, and whatever a sweep runs,
 * which names the place for them in DARK_MATTER_RESULTS. Ask before the claims, so that a claim
 * that fails does not take what was measured with it.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { measure } from 'dark-matter';
 * assert.equal(measure.keepsResults('full'), true);
 * ```
 */
export const keepsResults = (budget: Result['budget']): boolean =>
  writable && (budget === 'full' || process.env['DARK_MATTER_RESULTS'] !== undefined);

/**
 * Adds a result to its notebook's file, and says what was written. The file is replaced as a whole:
 * a reader sees the line or does not, and a crash leaves what was there. Processes that add at the
 * same time wait for each other.
 *
 * @throws where a figure is not finite, or has neither one value nor one a seed.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { mkdtempSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { measure } from 'dark-matter';
 * const folder = mkdtempSync(join(tmpdir(), 'dark-matter-'));
 * const result = {
 *   notebook: 'mine',
 *   budget: 'quick',
 *   seeds: [0, 1],
 *   figures: { SimCLR: { 'linear, %': [96, 97] } },
 * } as const;
 * await measure.appendResults(result, { folder });
 * assert.equal((await measure.readResults('mine', { folder })).length, 1);
 * ```
 */
export async function appendResults(
  result: Result,
  options: ResultsOptions = {},
): Promise<ResultRecord> {
  const { notebook, budget, seeds, figures, settings } = result;
  if (!/^[\w-]+$/.test(notebook))
    throw new Error(`notebook: '${notebook}' given, letters, digits, - and _ expected`);
  if (seeds.length === 0) throw new Error('seeds: none given, at least one expected');
  for (const [row, columns] of Object.entries(figures)) {
    for (const [name, values] of Object.entries(columns)) {
      if (values.length !== 1 && values.length !== seeds.length) {
        throw new Error(
          `figures['${row}']['${name}']: ${values.length} values given, ${seeds.length} expected, one a seed, or a single one`,
        );
      }
      const bad = values.find((value) => !Number.isFinite(value));
      if (bad !== undefined)
        throw new Error(`figures['${row}']['${name}']: ${bad} given, finite numbers expected`);
    }
  }
  const record: ResultRecord = {
    notebook,
    budget,
    seeds,
    figures,
    ...(settings && { settings }),
    time: new Date().toISOString(),
    versions: await versions(),
    codeHash: options.codeHash ?? (await hashOfCode(notebook)),
  };
  const file = fileOf(notebook, options);
  await alone(file, async () => {
    const earlier = (await textOf(file)) ?? '';
    await writeWhole(file, [earlier, `${JSON.stringify(record)}\n`]);
  });
  return record;
}

/**
 * A notebook's results, the earliest first; none where there is no file.
 *
 * @throws where a line is not JSON, naming it.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { measure } from 'dark-matter';
 * // What the repository's own notebooks recorded.
 * const records = await measure.readResults('06-contrastive');
 * assert.ok(records.every(({ figures }) => Object.keys(figures).length > 0));
 * ```
 */
export async function readResults(
  notebook: string,
  options: ResultsOptions = {},
): Promise<ResultRecord[]> {
  const file = fileOf(notebook, options);
  return jsonLines<ResultRecord>(file, (await textOf(file)) ?? '');
}

/** @throws where a line is not JSON, naming it. */
export function jsonLines<T>(file: string, text: string): T[] {
  return text.split('\n').flatMap((line, i) => {
    if (line === '') return [];
    try {
      return [JSON.parse(line) as T];
    } catch {
      throw new Error(`${file}: line ${i + 1} is not JSON: ${line.slice(0, 60)}`);
    }
  });
}

const fileOf = (notebook: string, options: ResultsOptions): string =>
  join(resultsFolder(options), `${notebook}.jsonl`);

async function versions(): Promise<ResultRecord['versions']> {
  const { version } = JSON.parse(await readFile(join(library(), 'package.json'), 'utf8')) as {
    version: string;
  };
  return { library: version, node: process.versions.node, tfjs: tf.version.tfjs, engine };
}

/**
 * The name of a record that is one of several of a notebook: the notebook's, then what
 * distinguishes this one, a study of its own or another data set.
 *
 * @param parts undefined ones are left out.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { measure } from 'dark-matter';
 *
 * assert.equal(measure.recordName('06-contrastive', 'race', undefined), '06-contrastive-race');
 * ```
 */
export const recordName = (notebook: string, ...parts: readonly (string | undefined)[]): string =>
  [notebook, ...parts].filter((part) => part !== undefined).join('-');
