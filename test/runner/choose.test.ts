import fc from 'fast-check';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { choose, globToRegExp } from '../../kernel-setup/runner/choose.mjs';
import { temporaryFolder } from './support';

const names = ['00-start-here', '05-joint-embedding', '10-swav', '11-barlow'];
let cwd = '';
let folder = '';

beforeAll(() => {
  cwd = temporaryFolder();
  folder = join(cwd, 'notebooks');
  mkdirSync(folder);
  for (const name of names) writeFileSync(join(folder, `${name}.ipynb`), '{}');
  writeFileSync(join(folder, 'README.md'), '');
  writeFileSync(join(cwd, 'mine.ipynb'), '{}');
});

const chosen = (...patterns: string[]): string[] =>
  choose(patterns, { folder, cwd }).notebooks.map((path) => basename(path, '.ipynb'));

describe('choosing notebooks', () => {
  it.each([
    [[], names],
    [['5'], ['05-joint-embedding']],
    [['05'], ['05-joint-embedding']],
    [['0'], ['00-start-here']],
    [['1*'], ['10-swav', '11-barlow']],
    [['{05,11}*'], ['05-joint-embedding', '11-barlow']],
    [['[!1]*'], ['00-start-here', '05-joint-embedding']],
    [['10-swav'], ['10-swav']],
    [['10-swav.ipynb'], ['10-swav']],
    [['notebooks/10-swav.ipynb'], ['10-swav']],
    [['./notebooks/1?-b*'], ['11-barlow']],
    [['mine.ipynb'], ['mine']],
    [
      ['11', '05', '1*'],
      ['05-joint-embedding', '10-swav', '11-barlow'],
    ],
  ])('%j chooses %j, each once and in order', (patterns, expected) => {
    expect(chosen(...patterns)).toEqual(expected);
  });

  it.each([[['7']], [['05', '7']], [['missing.ipynb']], [['*.py']], [['2*', '3*']]])(
    '%j chooses nothing, which is an error that says what there is',
    (patterns) => {
      expect(() => chosen(...patterns)).toThrow(/there are: 00-start-here, 05-joint-embedding/);
    },
  );

  it('a glob may match nothing beside another that matches, and is told', () => {
    expect(choose(['05', '2*'], { folder, cwd }).unmatched).toEqual(['2*']);
  });

  it('a missing folder holds no notebooks', () => {
    expect(() => choose([], { folder: join(cwd, 'nowhere'), cwd })).toThrow(/there are: none/);
  });
});

describe('globs', () => {
  const plain = fc.string().filter((text) => !/[*?[\]{}]/.test(text));

  it('a name without magic characters matches itself alone', () => {
    fc.assert(
      fc.property(plain, plain, (a, b) => {
        expect(globToRegExp(a).test(b)).toBe(a === b);
      }),
    );
  });

  it('a star stands for any text, of any length', () => {
    fc.assert(
      fc.property(plain, fc.string(), plain, (before, between, after) => {
        expect(globToRegExp(`${before}*${after}`).test(before + between + after)).toBe(true);
      }),
    );
  });
});
