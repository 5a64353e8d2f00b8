// @ts-check
/**
 * `npm run bench -- kernel`: how fast our kernel answers, and what it does where it hurts, beside
 * stock tslab, ipykernel and, where it is installed, Deno's.
 *
 * They are timed in turns, so that the machine's mood falls on all alike: read the ratios.
 */
import { execa } from 'execa';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * @typedef {Record<string, Record<string, { median: number, min: number, max: number }>>} Figures
 */

/** @typedef {Record<string, Record<string, boolean | null>>} Answers by question and kernel */

/** @param {{ rounds: number, json: boolean }} options @returns {Promise<string>} what to print */
export async function kernelBench({ rounds, json }) {
  const times = await asked('kernel.py', String(rounds));
  const behaviour = await asked('behaviour.py');
  return json
    ? JSON.stringify({ times, behaviour })
    : `${timesTable(times)}\n\n${behaviourTable(behaviour)}`;
}

/** @param {string} script @param {string[]} args @returns {Promise<any>} the JSON that it prints */
async function asked(script, ...args) {
  const { stdout } = await execa(
    `${root}/.venv/bin/python`,
    [fileURLToPath(new URL(script, import.meta.url)), root, ...args],
    { stderr: 'inherit' },
  );
  return JSON.parse(stdout);
}

/** @param {Answers} answers */
function behaviourTable(answers) {
  const names = Object.keys(Object.values(answers)[0] ?? {});
  const said = (/** @type {boolean | null | undefined} */ answer) =>
    typeof answer === 'boolean' ? (answer ? 'yes' : '**no**') : '-';
  const rows = Object.entries(answers).map(
    ([question, by]) => `| ${question} | ${names.map((name) => said(by[name])).join(' | ')} |`,
  );
  return [`| | ${names.join(' | ')} |`, `|---|${names.map(() => '---|').join('')}`, ...rows].join(
    '\n',
  );
}

/** A Markdown table; milliseconds, median (least to greatest). @param {Figures} figures */
function timesTable(figures) {
  const names = Object.keys(figures);
  const rows = [
    'ready',
    'cell',
    'completion',
    'stop',
    'stop, printing',
    'import',
    'import, at once',
    'loop',
    'functions',
    'awaits',
    'for await',
  ].map((key) => {
    const cells = names.map((name) => {
      const figure = figures[name]?.[key];
      return figure
        ? [figure.median, figure.min, figure.max].map((seconds) =>
            (1000 * seconds).toFixed(seconds < 0.1 ? 1 : 0),
          )
        : undefined;
    });
    return `| ${key} | ${cells.map((cell) => (cell ? `${cell[0]} (${cell[1]}-${cell[2]})` : '-')).join(' | ')} |`;
  });
  return [
    `| ms, median (range) | ${names.join(' | ')} |`,
    `|---|${names.map(() => '---|').join('')}`,
    ...rows,
  ].join('\n');
}
