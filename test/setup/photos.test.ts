import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../kernel-setup/setup/fault.mjs';
import { locate } from '../../kernel-setup/setup/paths.mjs';
import { photos } from '../../kernel-setup/steps/photos.mjs';
import { emptyClone, fakeProgram } from './support';

const signal = new AbortController().signal;

/** A pip that brings a wheel with these contents. */
const pipBrings = (contents: string) => `const folder = argv[argv.indexOf('--dest') + 1];
fs.writeFileSync(path.join(folder, 'scikit_image.whl'), ${JSON.stringify(contents)});`;

describe('the photographs', () => {
  it('of which one is damaged are found by its checksum, and the file is named', async () => {
    const { cache } = locate();
    const paths = emptyClone();
    const context = { paths, signal, thorough: true };
    cpSync(join(cache, 'data', 'photos'), join(paths.cache, 'data', 'photos'), { recursive: true });
    expect(await photos.damage!(context)).toEqual([]);
    const file = join(paths.cache, 'data', 'photos', 'brick.png');
    const bytes = readFileSync(file);
    bytes[1000]! ^= 1;
    writeFileSync(file, bytes);
    expect(await photos.damage!(context)).toEqual([{ file, remove: [file] }]);
  });

  it('are there when every one of them is', () => {
    const paths = emptyClone();
    const context = { paths, signal, thorough: false };
    expect(photos.isDone(context)).toBe(false);
    const folder = join(paths.cache, 'data', 'photos');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'brick.png'), '');
    expect(photos.isDone(context)).toBe(false);
  });

  it('of a damaged wheel are refused with a sentence that says so, and nothing is left behind', async () => {
    const paths = emptyClone();
    fakeProgram(paths.python, pipBrings('not the wheel'));
    const ended = photos.run({ paths, signal, thorough: false });
    await expect(ended).rejects.toBeInstanceOf(Fault);
    await expect(ended).rejects.toThrow(
      /wheel of scikit-image==\S+ arrived damaged: its sha256 is [0-9a-f]{12}/,
    );
    expect(readdirSync(join(paths.cache, 'data'))).toEqual([]);
  });

  it('of a download that fails leave nothing behind', async () => {
    const paths = emptyClone();
    fakeProgram(paths.python, `console.error('no network'); process.exit(1);`);
    await expect(photos.run({ paths, signal, thorough: false })).rejects.toThrow();
    expect(existsSync(join(paths.cache, 'data', 'photos'))).toBe(false);
    expect(readdirSync(join(paths.cache, 'data'))).toEqual([]);
  });
});
