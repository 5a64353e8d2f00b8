// @ts-check
/**
 * npm run bench -- kernel [--rounds N] [--json]: how fast our kernel answers, beside stock tslab and ipykernel.
 *
 * The three take turns in one run, so that the machine's mood falls on all alike: read the ratios.
 */
import { execa } from 'execa';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
const usage = 'usage: npm run bench -- kernel [--rounds N] [--json]';

/** @typedef {Record<string, Record<string, { median: number, min: number, max: number }>>} Figures */

/** @returns {{ what: string, rounds: string, json: boolean }} */
function choose() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { rounds: { type: 'string', default: '3' }, json: { type: 'boolean', default: false } },
    });
    const [what = ''] = positionals;
    if (what !== 'kernel' || positionals.length > 1) throw new Error(`${what || 'nothing'} given, "kernel" expected`);
    if (!/^[1-9]\d*$/.test(values.rounds)) throw new Error(`--rounds: ${values.rounds} given, a whole number from 1 expected`);
    return { what, ...values };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${usage}`);
    process.exit(2);
  }
}

const { rounds, json } = choose();
const { stdout } = await execa(`${root}/.venv/bin/python`, [fileURLToPath(new URL('kernel.py', import.meta.url)), root, rounds], { stderr: 'inherit' });
if (json) console.log(stdout);
else console.log(table(JSON.parse(stdout)));

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
