// @ts-check
/** `npm run cifar10`: a night of self-supervised learning on CIFAR-10, resumable. */
import { join } from 'node:path';
import { command } from './setup/cli.mjs';
import { sayStopped, teller } from './setup/longRun.mjs';
import { locate } from './setup/paths.mjs';
import { setUp } from './setup.mjs';
import { library } from './steps/build.mjs';
import { engine } from './steps/engine.mjs';
import { packages } from './steps/packages.mjs';
import { parseOptions, usage } from './cifar10/options.mjs';

await command(import.meta.url, usage, async (args, signal) => {
  const { images, ...options } = parseOptions(args);
  const paths = locate();
  await setUp([packages, engine, library], { signal, paths });
  // Only now is there a library that these import.
  const { data, show, tree } = await import('dark-matter');
  const { night } = await import('./cifar10/night.mjs');
  const pictures = await data.cifar10({ train: images + options.validation });
  const tell = teller();
  const folder = join(paths.state, 'cifar10');
  const result = await night(pictures, options, { folder, signal, tell }).catch((error) => {
    sayStopped(error, signal);
    throw signal.reason;
  });
  tree.dispose([pictures.train, pictures.test]);
  await show(result);
});
