/**
 * `npm run doctor`: what is installed, which engine runs and how fast, what is wrong and how to
 * mend it.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { installedEngine } from './engine/install.mjs';
import { measureEngine } from './engine/measure.mjs';
import { command } from './setup/cli.mjs';
import { Fault, Usage } from './setup/fault.mjs';
import { bytesBelow, inMegabytes, readJson } from './setup/files.mjs';
import { npmCommand } from './setup/node.mjs';
import { locate } from './setup/paths.mjs';
import { findPython } from './setup/python.mjs';
import { tryRun } from './setup/run.mjs';
import { forNotebooks } from './setup.mjs';
import { kernelspecFile } from './steps/kernelspec.mjs';

/** @typedef {import('./setup/paths.mjs').Paths} Paths */

/**
 * One line of the report. `mend` is there when something is wrong.
 *
 * @typedef {{ name: string, state: string, mend?: string }} Finding
 */

const setup = 'npm run setup';

/**
 * @param {Paths} paths
 * @param {AbortSignal} signal
 * @returns {Promise<Finding[]>}
 */
export async function examine(paths, signal) {
  return [
    { name: 'Node', state: process.versions.node },
    await npm(),
    await python(),
    ...(await pythonPackages(paths)),
    typescript(paths),
    ...(await engine(paths, signal)),
    pictures(paths),
    kernel(paths),
    ...unfinished(paths, signal),
    ...(await damaged(paths, signal)),
    cache(paths),
  ];
}

/** @returns {Promise<Finding>} */
async function npm() {
  const [program, ...args] = npmCommand();
  const version = await tryRun(program, [...args, '--version']);
  return version
    ? { name: 'npm', state: version.trim() }
    : { name: 'npm', state: 'missing', mend: 'Install npm: it comes with Node.' };
}

/** @returns {Promise<Finding>} */
async function python() {
  try {
    const { version, path } = await findPython();
    return { name: 'Python', state: `${version.join('.')} (${path})` };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { name: 'Python', state: error.what, mend: error.mend };
  }
}

/**
 * @param {Paths} paths
 * @returns {Promise<Finding[]>}
 */
async function pythonPackages(paths) {
  const names = ['jupyterlab', 'nbconvert', 'nbclient'];
  const script = `import importlib.metadata as m\nfor n in ${JSON.stringify(names)}:\n  try: print(m.version(n))\n  except m.PackageNotFoundError: print('missing')`;
  const versions =
    (await tryRun(paths.python, ['-I', '-c', script]))?.trim().split('\n') ??
    names.map(() => 'missing');
  return names.map((name, i) => ({
    name,
    state: versions[i],
    ...(versions[i] === 'missing' && { mend: setup }),
  }));
}

/**
 * @param {Paths} paths
 * @returns {Finding}
 */
function typescript({ modules }) {
  const version = readJson(join(modules, 'typescript', 'package.json'))?.version;
  return version
    ? { name: 'TypeScript', state: version }
    : { name: 'TypeScript', state: 'missing', mend: setup };
}

/**
 * @param {Paths} paths
 * @param {AbortSignal} signal
 * @returns {Promise<Finding[]>}
 */
async function engine(paths, signal) {
  const now = installedEngine(paths);
  const which = now?.engine ?? 'native';
  try {
    const { tensorflow, tfjs, matrix, gigaflops } = await measureEngine(paths, which, signal);
    const speed = {
      name: 'Speed',
      state: `${gigaflops.toPrecision(3)} GFLOPS (${matrix}x${matrix} matrix product)`,
    };
    if (which === 'native')
      return [
        {
          name: 'Engine',
          state: `native: TensorFlow ${tensorflow}, tfjs ${tfjs}, ${now?.route ?? 'not installed by setup'}`,
        },
        speed,
      ];
    const mend = `${now?.reasons.join('; ') || 'The native engine could not be installed.'} Mend that, then: ${setup}`;
    return [
      { name: 'Engine', state: `pure JavaScript (tfjs ${tfjs}), the slow fallback`, mend },
      speed,
    ];
  } catch (error) {
    if (signal.aborted) throw error;
    const reason = existsSync(paths.modules) ? `does not load: ${firstLine(error)}` : 'missing';
    return [{ name: 'Engine', state: reason, mend: setup }];
  }
}

/**
 * What decodes photographs: its binary is a package of the platform's own.
 *
 * @param {Paths} paths
 * @returns {Finding}
 */
function pictures({ root }) {
  try {
    const { versions } = createRequire(join(root, 'package.json'))('sharp');
    return { name: 'Pictures', state: `sharp ${versions.sharp}, libvips ${versions.vips}` };
  } catch (error) {
    const state = `sharp does not load: ${String(error).split('\n')[0]}`;
    return { name: 'Pictures', state, mend: setup };
  }
}

/** @param {unknown} error */
function firstLine(error) {
  const text = error instanceof Error ? error.message : String(error);
  return (
    text
      .split('\n')
      .find((line) => /error/i.test(line) && !/^\S+ failed/.test(line))
      ?.trim() ?? text.split('\n')[0]
  );
}

/**
 * @param {Paths} paths
 * @returns {Finding}
 */
function kernel(paths) {
  const file = kernelspecFile(paths);
  const argv = readJson(file)?.argv;
  if (!Array.isArray(argv))
    return { name: 'Kernel', state: 'Jupyter does not know it', mend: setup };
  const lost = argv.find((part) => /^([/\\]|[A-Z]:)/.test(part) && !existsSync(part));
  return lost
    ? { name: 'Kernel', state: `${lost} is missing`, mend: setup }
    : { name: 'Kernel', state: file };
}

/**
 * @param {Paths} paths
 * @param {AbortSignal} signal
 * @returns {Finding[]}
 */
function unfinished(paths, signal) {
  const missing = forNotebooks.filter((step) => !step.isDone({ paths, signal, thorough: false }));
  return missing.map(({ name }) => ({
    name: 'Setup',
    state: `not done, or out of date: ${name}`,
    mend: setup,
  }));
}

/**
 * @param {Paths} paths
 * @param {AbortSignal} signal
 * @returns {Promise<Finding[]>}
 */
async function damaged(paths, signal) {
  const context = { paths, signal, thorough: true };
  const found = await Promise.all(forNotebooks.map((step) => step.damage?.(context) ?? []));
  return found.flat().map(({ file }) => ({ name: 'Damaged', state: file, mend: setup }));
}

/**
 * @param {Paths} paths
 * @returns {Finding}
 */
function cache({ cache: folder }) {
  return { name: 'Cache', state: `${inMegabytes(bytesBelow(folder))} in ${folder}` };
}

/** @param {Finding[]} findings */
export function report(findings) {
  const lines = findings.map(
    ({ name, state, mend }) =>
      `${mend ? 'WRONG' : '   ok'}  ${name.padEnd(11)} ${state}${mend ? `\n                   mend: ${mend}` : ''}`,
  );
  const wrong = findings.filter(({ mend }) => mend).length;
  return [
    ...lines,
    '',
    wrong === 0 ? 'Healthy.' : `${wrong} of ${findings.length} checks found something wrong.`,
    '',
  ].join('\n');
}

const usage = `npm run doctor: what is installed, which engine runs and how fast, what is wrong and the mend. Exit 0 healthy, 3 not.
`;

await command(import.meta.url, usage, async (args, signal) => {
  if (args.length > 0) throw new Usage(`doctor takes no arguments: ${args.join(' ')} given.`);
  const findings = await examine(locate(), signal);
  process.stdout.write(report(findings));
  return findings.some(({ mend }) => mend) ? 3 : 0;
});
