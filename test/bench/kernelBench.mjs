// @ts-check
/**
 * `npm run bench -- kernel`: how fast our kernel answers, beside stock tslab and ipykernel.
 *
 * The three take turns in one run, so that the machine's mood falls on all alike: read the ratios.
 */
import { execa } from 'execa';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** @typedef {Record<string, Record<string, { median: number, min: number, max: number }>>} Figures */

/** @param {{ rounds: number, json: boolean }} options @returns {Promise<string>} what to print */
export async function kernelBench({ rounds, json }) {
  const args = [fileURLToPath(new URL('kernel.py', import.meta.url)), root, String(rounds)];
  const { stdout } = await execa(`${root}/.venv/bin/python`, args, { stderr: 'inherit' });
  return json ? stdout : table(JSON.parse(stdout));
}

/** A Markdown table; milliseconds, median (least to greatest). @param {Figures} figures */
function table(figures) {
  const names = Object.keys(figures);
  const rows = ['ready', 'cell', 'completion', 'import'].map((key) => {
    const cells = names.map((name) => {
      const figure = figures[name]?.[key];
      return figure ? [figure.median, figure.min, figure.max].map((seconds) => (1000 * seconds).toFixed(seconds < 0.1 ? 1 : 0)) : undefined;
    });
    return `| ${key} | ${cells.map((cell) => (cell ? `${cell[0]} (${cell[1]}-${cell[2]})` : '-')).join(' | ')} |`;
  });
  return [`| ms, median (range) | ${names.join(' | ')} |`, `|---|${names.map(() => '---|').join('')}`, ...rows].join('\n');
}
