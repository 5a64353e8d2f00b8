/**
 * A run's losses on the disk, beside its checkpoints: what a training had shown can be read again
 * after its tab or its process is gone.
 *
 * `history.jsonl` has a step a line: `{"step":0,"loss":2.31,"metrics":{"energy":0.8}}`; a number
 * that is not finite is null.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listRuns } from './checkpoint';
import type { History } from './history';
import { writeWhole } from '../core/files';

const NAME = 'history.jsonl';

interface Line {
  readonly step: number;
  readonly loss: number | null;
  readonly metrics: Readonly<Record<string, number | null>>;
}

/**
 * The losses and metrics that `train` wrote beside its checkpoints, also while it still runs, or
 * after it was ended: those of all steps, the resumed ones included.
 *
 * @param from `checkpoint.dir` of the training, or one run's folder in it.
 * @throws when there is no `history.jsonl`, or when the folder holds several runs, naming them.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { mkdtempSync, writeFileSync } from 'node:fs';
 * import { loadHistory } from 'dark-matter';
 *
 * const folder = mkdtempSync('/tmp/history-');
 * writeFileSync(`${folder}/history.jsonl`, '{"step":0,"loss":2.5,"metrics":{"energy":1}}\n');
 * assert.deepEqual((await loadHistory(folder)).loss, [2.5]);
 * ```
 */
export async function loadHistory(from: string): Promise<History> {
  const lines = (await readLines(from)) ?? (await readLines(await onlyRun(from)));
  if (!lines) throw new Error(`loadHistory: no ${NAME} in ${from}`);
  const names = Object.keys(lines[0]?.metrics ?? {});
  return {
    step: lines.map(({ step }) => step),
    loss: lines.map(({ loss }) => loss ?? NaN),
    metrics: Object.fromEntries(
      names.map((name) => [name, lines.map(({ metrics }) => metrics[name] ?? NaN)]),
    ),
  };
}

async function onlyRun(from: string): Promise<string> {
  const runs = await listRuns(from);
  if (runs.length === 1) return runs[0]!;
  throw new Error(
    runs.length === 0
      ? `loadHistory: no ${NAME} in ${from}`
      : `loadHistory: ${from} holds ${runs.length} runs, one of them expected: ${runs.join(', ')}`,
  );
}

async function readLines(folder: string): Promise<Line[] | undefined> {
  const text = await readFile(join(folder, NAME), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return text
    ?.split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);
}

/** Writes a run's history, again and again; each time whole, so that a reader sees no half a line. */
export class HistoryFile {
  private constructor(
    private readonly folder: string,
    /** What was there of the steps before `first`. */
    private readonly earlier: readonly Line[],
    private readonly lines: string[] = [],
  ) {}

  /** @param resumed the run's folder that the training goes on from, with the steps before `first`. */
  static async open(
    folder: string,
    resumed: { readonly folder: string; readonly first: number } | undefined,
  ): Promise<HistoryFile> {
    const there = resumed ? ((await readLines(resumed.folder)) ?? []) : [];
    return new HistoryFile(
      folder,
      there.filter(({ step }) => step < (resumed?.first ?? 0)),
    );
  }

  async write(history: History): Promise<void> {
    for (let i = this.lines.length; i < history.step.length; i++)
      this.lines.push(JSON.stringify(lineOf(history, i)));
    const all = [...this.earlier.map((line) => JSON.stringify(line)), ...this.lines];
    await writeWhole(join(this.folder, NAME), [all.map((line) => `${line}\n`).join('')]);
  }
}

const lineOf = ({ step, loss, metrics }: History, i: number): Line => ({
  step: step[i]!,
  loss: loss[i]!,
  metrics: Object.fromEntries(Object.entries(metrics).map(([name, values]) => [name, values[i]!])),
});
