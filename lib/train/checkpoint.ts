/** Checkpoints: a whole training's tensors in one file a checkpoint, named after the step. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { loadLike, save, type Metadata } from './safetensors';

const NAME = /^step-(\d+)\.safetensors$/;

/** The checkpoints of a folder, earliest first; none where the folder does not exist. */
export async function listCheckpoints(
  dir: string,
): Promise<{ readonly step: number; readonly file: string }[]> {
  const names = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names
    .flatMap((name) => {
      const match = NAME.exec(name);
      return match ? [{ step: Number(match[1]), file: join(dir, name) }] : [];
    })
    .sort((a, b) => a.step - b.step);
}

/**
 * Saves a tree as the checkpoint of a step, and removes all but the latest `keep`.
 *
 * @returns the file's path.
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
  const all = await listCheckpoints(dir);
  for (const old of all.slice(0, Math.max(0, all.length - keep)))
    await rm(old.file, { force: true });
  return file;
}

/**
 * Loads a checkpoint into the structure of `like`. The caller owns the result.
 *
 * @param from a file, or a folder: then its latest checkpoint.
 * @throws when there is none, or when it differs from `like`, naming the path.
 */
export async function loadCheckpoint<T>(
  from: string,
  like: T,
): Promise<{ tree: T; metadata: Metadata; file: string }> {
  let file = from;
  if (!from.endsWith('.safetensors')) {
    const latest = (await listCheckpoints(from)).at(-1);
    if (!latest) throw new Error(`loadCheckpoint: no step-*.safetensors in ${from}`);
    file = latest.file;
  }
  return { ...(await loadLike(file, like)), file };
}
