/** Whether a file reads otherwise than it did. */
import { createHash } from 'node:crypto';
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
  const hash = hashOf(text);
  return {
    file,
    text,
    /** One that was touched and reads the same has not changed. */
    hasChanged() {
      const now = stampOf(file);
      if (now === stamp) return false;
      if (now === undefined || hashOf(readFileSync(file, 'utf8')) !== hash) return true;
      stamp = now;
      return false;
    },
  };
}

function stampOf(file: string): string | undefined {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat && `${stat.mtimeMs}:${stat.size}:${stat.ino}`;
}

function hashOf(text: string): string {
  return createHash('sha1').update(text).digest('base64');
}
