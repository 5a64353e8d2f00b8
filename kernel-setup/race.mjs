// @ts-check
/** `npm run race`: every method that learns features, compared; resumable, in pieces. */
import { command } from './setup/cli.mjs';
import { locate } from './setup/paths.mjs';
import { setUp } from './setup.mjs';
import { library } from './steps/build.mjs';
import { engine } from './steps/engine.mjs';
import { packages } from './steps/packages.mjs';
import { parseOptions, usage } from './race/options.mjs';

/** Milliseconds between two lines about a training. */
const interval = 30_000;

await command(import.meta.url, usage, async (args, interruption) => {
  const { data, rows, seeds, steps, sizes, minutes, note } = parseOptions(args);
  await setUp([packages, engine, library], { signal: interruption, paths: locate() });
  // Only now is there a library that this imports.
  const { race, tree } = await import('dark-matter');
  const images = await race.images(/** @type {any} */ (data), sizes);
  try {
    const limit = minutes === Infinity ? undefined : AbortSignal.timeout(60_000 * minutes);
    const signal = limit ? AbortSignal.any([interruption, limit]) : interruption;
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
        if (!signal.aborted) throw error;
        process.stderr.write('Stopped. The same command goes on from here.\n');
        interruption.throwIfAborted();
      });
  } finally {
    tree.dispose([images.learn, images.validation, images.test]);
  }
});

/** Lines on standard error, not more often than one can read them. */
function teller() {
  let last = -Infinity;
  return (/** @type {string} */ text) => {
    const now = performance.now();
    if (now - last < interval && !/begins|judged/.test(text)) return;
    last = now;
    process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);
  };
}
