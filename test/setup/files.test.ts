import fc from 'fast-check';
import {
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../kernel-setup/setup/fault.mjs';
import {
  bytesBelow,
  filesBelow,
  needSpace,
  readJson,
  sha256,
  stamp,
  writeWhole,
} from '../../kernel-setup/setup/files.mjs';
import { temporaryFolder } from './support';

describe('writeWhole', () => {
  it('makes the folders and leaves nothing but the file', () => {
    const folder = temporaryFolder();
    writeWhole(join(folder, 'a', 'b.json'), '{"c": 1}');
    expect(readJson(join(folder, 'a', 'b.json'))).toEqual({ c: 1 });
    expect(readdirSync(join(folder, 'a'))).toEqual(['b.json']);
  });

  it('leaves the old file, and no piece of the new one, where it fails', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'taken', 'x'), { recursive: true });
    expect(() => writeWhole(join(folder, 'taken'), 'text')).toThrow();
    expect(readdirSync(folder)).toEqual(['taken']);
  });
});

it('readJson takes a missing or half-written file for none', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'half.json'), '{"a": ');
  expect(readJson(join(folder, 'half.json'))).toBeUndefined();
  expect(readJson(join(folder, 'none.json'))).toBeUndefined();
});

it('stamp is the same for the same contents, and tells contents apart by where one ends', () => {
  const contents = fc.array(fc.string(), { maxLength: 5 });
  fc.assert(
    fc.property(contents, contents, (a, b) => {
      expect(stamp(...a) === stamp(...b)).toBe(JSON.stringify(a) === JSON.stringify(b));
    }),
  );
  expect(stamp('ab', 'c')).not.toBe(stamp('a', 'bc'));
});

it('sha256 is the one of the standard', async () => {
  const file = join(temporaryFolder(), 'abc');
  writeFileSync(file, 'abc');
  expect(await sha256(file)).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
});

it('filesBelow lists symbolic links and does not follow them', () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'a'));
  writeFileSync(join(folder, 'a', 'file'), '');
  symlinkSync('..', join(folder, 'a', 'up'));
  expect(filesBelow(folder)).toEqual([join(folder, 'a', 'file'), join(folder, 'a', 'up')]);
  expect(filesBelow(join(folder, 'none'))).toEqual([]);
});

it('bytesBelow counts a file with two names once, and a symbolic link not at all', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'a'), '12345');
  linkSync(join(folder, 'a'), join(folder, 'b'));
  symlinkSync('a', join(folder, 'c'));
  writeFileSync(join(folder, 'd'), '678');
  expect(bytesBelow(folder)).toBe(8);
});

describe('needSpace', () => {
  it('says how much is free and how much is needed', () => {
    const check = () => needSpace('/cache', 1_300e6, 'the TensorFlow engine', () => 200e6);
    expect(check).toThrow(Fault);
    expect(check).toThrow(
      'The disk of /cache has 200 MB free, and the TensorFlow engine needs 1300 MB.',
    );
  });

  it('asks the file system', () => {
    const folder = temporaryFolder();
    expect(() => needSpace(folder, 1, 'a byte')).not.toThrow();
    expect(() => needSpace(folder, 1e18, 'everything')).toThrow(Fault);
  });
});

it('a file is read as it was written', () => {
  const file = join(temporaryFolder(), 'text');
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      writeWhole(file, text);
      expect(readFileSync(file, 'utf8')).toBe(text);
    }),
    { numRuns: 30 },
  );
});
