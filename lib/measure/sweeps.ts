/**
 * What sweeps measured, read back: one line of JSON a run, in `results/sweeps/NOTEBOOK.jsonl`
 * beside the library.
 */
import { dirname, join } from 'node:path';
import { library, textOf } from './resultFiles';
import { jsonLines } from './results';

/** A run of a sweep. */
export interface SweepRun {
  /**
   * Of the notebook's code, the library and the parameters: equal for runs that measure the same.
   */
  readonly key: string;
  /** The notebook's file name without its ending. */
  readonly notebook: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly status: 'passed' | 'failed' | 'timeout';
  /** Of the whole run, the kernel's start included. */
  readonly seconds: number;
  /**
   * What the notebook recorded last with `appendResults`, also before a claim that failed: by row,
   * by name, a value a seed. Empty where it recorded nothing.
   */
  readonly figures: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;
  /** The first failed cell's error, on one line. */
  readonly error: string | null;
}

/**
 * A measured value, with the parameters of its run beside it: a row of a data frame or of a chart's
 * data.
 */
export type SweepValue = {
  readonly notebook: string;
  /** Of the run: what was measured before a claim failed is measured all the same. */
  readonly status: SweepRun['status'];
  readonly row: string;
  readonly figure: string;
  readonly value: number;
} & Readonly<Record<string, string | number | boolean>>;

/**
 * A notebook's runs, the oldest first; none where there is no file.
 *
 * @param options.folder where the files are; by default `results/sweeps`, beside the library's own
 * folder.
 * @throws where a line is not JSON, naming it.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { measure } from 'dark-matter';
 * // Nobody has swept this one.
 * assert.deepEqual(await measure.readSweep('no-such-notebook'), []);
 * ```
 */
export async function readSweep(
  notebook: string,
  { folder = join(dirname(library()), 'results', 'sweeps') }: { readonly folder?: string } = {},
): Promise<SweepRun[]> {
  const file = join(folder, `${notebook}.jsonl`);
  return jsonLines<SweepRun>(file, (await textOf(file)) ?? '');
}

/**
 * Runs in long form, a row a value; what `new DataFrame(...)` of danfojs and `plot.table` take. A
 * run that failed is there with the figures that it had recorded, marked by its status. One that
 * passed also has a row for its seconds, named `seconds`. A parameter that is no plain value, such
 * as a list, is written as JSON.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { measure } from 'dark-matter';
 * const runs = await measure.readSweep('06-contrastive');
 * // A row a value, for a data frame.
 * assert.ok(measure.sweepValues(runs).length >= runs.length);
 * ```
 */
export function sweepValues(runs: readonly SweepRun[]): SweepValue[] {
  return runs.flatMap(({ notebook, parameters, status, figures, seconds }) => {
    const plain = Object.fromEntries(
      Object.entries(parameters).map(([name, value]) => [name, plainOf(value)]),
    );
    const run = { ...plain, notebook, status };
    const measured = Object.entries(figures).flatMap(([row, columns]) =>
      Object.entries(columns).flatMap(([figure, values]) =>
        values.map((value) => ({ ...run, row, figure, value })),
      ),
    );
    return status === 'passed'
      ? [...measured, { ...run, row: notebook, figure: 'seconds', value: seconds }]
      : measured;
  });
}

const plainOf = (value: unknown): string | number | boolean =>
  typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string'
    ? value
    : JSON.stringify(value);
