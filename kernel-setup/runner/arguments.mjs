/** The command line of `npm run notebooks`. */
import { extname } from 'node:path';
import { Usage } from '../setup/fault.mjs';
import { readArguments } from '../setup/options.mjs';

/**
 * @typedef {object} Arguments
 * @property {string[]} patterns numbers, globs or paths; none means every notebook
 * @property {[name: string, text: string][]} parameters
 * @property {number} cellTimeout seconds; 0 is no limit
 * @property {number} timeout seconds for a whole notebook; 0 is no limit
 * @property {number} jobs notebooks at a time
 * @property {string | undefined} out
 * @property {boolean} html
 * @property {boolean} save
 * @property {boolean} knobs each exercise of a notebook once, in place of the notebook as it is
 * @property {string[]} reports
 * @property {boolean} help
 */

export const HELP = `\
npm run notebooks -- [NOTEBOOK ...] [options]

Runs notebooks from top to bottom, without a browser. The sources are not changed, but by --save: what was executed,
with its outputs, is written to another folder, also when a cell fails.

NOTEBOOK   a number (5 or 05), a name, a quoted glob over the names ('1*'), or a path to an .ipynb; all of notebooks/
           when none is given.

  -p, --parameter NAME=VALUE  set a parameter that the notebook's cell tagged "parameters" declares; repeatable
      --cell-timeout SECONDS  the longest a cell may take (default 300; none with budget=full; 0 for no limit)
      --timeout SECONDS       the longest a notebook may take, its kernel's start included (default 900; none with budget=full;
                              0 for no limit)
  -j, --jobs N                notebooks at a time (default 1)
      --out DIR               where the executed notebooks go (default .dark-matter/executed)
      --html                  write an HTML page beside each executed notebook
      --save                  write the outputs of notebooks that passed into their sources, as git keeps them
      --knobs                 run each exercise of a notebook once: those of its cell with the id "knobs" that say -p NAME=VALUE
      --report FILE           write a report, .json or .xml (JUnit); repeatable
  -h, --help                  this text

Tags of a cell:  parameters        declares the parameters; given values are injected after it
                 raises-exception  an error in this cell is no failure
                 skip-execution    this cell is not run

A notebook passes when all its cells have, and nothing goes on any more that they started and did not await, such as a
training or a timer: after the last cell it has 60 s for that. An error that comes late fails the cell it comes from.
Each notebook has its row in the reports, also one that cannot be read.

Progress goes to stderr, results to stdout.
Exit code: 0 all passed, 1 a notebook failed, 2 wrong usage (also: no notebook matched), 3 something is missing on this
machine, 124 a notebook ran out of time (and none failed), 130 interrupted.
`;

/**
 * @param {string[]} argv what follows the script's name
 * @returns {Arguments}
 * @throws {Usage}
 */
export function parseArguments(argv) {
  const { values, positionals } = parse(argv);
  const parameters = assignments(values.parameter ?? []);
  // The full budget repeats what takes a minute for five seeds: limits that fit the quick one would
  // end it in the middle.
  const full = parameters.some(([name, value]) => name === 'budget' && /\bfull\b/.test(value));
  return {
    patterns: positionals,
    parameters,
    cellTimeout: seconds('--cell-timeout', values['cell-timeout'] ?? (full ? '0' : '300')),
    timeout: seconds('--timeout', values.timeout ?? (full ? '0' : '900')),
    jobs: wholeNumber('--jobs', values.jobs ?? '1'),
    out: values.out,
    html: values.html ?? false,
    save: saving(values),
    knobs: turning(values),
    reports: (values.report ?? []).map(report),
    help: values.help ?? false,
  };
}

/** @param {{ save?: boolean, parameter?: string[] }} values */
function saving({ save = false, parameter = [] }) {
  if (save && parameter.length > 0)
    throw new Usage(
      '--save: the outputs that a source carries are those of its own parameters; give no -p.',
    );
  return save;
}

/** @param {{ knobs?: boolean, save?: boolean, parameter?: string[] }} values */
function turning({ knobs = false, save = false, parameter = [] }) {
  if (knobs && (save || parameter.length > 0))
    throw new Usage('--knobs: the parameters are those of the knobs; give no -p and no --save.');
  return knobs;
}

/** @param {string[]} args */
const parse = (args) =>
  readArguments({
    args,
    allowPositionals: true,
    options: {
      parameter: { type: 'string', short: 'p', multiple: true },
      'cell-timeout': { type: 'string' },
      timeout: { type: 'string' },
      jobs: { type: 'string', short: 'j' },
      out: { type: 'string' },
      html: { type: 'boolean' },
      save: { type: 'boolean' },
      knobs: { type: 'boolean' },
      report: { type: 'string', multiple: true },
      help: { type: 'boolean', short: 'h' },
    },
  });

/** @param {string[]} given @returns {[string, string][]} */
function assignments(given) {
  const seen = new Set();
  return given.map((text) => {
    const [, name, value] = /^([\p{ID_Start}$_][\p{ID_Continue}$]*)=(.*)$/su.exec(text) ?? [];
    if (name === undefined || value === undefined)
      throw new Usage(`-p: "${text}" given, NAME=VALUE expected, such as -p steps=50`);
    if (seen.has(name)) throw new Usage(`-p: ${name} is given twice`);
    seen.add(name);
    return [name, value];
  });
}

/** @param {string} option @param {string} text */
function seconds(option, text) {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0) {
    throw new Usage(`${option}: "${text}" given, a number of seconds expected (0 for no limit)`);
  }
  return value;
}

/** @param {string} option @param {string} text */
export function wholeNumber(option, text) {
  if (!/^[1-9]\d{0,3}$/.test(text))
    throw new Usage(`${option}: "${text}" given, a whole number of 1 or more expected`);
  return Number(text);
}

/** @param {string} path */
function report(path) {
  if (!['.json', '.xml'].includes(extname(path))) {
    throw new Usage(`--report: "${path}" given, a file ending in .json or .xml (JUnit) expected`);
  }
  return path;
}
