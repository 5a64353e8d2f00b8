/**
 * The files on disk, parsed once for all who need them.
 *
 * Files under node_modules are taken not to change while the kernel lives; all others are looked at
 * each time.
 */
import { statSync } from 'node:fs';
import ts from 'typescript';

/** A parsed file carries the version it was parsed from; the language service compares it. */
export type VersionedFile = ts.SourceFile & { version: string };

export interface Disk {
  sourceFile(fileName: string): VersionedFile | undefined;
}

/** @param onChange hears that a file is new, or was edited or deleted since it was parsed */
export function createDisk(onChange: () => void): Disk {
  const parsed = new Map<string, VersionedFile>();
  return {
    sourceFile(fileName) {
      const known = parsed.get(fileName);
      const stable = fileName.includes('/node_modules/');
      if (known && stable) return known;
      const version = stable ? 'stable' : stamp(fileName);
      if (known && known.version === version) return known;
      if (known) onChange();
      const text = version === undefined ? undefined : ts.sys.readFile(fileName);
      if (text === undefined || version === undefined) {
        parsed.delete(fileName);
        return undefined;
      }
      const file = versioned(ts.createSourceFile(fileName, text, ts.ScriptTarget.ES2024), version);
      parsed.set(fileName, file);
      return file;
    },
  };
}

export function versioned(file: ts.SourceFile, version: string): VersionedFile {
  return Object.assign(file, { version });
}

/** Changes when a file does; undefined where there is none. */
function stamp(fileName: string): string | undefined {
  const stat = statSync(fileName, { throwIfNoEntry: false });
  return stat?.isFile() ? `${stat.mtimeMs}:${stat.size}` : undefined;
}
