/** The door to a folder: a sentence where there is none. */
import { existsSync } from 'node:fs';
import { opendir, realpath, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/**
 * The real path of a folder that can be read.
 *
 * @throws where nothing is there (naming the nearest folder that is), where it is a file, or where
 * there is no permission.
 */
export async function openFolder(path: string): Promise<string> {
  if (typeof path !== 'string' || path === '')
    throw new Error(`path: ${JSON.stringify(path)} given, the path of a folder expected`);
  const absolute = resolve(path);
  try {
    const stats = await stat(absolute);
    if (!stats.isDirectory())
      throw new Error(
        `path: ${absolute} is a file, a folder of pictures expected; its folder is ${dirname(absolute)}`,
      );
    // To try is the one sure way to know.
    await (await opendir(absolute)).close();
    return await realpath(absolute);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EACCES' || code === 'EPERM')
      throw new Error(`path: no permission to read ${absolute}`, { cause: error });
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new Error(
        `path: there is no folder ${absolute}; the nearest that exists is ${nearest(absolute)}`,
        { cause: error },
      );
    throw error;
  }
}

function nearest(path: string): string {
  let folder = dirname(path);
  while (!existsSync(folder) && folder !== dirname(folder)) folder = dirname(folder);
  return folder;
}
