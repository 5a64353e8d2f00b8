/**
 * `npm run site`: every notebook, executed, as a page that needs no server and no network, with the
 * library's own pages.
 */
import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
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
npm run site [-- --out DIR] [--anew | --saved]

Executes the notebooks and writes them, with the library's pages, as a site of static files.

      --out DIR   where it goes (default site); what is there is replaced when all is done
      --anew      execute all; without it, those whose code or library has changed since \`npm run notebooks\` executed them
      --saved     execute none: show the outputs that the notebooks carry, whose charts are pictures (half a minute)
  -h, --help      this text
`;

const paths = locate();
const folder = join(paths.root, 'notebooks');
const executed = join(paths.state, 'executed');

/** @param {string[]} argv @param {AbortSignal} signal */
async function main(argv, signal) {
  const { out, anew, saved } = options(argv);
  await setUp(forNotebooks, { signal, paths });
  const names = listNotebooks(folder).map((name) => basename(name, '.ipynb'));
  if (!saved)
    await execute(
      names.filter((name) => anew || !isCurrent(name)),
      signal,
    );

  const { writeApi, namesOf } = await import('./site/api.mjs');
  const { offered } = await import('./site/here/offered.mjs');
  const { checkLinks } = await import('./site/links.mjs');
  const { writePages } = await import('./site/write.mjs');
  const aside = `${out}.unfinished`;
  rmSync(aside, { recursive: true, force: true });
  say('the library’s pages');
  const docs = await writeApi(paths.root, join(aside, 'api'));
  const notebooks = names.map((name) => ({
    name,
    notebook: readNotebook(join(saved ? folder : executed, `${name}.ipynb`)),
  }));
  const api = namesOf(join(aside, 'api'), 'api');
  await writePages(aside, notebooks, {
    names: api,
    docs,
    modules: paths.modules,
    saved,
    runs: offered,
  });
  const { dead } = checkLinks(aside);
  if (dead.length > 0)
    throw new Fault(
      `Links that lead nowhere: ${dead.join(', ')}`,
      'Mend them in the notebooks, and run the same command again.',
    );
  if (existsSync(out)) rmSync(out, { recursive: true });
  renameSync(aside, out);
  process.stdout.write(
    `${names.length} pages of notebooks and ${api.size} of the library: ${relative(process.cwd(), join(out, 'index.html'))}\n`,
  );
}

/** @param {string[]} args */
function options(args) {
  const { values } = readArguments({
    args,
    options: {
      out: { type: 'string', default: 'site' },
      anew: { type: 'boolean', default: false },
      saved: { type: 'boolean', default: false },
    },
  });
  if (values.anew && values.saved)
    throw new Usage('--anew, --saved: both given, one at most expected.');
  const out = resolve(paths.root, values.out);
  // What is there is replaced as a whole, so it must be a site, or nothing.
  if (existsSync(out) && !existsSync(join(out, 'assets', 'search-index.js')))
    throw new Usage(`--out: ${values.out} is there and is no site of ours; give another folder.`);
  return { out, anew: values.anew, saved: values.saved };
}

/**
 * Whether the executed notebook is one of today's code, and of today's library, whose build wrote
 * down when it was.
 * @param {string} name
 */
function isCurrent(name) {
  const copy = join(executed, `${name}.ipynb`);
  if (
    !existsSync(copy) ||
    statSync(copy).mtimeMs < statSync(join(paths.root, 'lib', 'dist', '.built.json')).mtimeMs
  )
    return false;
  const notebook = readNotebook(copy);
  return (
    sameCode(notebook, readNotebook(join(folder, `${name}.ipynb`))) &&
    !notebook.cells.some(hasFailed)
  );
}

/** @param {string[]} names @param {AbortSignal} signal @throws {Fault} where one fails */
async function execute(names, signal) {
  if (names.length === 0) return;
  const { exitCode } = await execa(
    process.execPath,
    [join('kernel-setup', 'notebooks.mjs'), ...names],
    {
      cwd: paths.root,
      stdio: ['ignore', 'inherit', 'inherit'],
      reject: false,
      cancelSignal: signal,
    },
  );
  if (signal.aborted) throw new Interrupted();
  if (exitCode !== 0)
    throw new Fault(
      'A notebook did not run to its end, and a site shows only what does.',
      'Mend it (npm run notebooks tells where it failed), and run the same command again.',
    );
}

await command(import.meta.url, HELP, main);
