/** Which turns of a study are being run, so that two runs at once share them. */
import { randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { alone, isAlive, writeWhole } from '../core/files';

/** One run's claims on the turns of its study. */
export interface Claims {
  /** Says that this run is there, until it leaves: the first to be called. */
  enter(): Promise<void>;
  /** Whether the turn is this run's from now on: false where another run of this machine has it. */
  take(turn: string): Promise<boolean>;
  give(turn: string): Promise<void>;
  /** Gives all back. @returns whether no other run is there. */
  leave(): Promise<boolean>;
}

/** A run as the file tells of it. */
interface Run {
  readonly machine: string;
  readonly pid: number;
  /** Of the process, for the system gives a pid again. */
  readonly process: string;
  readonly since: number;
  readonly turns: readonly string[];
}

const here = randomUUID();

/** A run of another machine, of which no more is known, is thought to be over after a day. */
const day = 24 * 60 * 60 * 1000;

/**
 * A run whose process is gone is forgotten. Claims of other machines stand in nobody's way, for it
 * is not known whether they live: both machines may then run a turn.
 *
 * @param file of all runs of one study by one code: made with the first, and gone with the last.
 */
export function openClaims(file: string): Claims {
  const id = randomUUID();
  const change = <T>(work: (runs: Map<string, Run>) => T): Promise<T> =>
    alone(file, async () => {
      const runs = new Map(Object.entries(await runsIn(file)).filter(([, run]) => lives(run)));
      const result = work(runs);
      if (runs.size === 0) await rm(file, { force: true });
      else await writeWhole(file, [JSON.stringify(Object.fromEntries(runs))]);
      return result;
    });
  const set = (runs: Map<string, Run>, turns: readonly string[]): void => {
    const of = { machine: hostname(), pid: process.pid, process: here, since: Date.now() };
    runs.set(id, { ...of, turns });
  };
  const turnsOf = (runs: Map<string, Run>): readonly string[] => runs.get(id)?.turns ?? [];
  return {
    enter: () => change((runs) => set(runs, [])),
    take: (turn) =>
      change((runs) => {
        for (const [other, { machine, turns }] of runs)
          if (other !== id && machine === hostname() && turns.includes(turn)) return false;
        set(runs, [...new Set([...turnsOf(runs), turn])]);
        return true;
      }),
    give: (turn) =>
      change((runs) => {
        if (runs.has(id))
          set(
            runs,
            turnsOf(runs).filter((own) => own !== turn),
          );
      }),
    leave: () =>
      change((runs) => {
        runs.delete(id);
        return runs.size === 0;
      }),
  };
}

async function runsIn(file: string): Promise<Record<string, Run>> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Record<string, Run>;
  } catch {
    return {}; // None yet.
  }
}

const lives = (run: Run): boolean =>
  run.machine !== hostname()
    ? Date.now() - run.since < day
    : run.pid === process.pid
      ? run.process === here
      : isAlive(run.pid);
