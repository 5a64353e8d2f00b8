// @ts-check
/** `npm run kernel`: the kernel for notebooks of any folder, in the Jupyter that one has already. */
import { join } from 'node:path';
import { installTranslator, uninstallTranslator } from './install/papermill.mjs';
import { knownData, placeOf } from './install/places.mjs';
import { checkedName, install, ours, uninstall } from './install/specs.mjs';
import { kernelName } from './kernelspec.mjs';
import { command } from './setup/cli.mjs';
import { Usage } from './setup/fault.mjs';
import { readArguments } from './setup/options.mjs';
import { locate } from './setup/paths.mjs';
import { setUp } from './setup.mjs';

const usage = `npm run kernel -- install | uninstall | list [OPTIONS]: the kernels "TypeScript (Dark Matter)" and "JavaScript (Dark Matter)"
for notebooks in any folder, in JupyterLab, VS Code, jupyter console, papermill and nbmake. Imports start from the notebook's folder.

  --user         for every Jupyter that you start (the default)
  --sys-prefix   for the Python environment that is active: \`python3\` on the PATH
  --prefix P     for the environment in the folder P
  --name N       the kernels' names: N and N-javascript (${kernelName})
  --help         this text

Where papermill is installed beside Jupyter, it learns to write parameters in TypeScript.
The kernel runs from this folder: move it, and install again.
`;

/**
 * @param {string[]} args
 * @throws {Usage}
 */
export function readOptions(args) {
  const { values, positionals } = readArguments({
    args,
    allowPositionals: true,
    options: {
      user: { type: 'boolean', default: false },
      'sys-prefix': { type: 'boolean', default: false },
      prefix: { type: 'string' },
      name: { type: 'string', default: kernelName },
    },
  });
  const [action, ...more] = positionals;
  if (action !== 'install' && action !== 'uninstall' && action !== 'list')
    throw new Usage(`${action ?? 'nothing'} given, install, uninstall or list expected.`);
  if (more.length > 0)
    throw new Usage(`${more.join(' ')} given after ${action}, nothing expected.`);
  const { user, 'sys-prefix': sysPrefix, prefix, name } = values;
  if (Number(user) + Number(sysPrefix) + Number(prefix !== undefined) > 1)
    throw new Usage('More than one of --user, --sys-prefix and --prefix given, one expected.');
  if (prefix === '') throw new Usage('--prefix: nothing given, a folder expected.');
  return { action, where: { user, sysPrefix, prefix }, name: checkedName(name) };
}

const say = (/** @type {string} */ text) => process.stdout.write(`${text}\n`);

await command(import.meta.url, usage, async (args, signal) => {
  const { action, where, name } = readOptions(args);
  const { root, venv } = locate();
  if (action === 'list') {
    const found = (await knownData([venv])).flatMap(ours);
    for (const { name: each, title, folder, whole } of found)
      say(
        `${each}  ${title}  ${folder}${whole ? '' : '  (what it starts is gone: install it again)'}`,
      );
    if (found.length === 0) say('None is installed.');
    return;
  }
  const place = await placeOf(where);
  if (action === 'uninstall') {
    const gone = uninstall(place.data, name);
    for (const { folder } of gone) say(`removed ${folder}`);
    if (gone.length === 0) say(`There is no ${name} in ${join(place.data, 'kernels')}.`);
    const others = ours(place.data).length > 0;
    if (!others && (await uninstallTranslator(place.python))) say("removed papermill's translator");
    return;
  }
  await setUp(undefined, { signal });
  for (const { name: each, title, folder } of install(place.data, { root, name }))
    say(`${title}: ${each}, in ${folder}`);
  const translator = await installTranslator(place.python);
  if (translator) say(`papermill writes parameters in TypeScript: ${translator}`);
});
