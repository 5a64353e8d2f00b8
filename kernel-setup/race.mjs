// @ts-check
/** `npm run race`: every method that learns features, compared; resumable, in pieces. */
import { command } from './setup/cli.mjs';
import { sayStopped, teller } from './setup/longRun.mjs';
import { locate } from './setup/paths.mjs';
import { setUp } from './setup.mjs';
import { library } from './steps/build.mjs';
import { engine } from './steps/engine.mjs';
import { packages } from './steps/packages.mjs';
import { parseOptions, usage } from './race/options.mjs';

await command(import.meta.url, usage, async (args, interruption) => {
  const { data, rows, seeds, steps, sizes, limit, note } = parseOptions(args);
  await setUp([packages, engine, library], { signal: interruption, paths: locate() });
  // Only now is there a library that this imports.
  const { race, tree } = await import('dark-matter');
  const images = await race.images(data, sizes);
  try {
    const timeout = limit === undefined ? [] : [AbortSignal.timeout(limit)];
    const signal = AbortSignal.any([interruption, ...timeout]);
    await race
      .run(images, {
        seeds,
        steps,
        note,
        signal,
        onProgress: teller(),
        ...(rows && { rows }),
      })
      .catch((error) => {
        sayStopped(error, signal);
        interruption.throwIfAborted();
      });
  } finally {
    tree.dispose([images.learn, images.validation, images.test]);
  }
});
