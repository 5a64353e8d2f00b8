/**
 * `npm run site`: every notebook, executed, as a page that needs no server and no network, with the library's own pages.
 */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { execa } from 'execa';
import { listNotebooks } from './runner/choose.mjs';
import { hasFailed, readNotebook } from './runner/notebook.mjs';
import { sameCode } from './runner/saved.mjs';
import { command } from './setup/cli.mjs';
import { Fault, Interrupted, Usage } from './setup/fault.mjs';
import { readArguments } from './setup/options.mjs';
import { locate } from './setup/paths.mjs';
import { say } from './setup/progress.mjs';
import { forNotebooks, setUp } from './setup.mjs';

const HELP = `\
npm run site [-- --out DIR] [--anew]

Executes the notebooks and writes them, with the library's pages, as a site of static files.

      --out DIR   where it goes (default site); what is there is replaced when all is done
      --anew      execute all; without it, those whose code has changed since \`npm run notebooks\` executed them
  -h, --help      this text
`;

const paths = locate();
const folder = join(paths.root, 'notebooks');
const executed = join(paths.state, 'executed');

/** @param {string[]} argv @param {AbortSignal} signal */
async function main(argv, signal) {
  const { out, anew } = options(argv);
  await setUp(forNotebooks, { signal, paths });
  const names = listNotebooks(folder).map((name) => basename(name, '.ipynb'));
  await execute(names.filter((name) => anew || !isCurrent(name)), signal);

  const { writeApi, namesOf } = await import('./site/api.mjs');
  const { writePages } = await import('./site/write.mjs');
  const aside = `${out}.unfinished`;
  rmSync(aside, { recursive: true, force: true });
  say('the library’s pages');
  await writeApi(paths.root, join(aside, 'api'));
  const notebooks = names.map((name) => ({ name, notebook: readNotebook(join(executed, `${name}.ipynb`)) }));
  writePages(aside, notebooks, namesOf(join(aside, 'api'), 'api'), paths.modules);
  if (existsSync(out)) rmSync(out, { recursive: true });
  renameSync(aside, out);
  process.stdout.write(`${names.length} notebooks: ${relative(process.cwd(), join(out, 'index.html'))}\n`);
}

/** @param {string[]} args */
function options(args) {
  const { values } = readArguments({ args, options: { out: { type: 'string', default: 'site' }, anew: { type: 'boolean', default: false } } });
  const out = resolve(paths.root, values.out);
  // What is there is replaced as a whole, so it must be a site, or nothing.
  if (existsSync(out) && !existsSync(join(out, 'assets', 'search-index.js'))) throw new Usage(`--out: ${values.out} is there and is no site of ours; give another folder.`);
  return { out, anew: values.anew };
}

/** Whether the executed notebook is one of today's code. @param {string} name */
function isCurrent(name) {
  const copy = join(executed, `${name}.ipynb`);
  if (!existsSync(copy)) return false;
  const notebook = readNotebook(copy);
  return sameCode(notebook, readNotebook(join(folder, `${name}.ipynb`))) && !notebook.cells.some(hasFailed);
}

/** @param {string[]} names @param {AbortSignal} signal @throws {Fault} where one fails */
async function execute(names, signal) {
  if (names.length === 0) return;
  const { exitCode } = await execa(process.execPath, [join('kernel-setup', 'notebooks.mjs'), ...names], { cwd: paths.root, stdio: ['ignore', 'inherit', 'inherit'], reject: false, cancelSignal: signal });
  if (signal.aborted) throw new Interrupted();
  if (exitCode !== 0) throw new Fault('A notebook did not run to its end, and a site shows only what does.', 'Mend it (npm run notebooks tells where it failed), and run the same command again.');
}

await command(import.meta.url, HELP, main);
