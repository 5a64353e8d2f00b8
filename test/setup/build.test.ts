import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { cloneRoot } from '../../kernel-setup/setup/paths.mjs';
import { build, isBuilt } from '../../kernel-setup/steps/build.mjs';
import { emptyClone } from './support';

let paths = emptyClone();
const file = (name: string) => join(paths.root, 'lib', name);

beforeEach(() => {
  paths = emptyClone();
  mkdirSync(paths.modules);
  mkdirSync(file(''));
  symlinkSync(join(cloneRoot, 'node_modules', 'typescript'), join(paths.modules, 'typescript'));
  const compilerOptions = {
    outDir: 'dist',
    rootDir: '.',
    incremental: true,
    tsBuildInfoFile: 'dist/.tsbuildinfo',
    strict: true,
    module: 'CommonJS',
    lib: ['ES2022'],
    types: [],
    skipLibCheck: true,
  };
  writeFileSync(
    file('tsconfig.json'),
    JSON.stringify({ compilerOptions, include: ['**/*.ts'], exclude: ['dist'] }),
  );
  writeFileSync(file('a.ts'), 'export const a: number = 1;\n');
});

describe('build', () => {
  it('compiles once; contents decide, not times', async () => {
    expect(isBuilt(paths, 'lib')).toBe(false);
    expect(await build(paths, 'lib')).toBeUndefined();
    expect(isBuilt(paths, 'lib')).toBe(true);
    writeFileSync(file('a.ts'), 'export const a: number = 2;\n');
    expect(isBuilt(paths, 'lib')).toBe(false);
    writeFileSync(file('a.ts'), 'export const a: number = 1;\n');
    expect(isBuilt(paths, 'lib')).toBe(true);
  });

  it('removes what was compiled from sources that are gone', async () => {
    writeFileSync(file('b.ts'), 'export const b = 1;\n');
    await build(paths, 'lib');
    expect(existsSync(file('dist/b.js'))).toBe(true);
    rmSync(file('b.ts'));
    await build(paths, 'lib');
    expect(existsSync(file('dist/b.js'))).toBe(false);
    expect(existsSync(file('dist/a.js'))).toBe(true);
  });

  it('tells type errors, writes JavaScript all the same, and is not done', async () => {
    writeFileSync(file('a.ts'), "export const a: number = 'one';\n");
    expect(await build(paths, 'lib')).toContain(
      "a.ts(1,14): error TS2322: Type 'string' is not assignable to type 'number'.",
    );
    expect(readFileSync(file('dist/a.js'), 'utf8')).toContain("'one'");
    expect(isBuilt(paths, 'lib')).toBe(false);
  });

  it('begins anew after a build that was interrupted', async () => {
    await build(paths, 'lib');
    rmSync(file('dist/.built.json'));
    rmSync(file('dist/a.js'));
    expect(isBuilt(paths, 'lib')).toBe(false);
    await build(paths, 'lib');
    expect(existsSync(file('dist/a.js'))).toBe(true);
  });

  it('has nothing to do where there is no such project', async () => {
    expect(isBuilt(paths, 'none')).toBe(true);
    expect(await build(paths, 'none')).toBeUndefined();
  });
});
