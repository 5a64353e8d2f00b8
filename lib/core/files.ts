/** Files that are whole or not there: written beside their place under another name, then renamed. */
import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Writes a file with its folders. It is on the disk, and replaces an earlier one, when the promise
 * resolves; otherwise the earlier one stays, and nothing of the new one.
 *
 * @param parts one after the other.
 */
export async function writeWhole(
  file: string,
  parts: readonly (Uint8Array | string)[],
): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    const handle = await open(temporary, 'w');
    try {
      for (const part of parts) await handle.writeFile(part);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
