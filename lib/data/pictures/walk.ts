/** The files of a folder and of the folders in it. */
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { mapAtOnce } from './atOnce';
import { naturalOrder } from './order';

export interface FoundFile {
  /** Relative to the folder, with `/` between its parts on every system. */
  readonly file: string;
  /**
   * Changes when the contents do: size, time of modification, and time of change (which programs
   * that unpack or copy files cannot set back).
   */
  readonly stamp: string;
}

/** What could not be looked at, and why. */
export interface Unreadable {
  readonly file: string;
  readonly reason: string;
}

export interface Walk {
  readonly found: readonly FoundFile[];
  readonly unreadable: readonly Unreadable[];
}

/** A file as its folder names it. */
interface Entry {
  readonly file: string;
  /** Where it lies; not yet known of a link. */
  readonly real?: string;
}

/** How many files are asked for their size at once. */
const AT_ONCE = 32;

/**
 * All visible files below `root`, in natural order.
 *
 * Hidden ones, whose name or whose folder's name begins with a dot, are passed over. Links are
 * followed. Every folder and every file is taken once, however many links lead to it, so that a
 * link to a folder above does no harm; its own place goes before a link's.
 *
 * @param root a real path: absolute, without links.
 */
export async function walk(root: string, signal?: AbortSignal): Promise<Walk> {
  const unreadable: Unreadable[] = [];
  const visited = new Set<string>();
  /** In the order in which they may be taken: what lies in its own place first. */
  const entries: Entry[] = [];
  let folders = [''];
  while (folders.length > 0) {
    const links: string[] = [];
    for (let next = 0; next < folders.length; next++) {
      const folder = folders[next]!;
      signal?.throwIfAborted();
      try {
        const real = await realpath(join(root, folder));
        if (visited.has(real)) continue;
        visited.add(real);
        for (const entry of await readdir(real, { withFileTypes: true })) {
          if (entry.name.startsWith('.')) continue;
          const file = folder === '' ? entry.name : `${folder}/${entry.name}`;
          if (entry.isDirectory()) folders.push(file);
          else if (entry.isSymbolicLink()) links.push(file);
          else entries.push({ file, real: join(real, entry.name) });
        }
      } catch (error) {
        if (folder === '') throw error;
        unreadable.push({ file: `${folder}/`, reason: whyUnreadable(error) });
      }
    }
    // Where the links lead, when all that is reached without them has been seen.
    folders = [];
    for (const file of links.sort(naturalOrder)) {
      const target = await stat(join(root, file)).catch(() => undefined);
      if (target?.isDirectory()) folders.push(file);
      else entries.push({ file });
    }
  }
  const found = new Map<string, FoundFile>();
  const looked = await mapAtOnce(entries, AT_ONCE, (entry) => look(root, entry));
  for (const result of looked) {
    if ('reason' in result) unreadable.push(result);
    else if (result.isFile && !found.has(result.real)) found.set(result.real, result);
  }
  return {
    found: Array.from(found.values(), ({ file, stamp }) => ({ file, stamp })).sort(byName),
    unreadable: unreadable.sort(byName),
  };
}

const byName = (a: { readonly file: string }, b: { readonly file: string }): number =>
  naturalOrder(a.file, b.file);

async function look(
  root: string,
  { file, real: known }: Entry,
): Promise<Unreadable | (FoundFile & { readonly real: string; readonly isFile: boolean })> {
  try {
    const real = known ?? (await realpath(join(root, file)));
    const stats = await stat(real, { bigint: true });
    const stamp = `${stats.size}-${stats.mtimeNs}-${stats.ctimeNs}`;
    return { file, real, isFile: stats.isFile(), stamp };
  } catch (error) {
    return { file, reason: whyUnreadable(error) };
  }
}

/** Why the system refused, in words. */
export function whyUnreadable(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EACCES' || code === 'EPERM') return 'no permission to read it';
  if (code === 'ELOOP') return 'a link that leads to itself';
  if (code === 'ENOENT')
    return 'not there: a link that leads nowhere, or removed meanwhile, or its name is not UTF-8';
  return `it cannot be read (${message})`;
}
