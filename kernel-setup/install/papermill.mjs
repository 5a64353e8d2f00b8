/**
 * papermill's parameters in TypeScript: a small Python package, put where papermill is installed.
 * It is laid out as pip does, so that pip lists and removes it.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '../setup/files.mjs';
import { tryRun } from '../setup/run.mjs';

const module = 'dark_matter_papermill';
const version = '0.1.0';
const info = `${module}-${version}.dist-info`;

/** Whether there is a papermill, and where its packages, or the user's own, are. */
const probe = `
import importlib.util, json, os, site, sysconfig
folder = sysconfig.get_path('purelib')
if not os.access(folder, os.W_OK) and site.ENABLE_USER_SITE:
    folder = site.getusersitepackages()
print(json.dumps([importlib.util.find_spec('papermill') is not None, folder]))
`;

/** @param {string | undefined} python @returns {Promise<{ there: boolean, folder: string } | undefined>} */
async function papermillOf(python) {
  const said = python && (await tryRun(python, ['-c', probe], process.env));
  if (!said) return undefined;
  const [there, folder] = /** @type {[boolean, string]} */ (JSON.parse(said));
  return { there, folder };
}

/**
 * Puts the package where papermill will find it.
 *
 * @param {string | undefined} python
 * @returns {Promise<string | undefined>} where it is; undefined where there is no papermill
 */
export async function installTranslator(python) {
  const papermill = await papermillOf(python);
  if (!papermill?.there) return undefined;
  const files = {
    [`${module}.py`]: readFileSync(new URL(`${module}.py`, import.meta.url), 'utf8'),
    [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: dark-matter-papermill\nVersion: ${version}\nSummary: papermill's parameters in TypeScript and JavaScript notebooks\nLicense: MIT\n`,
    [`${info}/entry_points.txt`]: `[papermill.engine]\ndark-matter = ${module}:Engine\n`,
    [`${info}/INSTALLER`]: 'dark-matter\n',
  };
  const record = [...Object.keys(files), `${info}/RECORD`].map((file) => `${file},,\n`).join('');
  for (const [file, text] of Object.entries({ ...files, [`${info}/RECORD`]: record }))
    writeWhole(join(papermill.folder, file), text);
  return papermill.folder;
}

/**
 * @param {string | undefined} python
 * @returns {Promise<boolean>} whether it was there
 */
export async function uninstallTranslator(python) {
  const papermill = await papermillOf(python);
  if (!papermill || !existsSync(join(papermill.folder, info))) return false;
  for (const each of [info, `${module}.py`])
    rmSync(join(papermill.folder, each), { recursive: true, force: true });
  return true;
}
