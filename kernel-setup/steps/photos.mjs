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

/** What is taken out, each file with its sha256. */
const sums = {
  'README.txt': '5ab6b958dd0aca217e3e9dc535608c2432a474829109d1064f03d24946000b27',
  'astronaut.png': '88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5',
  'brick.png': '7966caf324f6ba843118d98f7a07746d22f6a343430add0233eca5f6eaaa8fcf',
  'camera.png': 'b0793d2adda0fa6ae899c03989482bff9a42d3d5690fc7e3648f2795d730c23a',
  'chelsea.png': '596aa1e7cb875eb79f437e310381d26b338a81c2da23439704a73c4651e8c4bb',
  'coffee.png': 'cc02f8ca188b167c775a7101b5d767d1e71792cf762c33d6fa15a4599b5a8de7',
  'coins.png': 'f8d773fc9cfa6f4d8e5942dc34d0a0788fcaed2a4fefbbed0aef5398d7ef4cba',
  'grass.png': 'b6b6022426b38936c43a4ac09635cd78af074e90f42ffa8227ac8b7452d39f89',
  'gravel.png': 'c48615b451bf1e606fbd72c0aa9f8cc0f068ab7111ef7d93bb9b0f2586440c12',
  'moon.png': '78739619d11f7eb9c165bb5d2efd4772cee557812ec847532dbb1d92ef71f577',
  'motorcycle_left.png': 'db18e9c4157617403c3537a6ba355dfeafe9a7eabb6b9b94cb33f6525dd49179',
  'motorcycle_right.png': '5fc913ae870e42a4b662314bc904d1786bcad8e2f0b9b67dba5a229406357797',
  'rocket.jpg': 'c2dd0de7c538df8d111e479619b129464d0269d0ae5fd18ca91d33a7fdfea95c',
};
const names = Object.keys(sums);
const extractor = fileURLToPath(new URL('../engine/extract.py', import.meta.url));

/** @param {Paths} paths */
const folder = ({ cache }) => join(cache, 'data', 'photos');

/** @type {import('./step.mjs').Step} */
export const photos = {
  name: 'photographs (from the wheel of scikit-image, 15 MB)',

  isDone: ({ paths }) => names.every((name) => existsSync(join(folder(paths), name))),

  async damage({ paths, signal }) {
    const found = [];
    for (const [name, sum] of Object.entries(sums)) {
      const file = join(folder(paths), name);
      if (existsSync(file) && (await sha256(file, signal)) !== sum)
        found.push({ file, remove: [file] });
    }
    return found;
  },

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
