import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkReports, outputFolder } from '../../kernel-setup/runner/places.mjs';
import { exitCode } from '../../kernel-setup/runner/ending.mjs';
import { temporaryFolder, writeNotebook } from './support';

describe('the folder of what was executed', () => {
  const folder = temporaryFolder();
  const notebooks = [writeNotebook(folder, 'a', ['1'])];
  const place = join(folder, 'out');

  it('is made, and nothing is left in it', () => {
    expect(outputFolder(place, notebooks, folder)).toBe(place);
    expect(readdirSync(place)).toEqual([]);
  });

  it('on a full disk is refused, in words', () => {
    expect(() => outputFolder(place, notebooks, folder, () => 31e6)).toThrow(
      'The disk of out is full. Free some space, or give another folder with --out.',
    );
    expect(outputFolder(place, notebooks, folder, () => 33e6)).toBe(place);
  });

  it('may not hold a source, nor may two notebooks share a name', () => {
    expect(() => outputFolder(folder, notebooks, folder)).toThrow(/holds the source a\.ipynb/);
    const twice = [...notebooks, join(folder, 'other', 'a.ipynb')];
    expect(() => outputFolder(place, twice, folder)).toThrow(/Two notebooks are called a\.ipynb/);
  });
});

describe('reports', () => {
  const folder = temporaryFolder();

  it('that can be written leave no trace, and what is there stays', () => {
    writeFileSync(join(folder, 'r.json'), 'an earlier report');
    checkReports(['r.json', 'new/r.xml'], folder);
    expect(readdirSync(folder).sort()).toEqual(['new', 'r.json']);
    expect(existsSync(join(folder, 'new', 'r.xml'))).toBe(false);
  });

  it('that cannot be written are refused by name', () => {
    expect(() => checkReports(['r.json/x.json'], folder)).toThrow(
      /r\.json\/x\.json cannot be written/,
    );
    expect(() => checkReports(['new'], folder)).toThrow(/new is a folder/);
  });
});

it('a machine that is at fault outweighs failures, and an interruption both', () => {
  expect(exitCode(['failed', 'passed'], false, true)).toBe(3);
  expect(exitCode(['passed'], false, true)).toBe(3);
  expect(exitCode(['failed'], true, true)).toBe(130);
  expect(exitCode(['failed'], false)).toBe(1);
});
