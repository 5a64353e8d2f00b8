/**
 * Checkpoints: a whole training's tensors in one file a checkpoint, named after the step. `train`
 * gives each run a folder of its own within the one that it is told, so that runs do not mix:
 *
 *     checkpoints/SimCLR-1a2b3c4d/run.json                    what the run is
 *                                 history.jsonl               its losses so far, a step a line
 *                                 step-00000500.safetensors   its checkpoints
 */
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { loadLike, save, type Metadata } from './safetensors';

const NAME = /^step-(\d+)\.safetensors$/;

/** A checkpoint's file, and when it was written (milliseconds since 1970). */
export interface Checkpoint {
  readonly step: number;
  readonly file: string;
  readonly written: number;
}

/**
 * The checkpoints in a folder, and in its runs' folders, by step; none where the folder does not
 * exist.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { mkdtempSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { listCheckpoints, saveCheckpoint, tf } from 'dark-matter';
 * const folder = mkdtempSync(join(tmpdir(), 'dark-matter-'));
 * for (const step of [10, 20]) await saveCheckpoint(folder, step, { w: tf.scalar(step) });
 * assert.deepEqual(
 *   (await listCheckpoints(folder)).map(({ step }) => step),
 *   [10, 20],
 * );
 * ```
 */
export async function listCheckpoints(dir: string): Promise<readonly Checkpoint[]> {
  const runs = await Promise.all((await listRuns(dir)).map(checkpointsIn));
  return [...(await checkpointsIn(dir)), ...runs.flat()].sort((a, b) => a.step - b.step);
}

/** The folders in `dir` that hold checkpoints, by name. */
export async function listRuns(dir: string): Promise<string[]> {
  const folders = (await entriesOf(dir)).filter((entry) => entry.isDirectory());
  const paths = folders.map(({ name }) => join(dir, name)).sort();
  const filled = await Promise.all(
    paths.map(async (path) => (await entriesOf(path)).some(({ name }) => NAME.test(name))),
  );
  return paths.filter((_, i) => filled[i]);
}

/** Those of one run, in the order in which they were written. */
export async function checkpointsIn(folder: string): Promise<Checkpoint[]> {
  const found = (await entriesOf(folder)).flatMap(({ name }) => {
    const match = NAME.exec(name);
    return match ? [{ step: Number(match[1]), file: join(folder, name) }] : [];
  });
  const dated = await Promise.all(
    found.map(async (each) => ({ ...each, written: (await stat(each.file)).mtimeMs })),
  );
  return dated.sort((a, b) => a.written - b.written || a.step - b.step);
}

async function entriesOf(dir: string) {
  return readdir(dir, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
}

/**
 * Saves a tree as the checkpoint of a step, and removes all in the same folder but the `keep`
 * written last: an older run's, of more steps, do not push the new ones out.
 *
 * @returns the file's path.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { mkdtempSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { loadCheckpoint, saveCheckpoint, tf } from 'dark-matter';
 * const folder = mkdtempSync(join(tmpdir(), 'dark-matter-'));
 * await saveCheckpoint(folder, 100, { w: tf.scalar(3) });
 * const { tree } = await loadCheckpoint(folder, { w: tf.scalar(0) });
 * assert.equal(tree.w.dataSync()[0], 3);
 * ```
 */
export async function saveCheckpoint(
  dir: string,
  step: number,
  value: unknown,
  options: { keep?: number; metadata?: Metadata } = {},
): Promise<string> {
  const file = join(dir, `step-${String(step).padStart(8, '0')}.safetensors`);
  await save(value, file, options.metadata);
  const { keep = Infinity } = options;
  const others = (await checkpointsIn(dir)).filter((each) => each.file !== file);
  for (const old of others.slice(0, Math.max(0, others.length + 1 - keep)))
    await rm(old.file, { force: true });
  return file;
}

/**
 * Loads a checkpoint into the structure of `like`. The caller owns the result.
 *
 * @param from a file, or a folder: then its checkpoint of the most steps.
 * @throws when there is none, when the folder holds several runs, or when it differs from `like`,
 * naming the path.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { mkdtempSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { loadCheckpoint, saveCheckpoint, tf } from 'dark-matter';
 * const folder = mkdtempSync(join(tmpdir(), 'dark-matter-'));
 * await saveCheckpoint(folder, 100, { w: tf.scalar(3) });
 * // The latest in a folder; its tensors must have the shapes of `like`.
 * const { tree } = await loadCheckpoint(folder, { w: tf.scalar(0) });
 * assert.equal(tree.w.dataSync()[0], 3);
 * ```
 */
export async function loadCheckpoint<T>(
  from: string,
  like: T,
): Promise<{ tree: T; metadata: Metadata; file: string }> {
  let file = from;
  if (!from.endsWith('.safetensors')) {
    const runs = await listRuns(from);
    if (runs.length > 1)
      throw new Error(
        `loadCheckpoint: ${from} holds ${runs.length} runs, one of them expected: ${runs.join(', ')}`,
      );
    const latest = (await listCheckpoints(from)).at(-1);
    if (!latest) throw new Error(`loadCheckpoint: no step-*.safetensors in ${from}`);
    file = latest.file;
  }
  return { ...(await loadLike(file, like)), file };
}
