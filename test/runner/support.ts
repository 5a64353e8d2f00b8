/** Tiny notebooks, the runner as a program, and a look at what processes there are. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Notebook } from '../../kernel-setup/runner/notebook.mjs';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'dark-matter-runner-'));
}

/** A code cell: its source, and its tags. */
export type CodeCell = string | readonly [source: string, ...tags: string[]];

export function notebookOf(cells: readonly CodeCell[]): Notebook {
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {
      kernelspec: {
        name: 'dark-matter',
        display_name: 'TypeScript (Dark Matter)',
        language: 'typescript',
      },
    },
    cells: cells.map((cell, i) => {
      const [source, ...tags] = typeof cell === 'string' ? [cell] : cell;
      return {
        cell_type: 'code',
        id: `cell-${i}`,
        metadata: { tags },
        source: source!,
        outputs: [],
        execution_count: null,
      };
    }),
  };
}

/** Writes a notebook into the folder, and returns its path. */
export function writeNotebook(folder: string, name: string, cells: readonly CodeCell[]): string {
  const path = join(folder, `${name}.ipynb`);
  writeFileSync(path, JSON.stringify(notebookOf(cells)));
  return path;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Until stderr holds the text. Rejects when the program ends without. */
  saying(text: string): Promise<void>;
}

/** Starts `npm run notebooks -- ...args`, without npm. */
export function startRunner(args: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
  const child = spawn(process.execPath, [join(root, 'kernel-setup', 'notebooks.mjs'), ...args], {
    cwd: root,
    env: { ...process.env, CI: 'true', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += String(chunk)));
  const ended = new Promise<Ended>((resolve) =>
    child.on('close', (code) => resolve({ code, stdout, stderr })),
  );
  const saying = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      child.stderr.on('data', () => stderr.includes(text) && resolve());
      void ended.then(() =>
        reject(new Error(`it ended without saying "${text}":\n${stdout}${stderr}`)),
      );
    });
  child.stderr.on('data', (chunk: Buffer) => (stderr += String(chunk)));
  return { child, ended, saying };
}

export const run = (...args: string[]): Promise<Ended> => startRunner(args).ended;

export interface Output {
  readonly output_type: string;
  readonly ename?: string;
  readonly evalue?: string;
  readonly text?: string | string[];
}

/** The outputs of each cell of an executed notebook. */
export function outputsOf(path: string): Output[][] {
  const { cells } = JSON.parse(readFileSync(path, 'utf8')) as { cells: { outputs: Output[] }[] };
  return cells.map(({ outputs }) => outputs);
}

/** What a cell printed. */
export const printed = (outputs: readonly Output[] = []): string =>
  outputs.flatMap(({ text = [] }) => text).join('');

/** The processes whose command line holds the text, but for this one. */
export function processesWith(text: string): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .filter((entry) => {
      try {
        return readFileSync(`/proc/${entry}/cmdline`, 'utf8').includes(text);
      } catch {
        return false; // it ended meanwhile
      }
    })
    .map(Number);
}

/** Waits at most so many seconds, and returns the processes that are still there. */
export async function processesLeft(text: string, seconds: number): Promise<number[]> {
  const end = Date.now() + seconds * 1000;
  while (processesWith(text).length > 0 && Date.now() < end)
    await new Promise((resolve) => setTimeout(resolve, 100));
  return processesWith(text);
}
