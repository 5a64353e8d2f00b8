/** Where a training goes on: which checkpoint, and whether it is this run's. */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { checkpointsIn, listRuns } from './checkpoint';
import { differences, type Identity } from './identity';
import { loadLike, type Metadata } from './safetensors';
import { writeWhole } from '../core/files';

/** A checkpoint that was loaded, and the run that it says it is of. */
export interface Resumed<T> {
  readonly tree: T;
  readonly file: string;
  readonly identity: Identity;
}

/**
 * The checkpoint to go on from: `from` itself, or, in a folder, the one written last of the run
 * that differs least from this one. Undefined where a folder has none.
 */
export async function findCheckpoint(
  from: string,
  identity: Identity,
): Promise<string | undefined> {
  if (from.endsWith('.safetensors')) return from;
  const candidates = await Promise.all(
    [from, ...(await listRuns(from))].map(async (folder) => {
      const latest = (await checkpointsIn(folder)).at(-1);
      const told = await readIdentity(folder);
      const distance = told ? differences(told, identity).length : Infinity;
      return latest && { ...latest, distance };
    }),
  );
  const found = candidates.filter((each) => each !== undefined);
  return found.sort((a, b) => a.distance - b.distance || b.written - a.written)[0]?.file;
}

/**
 * Loads a checkpoint into the structure of `like`.
 *
 * @throws when it does not fit: of another run, saying what differs, or with other tensors.
 */
export async function loadRun<T>(file: string, like: T, here: Identity): Promise<Resumed<T>> {
  const told = await readIdentity(dirname(file));
  try {
    const loaded = await loadLike(file, like);
    return { tree: loaded.tree, file, identity: identityIn(loaded.metadata) };
  } catch (error) {
    const found = told ? differences(told, here) : [];
    throw found.length > 0 ? new Error(`${refusal(file, found)}.`, { cause: error }) : error;
  }
}

/** @throws when the checkpoint is another run's, saying what differs and what to do. */
export function expectSameRun({ file, identity }: Resumed<unknown>, here: Identity): void {
  const found =
    Object.keys(identity).length > 0
      ? differences(identity, here)
      : ['it does not say of which run it is'];
  if (found.length === 0) return;
  throw new Error(
    `${refusal(file, found)}. To go on from it all the same, say allowChanged: true; ` +
      'to begin anew, leave resume out, or name another folder.',
  );
}

const refusal = (file: string, found: readonly string[]): string =>
  `train: resume: ${file} is another run's: ${found.join('; ')}`;

const RUN = 'run';

/** How a checkpoint says whose it is. */
export const metadataOf = (identity: Identity): Metadata => ({ [RUN]: JSON.stringify(identity) });

function identityIn(metadata: Metadata): Identity {
  const text = metadata[RUN];
  return text === undefined ? {} : (JSON.parse(text) as Identity);
}

/** Writes what a run is into its folder, for people, and for finding it again. */
export async function writeIdentity(folder: string, identity: Identity): Promise<void> {
  await writeWhole(join(folder, 'run.json'), [`${JSON.stringify(identity, undefined, 2)}\n`]);
}

async function readIdentity(folder: string): Promise<Identity | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, 'run.json'), 'utf8')) as Identity;
  } catch {
    return undefined;
  }
}
