/** Finds a data file: in the folder that the user names, in the cache, or on the net. */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, isAbsolute, join, resolve } from 'node:path';
import { duration, progressBar, type Standing } from '../../plot/progressBar';
import { download } from './download';
import type { Source } from './sources';

/** The name of our own folder below the one that `DARK_MATTER_CACHE` names. */
const below = 'dark-matter-cache';

/**
 * Where downloaded data sets are kept: the folder `data` of the cache that setup uses as well
 * (`cacheFolder` in kernel-setup/setup/paths.mjs, the same rule).
 */
export function dataCache(env: NodeJS.ProcessEnv = process.env): string {
  if (env['DARK_MATTER_CACHE']) {
    const given = resolve(env['DARK_MATTER_CACHE']);
    return join(isCache(given) ? given : join(given, below), 'data');
  }
  const xdg = env['XDG_CACHE_HOME'];
  return join(xdg && isAbsolute(xdg) ? xdg : join(homedir(), '.cache'), 'dark-matter', 'data');
}

/** Whether a folder is a cache of ours already, so that nothing is made below it. */
function isCache(folder: string): boolean {
  if (basename(folder) === below) return true;
  try {
    return readFileSync(join(folder, 'CACHEDIR.TAG'), 'utf8').includes('cache of Dark Matter');
  } catch {
    return false;
  }
}

/**
 * The path of a file of an image set. First `DARK_MATTER_DATA`, compressed or not, in one of the
 * set's folders; then the cache; else it is downloaded into the cache.
 *
 * @param folders names a set's folder may have, such as 'mnist' and torchvision's 'MNIST/raw'; '.'
 * for DARK_MATTER_DATA itself.
 * @param layouts a sentence on other forms in which DARK_MATTER_DATA may hold the set.
 */
export async function locate(
  source: Source,
  folders: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
  layouts = '',
): Promise<string> {
  const given = env['DARK_MATTER_DATA'];
  const looked: string[] = [];
  if (given) {
    if (!existsSync(given)) throw new Error(`DARK_MATTER_DATA: there is no folder ${given}`);
    for (const folder of folders) {
      for (const name of [source.name, source.name.replace(/\.gz$/, '')]) {
        const path = resolve(given, folder, name);
        if (existsSync(path)) return path;
        looked.push(path);
      }
    }
  }
  const cached = join(dataCache(env), folders[0]!, source.name);
  if (existsSync(cached)) return cached;
  const megabytes = (source.bytes / 1e6).toFixed(1);
  process.stderr.write(`dark-matter: downloading ${source.name} (${megabytes} MB) to ${cached}\n`);
  try {
    await downloadInSight(source, cached);
  } catch (error) {
    const mend = `Get the file by other means and set DARK_MATTER_DATA to a folder that holds ${join(folders[0]!, source.name)}.`;
    const also =
      looked.length > 0
        ? `\nDARK_MATTER_DATA does not have it: looked for ${looked.join(', ')}.`
        : '';
    throw new Error(
      `${error instanceof Error ? error.message : String(error)}${also}\n${mend} ${layouts}`.trim(),
      {
        cause: error,
      },
    );
  }
  return cached;
}

/** Downloads a file under a bar, in a log with a line now and then. */
async function downloadInSight(source: Source, target: string): Promise<void> {
  const start = performance.now();
  const bar = progressBar('auto', start);
  let [first, received]: [number | undefined, number] = [undefined, 0];
  const standing = (): Standing => {
    const seconds = (performance.now() - start) / 1000;
    const text = standingOf(source, { first: first ?? 0, received, seconds });
    return { done: received, total: source.bytes, text };
  };
  try {
    await download(source, target, {
      onProgress(now) {
        first ??= now; // an earlier attempt's part is not this one's speed
        received = now;
        bar.update(standing);
      },
    });
  } finally {
    await bar.close(standing());
  }
}

/** `cifar-10-binary.tar.gz: 85.0 of 170.1 MB, 40 s left`. */
export function standingOf(
  { name, bytes }: Source,
  { first, received, seconds }: { first: number; received: number; seconds: number },
): string {
  const [done, all] = [received, bytes].map((count) => (count / 1e6).toFixed(1));
  const left = (seconds * (bytes - received)) / (received - first);
  return `${name}: ${done} of ${all} MB${left > 0 && Number.isFinite(left) ? `, ${duration(left)} left` : ''}`;
}

/**
 * What `read` makes of a located file. Where that fails and the file is the cache's, the error says
 * how to get it anew; of a user's own file it says what is wrong with it.
 */
export async function reading<T>(path: string, read: (path: string) => Promise<T>): Promise<T> {
  try {
    return await read(path);
  } catch (error) {
    if (!path.startsWith(dataCache())) throw error;
    throw new Error(
      `${error instanceof Error ? error.message : String(error)}\n` +
        'It is in the cache: remove it, and it is downloaded anew.',
      { cause: error },
    );
  }
}
