/** Whether a file reads otherwise than it did. */
import { readFileSync, statSync } from 'node:fs';

/** A file as it was read. */
export interface Reading {
  readonly file: string;
  readonly text: string;
  hasChanged(): boolean;
}

export function read(file: string): Reading {
  let stamp = stampOf(file);
  const text = readFileSync(file, 'utf8');
  return {
    file,
    text,
    /** One that was touched and reads the same has not changed. */
    hasChanged() {
      const now = stampOf(file);
      if (now === stamp) return false;
      if (now === undefined || readFileSync(file, 'utf8') !== text) return true;
      stamp = now;
      return false;
    },
  };
}

function stampOf(file: string): string | undefined {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat && `${stat.mtimeMs}:${stat.size}:${stat.ino}`;
}
