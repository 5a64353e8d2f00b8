/**
 * Sweeps of tiny notebooks that write a journal and wait for leave to end, and Dask's own programs.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { locate } from '../../kernel-setup/setup/paths.mjs';
import { fileOf, read, type Kept } from '../../kernel-setup/sweep/store.mjs';
import { root, temporaryFolder, writeNotebook } from '../runner/support';
import { runCommand, type Ended } from '../setup/support';

const code = `
import { appendFileSync, existsSync } from 'node:fs';
import { measure } from 'dark-matter';
const say = (word: string) => appendFileSync(journal, word + ' ' + seed + ' ' + process.pid + '\\n');
say('start');
await measure.appendResults({ notebook: 'tiny', budget: 'quick', seeds: [seed], figures: { ours: { luck: [seed] } } });
if (seed === 13) throw new Error('unlucky');
if (process.env.DARK_MATTER_RESULTS === undefined) throw new Error('there is no place for results');
while (!existsSync(journal + '.go') && !existsSync(journal + '.go.' + seed)) await new Promise((resolve) => setTimeout(resolve, 50));
say('end');`;

export interface Line {
  readonly word: string;
  readonly seed: number;
  readonly pid: number;
}

/** A notebook, its journal, and where the results of its sweeps are kept. */
export class Bench {
  readonly folder = temporaryFolder();
  readonly journal = join(this.folder, 'journal');
  readonly notebook = writeNotebook(this.folder, 'tiny', [
    ['const seed: number = 0;\nconst journal: string = "";', 'parameters'],
    code,
  ]);

  /** Starts `npm run sweep`, without npm. */
  sweep(...args: string[]): Promise<Ended> {
    const given = [
      this.notebook,
      '-p',
      `journal=${this.journal}`,
      '--results',
      this.folder,
      ...args,
    ];
    return runCommand(root, 'sweep', given);
  }

  /** Lets the runs end, or the one of a seed. */
  release(seed?: number): void {
    writeFileSync(seed === undefined ? `${this.journal}.go` : `${this.journal}.go.${seed}`, '');
  }

  lines(word: string): Line[] {
    const text = existsSync(this.journal) ? readFileSync(this.journal, 'utf8') : '';
    const lines = text
      .trim()
      .split('\n')
      .map((line) => line.split(' '));
    return lines.flatMap(([said = '', seed, pid]) =>
      said === word ? [{ word, seed: Number(seed), pid: Number(pid) }] : [],
    );
  }

  /** Of the runs that came to their end, sorted: one that did twice is there twice. */
  get ended(): number[] {
    return this.lines('end')
      .map(({ seed }) => seed)
      .sort((a, b) => a - b);
  }

  get kept(): Kept[] {
    return read(fileOf(this.folder, 'tiny'));
  }

  remove(): void {
    for (const { key } of this.kept)
      rmSync(join(root, '.dark-matter', 'sweeps', key), { recursive: true, force: true });
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Waits until something is so; the test's own time limit ends it otherwise. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(50);
}

/** A process that nobody has asked for its exit code yet is not. */
export function isAlive(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.startsWith('Z');
  } catch {
    return false;
  }
}

/**
 * The Dask worker that a kernel runs on: the parent of the runner, which started what started the
 * kernel.
 */
export function workerOf(kernel: number): number {
  let pid = kernel;
  for (let i = 0; i < 3; i++)
    pid = Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[1]);
  return pid;
}

/** Starts `dask scheduler` or `dask worker`, in a process group of its own. */
export function dask(folder: string, ...args: string[]): ChildProcess {
  return spawn(locate().python, ['-m', 'dask', ...args], {
    cwd: folder,
    stdio: 'ignore',
    detached: true,
  });
}

/** Ends a program and what it started, at once. */
export function kill({ pid }: ChildProcess): void {
  try {
    process.kill(-pid!, 'SIGKILL');
  } catch {
    // It has ended.
  }
}
