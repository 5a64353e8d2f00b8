/**
 * Step: a dozen real photographs, which come in the wheel of scikit-image. Only they are taken out
 * of it: no Python of the wheel is installed.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder, toolEnvironment } from '../setup/environment.mjs';
import { Fault } from '../setup/fault.mjs';
import { sha256 } from '../setup/files.mjs';
import { run } from '../setup/run.mjs';

/** @typedef {import('../setup/paths.mjs').Paths} Paths */

const wheel = 'scikit-image==0.25.2';
/**
 * One of the wheels of that version, whatever machine this is: the pictures are the same in all.
 */
const target = [
  '--no-deps',
  '--only-binary=:all:',
  '--platform',
  'manylinux_2_17_x86_64',
  '--implementation',
  'cp',
  '--python-version',
  '3.12',
  '--abi',
  'cp312',
];
const checksum = 'a17e17eb8562660cc0d31bb55643a4da996a81944b82c54805c91b3fe66f4824';

const names = [
  'README.txt',
  'astronaut.png',
  'brick.png',
  'camera.png',
  'chelsea.png',
  'coffee.png',
  'coins.png',
  'grass.png',
  'gravel.png',
  'moon.png',
  'motorcycle_left.png',
  'motorcycle_right.png',
  'rocket.jpg',
];
const extractor = fileURLToPath(new URL('../engine/extract.py', import.meta.url));

/** @param {Paths} paths */
const folder = ({ cache }) => join(cache, 'data', 'photos');

/** @type {import('./step.mjs').Step} */
export const photos = {
  name: 'photographs (from the wheel of scikit-image, 15 MB)',

  isDone: ({ paths }) => names.every((name) => existsSync(join(folder(paths), name))),

  async run({ paths, signal }) {
    const aside = `${folder(paths)}.unfinished`;
    rmSync(aside, { recursive: true, force: true });
    mkdirSync(aside, { recursive: true });
    const env = { ...toolEnvironment(paths), ...temporaryFolder(aside) };
    try {
      const manner = ['--quiet', '--no-cache-dir', '--retries', '3'];
      await run(
        paths.python,
        ['-m', 'pip', 'download', wheel, ...target, ...manner, '--dest', aside],
        { env, signal, doing: `pip download ${wheel}` },
      );
      const file = readdirSync(aside).find((name) => name.endsWith('.whl'));
      if (!file) throw new Error(`pip download ended well, but left no wheel in ${aside}`);
      const found = await sha256(join(aside, file), signal);
      if (found !== checksum) {
        throw new Fault(
          `The wheel of ${wheel} arrived damaged: its sha256 is ${found.slice(0, 12)}…, expected ${checksum.slice(0, 12)}…. It was deleted.`,
          'Check the proxy or mirror between this machine and PyPI (pip config list), and run the same command again.',
        );
      }
      await run(
        paths.python,
        [extractor, join(aside, file), aside, ...names.map((name) => `skimage/data/${name}`)],
        { env, signal, doing: 'unpacking the photographs' },
      );
      rmSync(folder(paths), { recursive: true, force: true });
      renameSync(join(aside, 'skimage', 'data'), folder(paths));
    } finally {
      rmSync(aside, { recursive: true, force: true });
    }
  },
};
