import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { cloneRoot } from '../../kernel-setup/setup/paths.mjs';
import { packagesInstalled } from '../../kernel-setup/steps/packages.mjs';
import { temporaryFolder } from './support';

let root = '';
const lock = {
  '': { name: 'clone' },
  'node_modules/a': { version: '1.0.0' },
  'node_modules/a/node_modules/b': { version: '2.0.0' },
  'node_modules/elsewhere': { version: '1.0.0', optional: true },
  'node_modules/room': { resolved: 'room', link: true },
  room: { version: '0.1.0' },
};

function write(path: string, packages: object): void {
  writeFileSync(join(root, path), JSON.stringify({ packages }));
}

beforeEach(() => {
  root = temporaryFolder();
  for (const folder of ['a/node_modules/b', 'room'])
    mkdirSync(join(root, 'node_modules', folder), { recursive: true });
  write('package-lock.json', lock);
  const { '': _, 'node_modules/elsewhere': __, ...installed } = lock;
  write('node_modules/.package-lock.json', installed);
});

describe('packagesInstalled', () => {
  it('is content with what npm ci leaves: optional packages of other platforms may be missing', () => {
    expect(packagesInstalled(root)).toBe(true);
    expect(packagesInstalled(cloneRoot)).toBe(true);
  });

  it('sees an install that was interrupted: npm writes its record last', () => {
    rmSync(join(root, 'node_modules', '.package-lock.json'));
    expect(packagesInstalled(root)).toBe(false);
  });

  it('sees a new version in package-lock.json, also of a nested package', () => {
    write('package-lock.json', { ...lock, 'node_modules/a/node_modules/b': { version: '2.0.1' } });
    expect(packagesInstalled(root)).toBe(false);
  });

  it('sees a new package in package-lock.json', () => {
    write('package-lock.json', { ...lock, 'node_modules/c': { version: '1.0.0' } });
    expect(packagesInstalled(root)).toBe(false);
  });

  it('sees that a package was removed by hand', () => {
    rmSync(join(root, 'node_modules', 'a'), { recursive: true });
    expect(packagesInstalled(root)).toBe(false);
  });
});
