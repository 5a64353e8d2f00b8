import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cacheFolder, locate } from '../../kernel-setup/setup/paths.mjs';

describe('the cache folder', () => {
  it('is the one that DARK_MATTER_CACHE names, before any other', () => {
    expect(cacheFolder({ DARK_MATTER_CACHE: '/a/b', XDG_CACHE_HOME: '/c' })).toBe('/a/b');
    expect(cacheFolder({ DARK_MATTER_CACHE: 'here' })).toBe(resolve('here'));
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
  expect([root, cache]).toEqual(['/clone', '/cache']);
  for (const path of [unfinished('x'), ...Object.values(written)])
    expect(path).toMatch(/^\/(clone|cache)\//);
});
