// @ts-check
/**
 * `npm run bench -- sweep`: what a sweep costs beside the plain runner, and how two workers scale,
 * with a notebook that sleeps.
 *
 * What sleeps takes no core, so all that lacks of twice is what is around it: the runner, the
 * kernel's start, Dask.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const root = fileURLToPath(new URL('../..', import.meta.url));
const notebook = fileURLToPath(new URL('sleeps.ipynb', import.meta.url));
const seeds = [0, 1, 2, 3];
const ways = ['plain runner', 'one worker', 'two workers'];

/** @typedef {{ all: number, run: number }} Took seconds: of all four runs, and of one on average */

/**
 * @param {{ rounds: number, json: boolean }} options
 * @param {AbortSignal} signal
 * @returns {Promise<string>} what to print
 */
export async function sweepBench({ rounds, json }, signal) {
  /** @type {Record<string, Took[]>} */
  const times = Object.fromEntries(ways.map((way) => [way, []]));
  const folder = mkdtempSync(join(tmpdir(), 'dark-matter-bench-'));
  try {
    for (let round = 0; round < rounds; round++) {
      times['plain runner']?.push(await plain(folder, signal));
      for (const workers of [1, 2])
        times[String(ways[workers])]?.push(await swept(workers, folder, signal));
      process.stderr.write(`round ${round + 1} of ${rounds}\n`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return json ? JSON.stringify(times) : table(times);
}

/**
 * One after the other.
 * @param {string} folder
 * @param {AbortSignal} signal
 * @returns {Promise<Took>}
 */
async function plain(folder, signal) {
  const began = performance.now();
  for (const seed of seeds)
    await program('notebooks', [notebook, '-p', `seed=${seed}`, '--out', folder], signal);
  const all = (performance.now() - began) / 1000;
  return { all, run: all / seeds.length };
}

/**
 * @param {number} workers
 * @param {string} folder
 * @param {AbortSignal} signal
 * @returns {Promise<Took>}
 */
async function swept(workers, folder, signal) {
  const began = performance.now();
  const { stdout } = await program(
    'sweep',
    [
      notebook,
      '-p',
      `seed=${seeds.join(',')}`,
      '--workers',
      String(workers),
      '--results',
      folder,
      '--again',
    ],
    signal,
  );
  const all = (performance.now() - began) / 1000;
  const each = [...stdout.matchAll(/^passed .* ([\d.]+) s$/gm)].map((match) => Number(match[1]));
  if (each.length !== seeds.length)
    throw new Error(`${seeds.length} runs expected to pass:\n${stdout}`);
  return { all, run: each.reduce((sum, seconds) => sum + seconds, 0) / each.length };
}

/** @param {string} name of a command of ours @param {string[]} args @param {AbortSignal} signal */
const program = (name, args, signal) =>
  execa(process.execPath, [join(root, 'kernel-setup', `${name}.mjs`), ...args], {
    cwd: root,
    stdin: 'ignore',
    stderr: 'ignore',
    cancelSignal: signal,
  });

/** Markdown. @param {Record<string, Took[]>} times */
export function table(times) {
  const middle = (/** @type {string} */ way) => median((times[way] ?? []).map(({ all }) => all));
  const row = (/** @type {string} */ way) =>
    `| ${way} | ${['all', 'run'].map((key) => (times[way] ?? []).map((took) => took[/** @type {keyof Took} */ (key)].toFixed(1)).join(', ')).join(' | ')} |`;
  const [runner = NaN, one = NaN, two = NaN] = ways.map(middle);
  return [
    '| | all four, s | a run, on average, s |',
    '|---|---|---|',
    ...ways.map(row),
    '',
    `A sweep costs ${((one - runner) / seeds.length).toFixed(1)} s a run beside the plain runner; two workers are ${(one / two).toFixed(2)} times as fast as one.`,
  ].join('\n');
}

/** @param {number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? Number(sorted[half])
    : (Number(sorted[half - 1]) + Number(sorted[half])) / 2;
}
