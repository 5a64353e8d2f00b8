/**
 * `npm run sweep`: a grid of parameterised notebooks on Dask, kept as it goes, so that it can be
 * asked for again.
 */
import { readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { choose } from './runner/choose.mjs';
import { followParent } from './runner/ending.mjs';
import { command } from './setup/cli.mjs';
import { Fault } from './setup/fault.mjs';
import { locate } from './setup/paths.mjs';
import { forNotebooks, forSweep, setUp } from './setup.mjs';
import { HELP, parseArguments } from './sweep/arguments.mjs';
import { fileOf, keep, read } from './sweep/store.mjs';

const paths = locate();
const cwd = (process.env.npm_lifecycle_event === 'sweep' && process.env.INIT_CWD) || process.cwd();

/** @param {string[]} argv @param {AbortSignal} interruption */
async function main(argv, interruption) {
  const options = parseArguments(argv);
  const { notebooks } = choose(options.patterns, { folder: join(paths.root, 'notebooks'), cwd });
  const signal = AbortSignal.any([interruption, followParent()]);
  await setUp(options.dryRun ? forNotebooks : forSweep, { signal, paths });
  // Only now are the packages there that these import.
  const { plan } = await import('./sweep/plan.mjs');
  const library = stampOfLibrary();
  const runs = plan(notebooks, options.axes, library);
  const folder =
    options.results === undefined
      ? join(paths.root, 'results', 'sweeps')
      : resolve(cwd, options.results);
  const known = new Map(
    [...new Set(runs.map(({ notebook }) => notebook))]
      .flatMap((notebook) => read(fileOf(folder, notebook)))
      .map((run) => [run.key, run]),
  );
  const isKept = (/** @type {string} */ key) =>
    !options.again && known.get(key)?.status === 'passed';
  const missing = runs.filter(({ key }) => !isKept(key));
  process.stderr.write(
    `${count(runs.length)}, ${runs.length - missing.length} of them kept from before.\n`,
  );
  if (options.dryRun) {
    for (const { notebook, parameters } of missing)
      process.stdout.write(`${nameOf(notebook, parameters)}\n`);
    return 0;
  }

  /** @type {Map<string, import('./sweep/store.mjs').Kept>} */
  const results = new Map(
    runs.flatMap(({ key }) => (isKept(key) ? [[key, /** @type {any} */ (known.get(key))]] : [])),
  );
  const at = (/** @type {string | undefined} */ file) => file && resolve(cwd, file);
  const write = async () => {
    if (options.html || options.chart)
      await (
        await import('./sweep/report.mjs')
      ).writeReport(
        { html: at(options.html), chart: at(options.chart) },
        runs.flatMap(({ key }) => results.get(key) ?? []),
        runs.length,
      );
  };
  try {
    if (missing.length > 0) await work(missing, { ...options, library, signal }, folder, results);
  } finally {
    await write();
  }
  const passed = [...results.values()].filter(({ status }) => status === 'passed').length;
  process.stdout.write(`${passed} passed, ${results.size - passed} failed\n`);
  if (results.size < runs.length) return 130;
  return passed === runs.length ? 0 : 1;
}

/**
 * @param {import('./sweep/plan.mjs').Run[]} missing
 * @param {import('./sweep/arguments.mjs').Arguments & { library: string, signal: AbortSignal }}
 * options
 * @param {string} folder
 * @param {Map<string, import('./sweep/store.mjs').Kept>} results
 */
async function work(missing, options, folder, results) {
  const { runOnDask } = await import('./sweep/cluster.mjs');
  const say = (/** @type {string} */ text) => void process.stderr.write(`${text}\n`);
  let ended = 0;
  await runOnDask(
    missing,
    { ...options, paths },
    {
      onCluster: (scheduler, workers) =>
        say(
          `${count(missing.length - ended)} on ${workers} worker${workers === 1 ? '' : 's'} of ${scheduler}`,
        ),
      onLost: (scheduler) =>
        say(
          `The scheduler ${scheduler} does not answer any more; waiting ${options.patience} s for it to come back.`,
        ),
      async onEnd(result) {
        await keep(folder, result);
        results.set(result.key, result);
        ended += 1;
        process.stdout.write(
          `${result.status}  ${nameOf(result.notebook, result.parameters)}  ${result.seconds.toFixed(1)} s\n`,
        );
        if (result.error)
          process.stdout.write(
            `  ${result.error}\n  ${relative(cwd, join(paths.state, 'sweeps', result.key))}\n`,
          );
        say(`${ended} of ${missing.length} done`);
      },
    },
  );
}

/** Of the library's sources, as its build wrote it down. */
function stampOfLibrary() {
  const { stamp } = JSON.parse(
    readFileSync(join(paths.root, 'lib', 'dist', '.built.json'), 'utf8'),
  );
  if (!stamp)
    throw new Fault(
      'The library does not compile.',
      'Mend its type errors (npm run build tells them), then give the same command again.',
    );
  return stamp;
}

/** @param {string} notebook @param {Record<string, unknown>} parameters */
const nameOf = (notebook, parameters) =>
  [
    notebook,
    ...Object.entries(parameters).map(
      ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
    ),
  ].join(' ');

/** @param {number} runs */
const count = (runs) => `${runs} run${runs === 1 ? '' : 's'}`;

await command(import.meta.url, HELP, main, 'npm run sweep -- --help');
