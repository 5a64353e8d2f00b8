// @ts-check
/**
 * Tables of the race for the README, from `results/` alone: `node docs/raceTables.mjs` writes them
 * between two marks, and says where they are not there.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measure, newestRecord } from 'dark-matter';

/** @typedef {import('dark-matter').StudyRecord} StudyRecord */

const columns = ['20-NN, %', 'linear, %', '10 labels a class, %', 'effective rank'];
const [begin, end] = ['<!-- the race: node docs/raceTables.mjs -->', '<!-- end of the race -->'];

/**
 * A table, best linear probe first, under a line that says what it was measured with.
 *
 * @param {Pick<StudyRecord, 'figures' | 'settings' | 'date' | 'seeds'>} record
 * @param {string} set
 */
export function raceTable({ figures, settings, date, seeds }, set) {
  const linear = (/** @type {string} */ row) =>
    measure.mean([...(figures[row]?.['linear, %'] ?? [0])]);
  const rows = Object.keys(figures)
    .sort((a, b) => linear(b) - linear(a))
    .map((row) => `| ${row} | ${columns.map((name) => cell(figures[row]?.[name])).join(' | ')} |`);
  const told = [
    `${set}: ${grouped(settings['steps'])} steps of ${settings['batch']} images`,
    `${settings['features']} features`,
    `${grouped(settings['learn'])} images to learn from, ${grouped(settings['validation'])} to choose by`,
    `${grouped(settings['test'])} to judge`,
    `seeds ${seeds.join(', ')}`,
    `measured ${date.toISOString().slice(0, 10)}`,
  ];
  return [
    `*${told.join('; ')}${settings['note'] ? ` (${settings['note']})` : ''}.*`,
    '',
    `| | ${columns.join(' | ')} |`,
    `|---|${columns.map(() => '---|').join('')}`,
    ...rows,
  ].join('\n');
}

/**
 * The text with its tables made anew.
 *
 * @param {string} text
 * @param {readonly string[]} tables
 * @throws where the text has no place for them
 */
export function withTables(text, tables) {
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from)
    throw new Error(`text: none given with ${begin} and, after it, ${end}`);
  return `${text.slice(0, from + begin.length)}\n\n${tables.join('\n\n')}\n\n${text.slice(to)}`;
}

/** One value, or the mean and the standard deviation over seeds. @param {readonly number[] | undefined} values */
function cell(values) {
  if (!values) return '-';
  const middle = measure.mean([...values]).toFixed(1);
  return values.length === 1
    ? middle
    : `${middle} ± ${measure.standardDeviationOf([...values]).toFixed(1)}`;
}

const grouped = (/** @type {unknown} */ count) => Number(count).toLocaleString('en');

/** The tables of all races on record. */
export async function raceTables() {
  const tables = [];
  for (const set of ['digits', 'emoji', 'fashionMnist', 'cifar10'])
    for (const length of ['short', 'long']) {
      const record = await newestRecord(`race-${length}-${set}`);
      if (record) tables.push(raceTable(record, set));
    }
  return tables;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const readme = join(fileURLToPath(new URL('..', import.meta.url)), 'README.md');
  writeFileSync(readme, withTables(readFileSync(readme, 'utf8'), await raceTables()));
}
