import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cacheFolder, locate, rememberCache } from '../../kernel-setup/setup/paths.mjs';
import { dataCache } from '../../lib/data/files/locate';
import { emptyClone, temporaryFolder } from './support';

describe('the cache folder', () => {
  it('is a folder of our own below the one that DARK_MATTER_CACHE names, before any other', () => {
    expect(cacheFolder({ DARK_MATTER_CACHE: '/a/b', XDG_CACHE_HOME: '/c' })).toBe(
      join('/a/b', 'dark-matter-cache'),
    );
    expect(cacheFolder({ DARK_MATTER_CACHE: 'here' })).toBe(resolve('here', 'dark-matter-cache'));
    expect(cacheFolder({ DARK_MATTER_CACHE: '/a/dark-matter-cache' })).toBe('/a/dark-matter-cache');
  });

  it('is the very folder that DARK_MATTER_CACHE names where an earlier version made it the cache', () => {
    const folder = temporaryFolder();
    writeFileSync(
      join(folder, 'CACHEDIR.TAG'),
      'Signature: 8a477f597d28d172789f06886806bc55\n# The cache of Dark Matter: engines, data sets and downloads.',
    );
    expect(cacheFolder({ DARK_MATTER_CACHE: folder })).toBe(folder);
  });

  it('is the one that the clone was set up with, until another is named or it is gone', () => {
    const { root, cache, ...paths } = emptyClone();
    rememberCache({ root, cache, ...paths });
    expect(locate({ root, env: {} }).cache).toBe(cache);
    expect(locate({ root, env: { DARK_MATTER_CACHE: '/a' } }).cache).toBe('/a/dark-matter-cache');
    rmSync(cache, { recursive: true });
    expect(locate({ root, env: { XDG_CACHE_HOME: '/c' } }).cache).toBe('/c/dark-matter');
  });

  it('is where the library looks for its data sets', () => {
    const marked = temporaryFolder();
    mkdirSync(join(marked, 'data'));
    writeFileSync(join(marked, 'CACHEDIR.TAG'), '# The cache of Dark Matter');
    for (const env of [
      { DARK_MATTER_CACHE: '/a/b' },
      { DARK_MATTER_CACHE: '/a/dark-matter-cache' },
      { DARK_MATTER_CACHE: marked },
      { XDG_CACHE_HOME: '/c' },
      {},
    ])
      expect(dataCache(env)).toBe(join(cacheFolder(env), 'data'));
  });

  it('follows the XDG specification, which ignores relative paths', () => {
    expect(cacheFolder({ XDG_CACHE_HOME: '/c' })).toBe(join('/c', 'dark-matter'));
    expect(cacheFolder({ XDG_CACHE_HOME: 'c' })).toBe(join(homedir(), '.cache', 'dark-matter'));
    expect(cacheFolder({})).toBe(join(homedir(), '.cache', 'dark-matter'));
  });
});

it('everything that setup writes lies in the clone or in the cache', () => {
  const { root, cache, unfinished, ...written } = locate({
    root: '/clone',
    env: { DARK_MATTER_CACHE: '/cache' },
  });
  expect([root, cache]).toEqual(['/clone', '/cache/dark-matter-cache']);
  for (const path of [unfinished('x'), ...Object.values(written)])
    expect(path).toMatch(/^\/(clone|cache)\//);
});
