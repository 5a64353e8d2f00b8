/** Which turns of a study are being run, so that two runs at once share them. */
import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

/**
 * One run's claims, a file each that names its process. A claim whose process is gone is nobody's.
 * So is one of another machine, of which nothing is known here: both may then run the turn.
 */
export interface Claims {
  /** Says that this run is there, until it leaves: the first to be called. */
  enter(): Promise<void>;
  /** Whether the claim is this run's from now on: false where another has it. */
  take(what: string): Promise<boolean>;
  give(what: string): Promise<void>;
  /** Gives all back. @returns whether no other run is there. */
  leave(): Promise<boolean>;
}

/**
 * @param folder of all claims; it stays.
 * @param of what the runs share, such as the study's name: the beginning of their files' names.
 */
export function openClaims(folder: string, of: string): Claims {
  // Of any text, also one too long for a file's name.
  const file = (what: string): string =>
    join(folder, `${of}.${createHash('sha256').update(what).digest('hex').slice(0, 16)}`);
  const self = file(`run ${randomUUID()}`);
  const mine = new Set<string>();
  const isHeld = async (path: string): Promise<boolean> =>
    lives(await readFile(path, 'utf8').catch(() => ''));
  /** A link to this run's own file: made at once and whole, or not at all. */
  const claim = (what: string): Promise<boolean> =>
    link(self, file(what)).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'EEXIST') return false;
        throw error;
      },
    );
  const give = async (what: string): Promise<void> => {
    mine.delete(what);
    await rm(file(what), { force: true });
  };
  return {
    async enter() {
      await mkdir(folder, { recursive: true });
      // Renamed when it is whole: one without a process would be nobody's.
      const aside = join(folder, `unfinished ${randomUUID()}`);
      await writeFile(aside, `${hostname()} ${process.pid}`);
      await rename(aside, self);
    },
    async take(what) {
      if (mine.has(what)) return true;
      let got = await claim(what);
      if (!got && !(await isHeld(file(what)))) {
        await rm(file(what), { force: true });
        got = await claim(what);
      }
      if (got) mine.add(what);
      return got;
    },
    give,
    async leave() {
      for (const what of mine) await give(what);
      await rm(self, { force: true });
      const names = await readdir(folder).catch(() => []);
      const here = names.filter((name) => name.startsWith(`${of}.`));
      const paths = here.map((name) => join(folder, name));
      if ((await Promise.all(paths.map(isHeld))).includes(true)) return false;
      for (const path of paths) await rm(path, { force: true });
      return true;
    },
  };
}

/** Whether a claim's text names a process of this machine that lives. */
function lives(text: string): boolean {
  const [machine, pid] = text.split(' ');
  if (machine !== hostname()) return false;
  try {
    return process.kill(Number(pid), 0);
  } catch (error) {
    // The process of another user may not be asked, and lives.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
