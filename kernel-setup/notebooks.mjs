/**
 * `npm run notebooks`: runs notebooks from top to bottom without a browser, keeps what was
 * executed, and reports.
 */
import { mkdirSync } from 'node:fs';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { HELP, parseArguments } from './runner/arguments.mjs';
import { choose } from './runner/choose.mjs';
import { exitCode, followParent } from './runner/ending.mjs';
import { save } from './runner/saved.mjs';
import { command } from './setup/cli.mjs';
import { Fault, Usage } from './setup/fault.mjs';
import { writeWhole } from './setup/files.mjs';
import { locate } from './setup/paths.mjs';
import { forNotebooks, setUp } from './setup.mjs';

const paths = locate();
const folder = join(paths.root, 'notebooks');
/** Where the user is: npm changes to the clone's root, and says where it came from. */
const cwd =
  (process.env.npm_lifecycle_event === 'notebooks' && process.env.INIT_CWD) || process.cwd();

/** @param {string[]} argv @param {AbortSignal} interruption */
async function main(argv, interruption) {
  const options = parseArguments(argv);
  const { notebooks, unmatched } = choose(options.patterns, { folder, cwd });
  for (const pattern of unmatched) process.stderr.write(`No notebook matches ${pattern}.\n`);
  const signal = AbortSignal.any([interruption, followParent()]);
  await setUp(forNotebooks, { signal, paths });
  // Only now are the packages there that these import.
  const { runAll } = await import('./runner/all.mjs');
  const { asJson, asJUnit } = await import('./runner/report.mjs');
  const { totalOf } = await import('./runner/total.mjs');

  const started = new Date();
  const began = performance.now();
  const results = await runAll(notebooks, {
    ...options,
    out: outputFolder(options.out, notebooks),
    folder,
    paths,
    signal,
  });
  if (options.save)
    for (const { status, notebook, executed } of results)
      if (status === 'passed') save(notebook, executed);
  const run = {
    results,
    started,
    seconds: (performance.now() - began) / 1000,
    parameters: Object.fromEntries(options.parameters),
    root: paths.root,
  };
  for (const file of options.reports)
    writeWhole(resolve(cwd, file), extname(file) === '.json' ? asJson(run) : asJUnit(run));

  const isCollection =
    options.patterns.length === 0 && options.parameters.every(([name]) => name !== 'budget');
  process.stdout.write(`${totalOf(results, run.seconds, isCollection)}\n`);
  const passed = results.filter(({ status }) => status === 'passed').length;
  process.stdout.write(`${passed} passed, ${results.length - passed} failed\n`);
  return exitCode(
    results.map(({ status }) => status),
    signal.aborted,
  );
}

/**
 * @param {string | undefined} out
 * @param {string[]} notebooks
 * @throws {Usage} where sources or results would be overwritten
 */
function outputFolder(out, notebooks) {
  const place = out === undefined ? join(paths.state, 'executed') : resolve(cwd, out);
  const inside = notebooks.find((path) => dirname(path) === place);
  if (inside)
    throw new Usage(`--out: ${out} holds the source ${basename(inside)}; give another folder.`);
  const names = notebooks.map((path) => basename(path));
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice)
    throw new Usage(
      `Two notebooks are called ${twice}, and one would overwrite the other: run them apart.`,
    );
  try {
    mkdirSync(place, { recursive: true });
  } catch (error) {
    throw new Fault(
      `The folder ${relative(cwd, place)} cannot be made (${/** @type {Error} */ (error).message}).`,
      'Give another one with --out.',
    );
  }
  return place;
}

await command(import.meta.url, HELP, main, 'npm run notebooks -- --help');
