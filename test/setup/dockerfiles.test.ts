/**
 * The Dockerfiles, read and not built: what they name exists, and the Node they bring is new
 * enough.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkNode } from '../../kernel-setup/setup/node.mjs';

const root = join(__dirname, '../..');
const instructions = ['FROM', 'RUN', 'ARG', 'ENV', 'WORKDIR', 'COPY', 'USER', 'CMD'];

/** [instruction, the rest], continued lines joined. */
function read(path: string): (readonly [name: string, rest: string])[] {
  const lines = readFileSync(join(root, path), 'utf8')
    .split('\n')
    .filter((line) => !line.startsWith('#'));
  return lines
    .join('\n')
    .replace(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [name = '', ...rest] = line.trim().split(/\s+/);
      return [name, rest.join(' ')] as const;
    });
}

describe.each(['.binder/Dockerfile', 'kernel-setup/sweep/Dockerfile'])('%s', (path) => {
  const file = read(path);
  const all = (name: string): string[] =>
    file.filter(([own]) => own === name).map(([, rest]) => rest);

  it('is made of instructions that Docker knows, and begins with FROM', () => {
    expect(file[0]![0]).toBe('FROM');
    expect(file.map(([name]) => name).filter((name) => !instructions.includes(name))).toEqual([]);
  });

  it('brings a Node that package.json accepts, a compiler and Python with venv', () => {
    const version = /^node:(\d+)-/.exec(all('FROM').join())![1]!;
    expect(() => checkNode(`${version}.0.0`)).not.toThrow();
    for (const needed of ['g++', 'python3', 'python3-venv'])
      expect(all('RUN').join(' ').split(/\s+/)).toContain(needed);
  });

  it('copies what there is, and sets up by a script of package.json, after it was copied', () => {
    const sources = all('COPY').flatMap((rest) =>
      rest
        .split(' ')
        .filter((word) => !word.startsWith('--'))
        .slice(0, -1),
    );
    expect(sources.filter((source) => !existsSync(join(root, source)))).toEqual([]);
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const called = [
      ...all('RUN')
        .join(' ')
        .matchAll(/npm run ([\w:]+)/g),
    ].map(([, name]) => name!);
    expect(called).toContain('setup');
    expect(called.filter((name) => !(name in scripts))).toEqual([]);
    expect(file.findIndex(([name]) => name === 'COPY')).toBeLessThan(
      file.findIndex(([, rest]) => rest.includes('npm run setup')),
    );
  });
});

it('Binder’s runs as the user that Binder names, with .venv’s Jupyter first on the PATH', () => {
  const file = read('.binder/Dockerfile');
  const values = (name: string): string[] =>
    file.filter(([own]) => own === name).map(([, rest]) => rest);
  expect(values('ARG').map((rest) => rest.split('=')[0])).toEqual(['NB_USER', 'NB_UID']);
  expect(values('USER')).toEqual(['${NB_USER}']);
  expect(values('ENV').join(' ')).toMatch(/PATH=\S*\/dark-matter\/\.venv\/bin:\$PATH/);
  expect(JSON.parse(values('CMD')[0]!)).toEqual(['jupyter', 'lab', '--ip', '0.0.0.0']);
});
