import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { withCompiler } from '../../kernel-setup/engine/compilers.mjs';
import { Impossible } from '../../kernel-setup/engine/impossible.mjs';
import { Fault, Interrupted } from '../../kernel-setup/setup/fault.mjs';
import { run } from '../../kernel-setup/setup/run.mjs';
import { emptyClone, fakeProgram, temporaryFolder } from './support';

const signal = new AbortController().signal;
let paths = emptyClone();
let bin = '';
let said = '';

beforeEach(() => {
  paths = emptyClone();
  bin = temporaryFolder();
  said = '';
  vi.stubEnv('PATH', bin);
  vi.stubEnv('CXX', undefined);
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += text;
    return true;
  });
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const compiler = (name: string, compiles: string) =>
  fakeProgram(
    join(bin, name),
    `if (argv[0] === '--version') { console.log('${name} by ${compiles}'); process.exit(0); }\n${compiles}`,
  );

/** A Python whose pip installs ziglang, and whose ziglang does as told. */
const zig = (compiles: string) =>
  fakeProgram(
    paths.python,
    `if (argv.includes('pip')) fs.mkdirSync(argv[argv.indexOf('--target') + 1], { recursive: true });
     else if (!fs.existsSync(process.env.PYTHONPATH)) process.exit(9);
     else { ${compiles} }`,
  );

const compile = () =>
  withCompiler(
    paths,
    signal,
    async ({ name, program, args, env }) => (
      await run(program, [...args, '-c', 'x.cc'], { env }),
      name
    ),
  );

describe('withCompiler', () => {
  it('takes the first compiler on the PATH that compiles, quietly', async () => {
    compiler('g++', '');
    compiler('clang++', 'process.exit(1)');
    expect(await compile()).toBe('g++');
    expect(said).toBe('');
  });

  it('takes the one that CXX names', async () => {
    compiler('g++', '');
    const mine = compiler('mine', '');
    vi.stubEnv('CXX', mine);
    expect(await compile()).toBe(mine);
  });

  it('passes over a compiler that fails', async () => {
    compiler('g++', 'console.error("g++: fatal error: cannot execute cc1plus"); process.exit(1)');
    compiler('clang++', '');
    expect(await compile()).toBe('clang++');
  });

  it('announces that it falls back to ziglang, and removes it afterwards', async () => {
    zig('');
    expect(await compile()).toBe('ziglang');
    expect(said).toContain(
      'No C++ compiler was found (CXX, g++, c++, clang++). Using the one in the ziglang package of PyPI',
    );
    expect(readdirSync(paths.engines)).toEqual([]);
  });

  it('says what each compiler said, where none will do', async () => {
    compiler('g++', 'console.error("g++: fatal error: cannot execute cc1plus"); process.exit(1)');
    zig('console.error("error: unsupported target"); process.exit(1)');
    const failure = compile();
    await expect(failure).rejects.toThrow(Impossible);
    await expect(failure).rejects.toThrow(
      /g\+\+ failed: g\+\+: fatal error: cannot execute cc1plus.*ziglang failed: error: unsupported target/,
    );
    expect(readdirSync(paths.engines)).toEqual([]);
  });

  it('is interrupted while a compiler works: that is no failure of the compiler', async () => {
    const started = join(paths.root, 'started');
    for (const make of [(code: string) => compiler('g++', code), zig]) {
      make(`fs.writeFileSync(${JSON.stringify(started)}, ""); setInterval(() => {}, 1000);`);
      const controller = new AbortController();
      const watch = setInterval(() => existsSync(started) && controller.abort(), 10);
      const compiling = withCompiler(
        paths,
        controller.signal,
        async ({ program, args, env }) =>
          void (await run(program, [...args, '-c', 'x.cc'], { env, signal: controller.signal })),
      );
      await expect(compiling).rejects.toThrow(Interrupted);
      clearInterval(watch);
      rmSync(started);
      rmSync(join(bin, 'g++'), { force: true });
    }
    expect(readdirSync(paths.engines)).toEqual([]);
  });

  it('tells of a full disk as such, and tries no other compiler', async () => {
    compiler(
      'g++',
      'console.error("error writing to x.s: No space left on device"); process.exit(1)',
    );
    zig(`fs.writeFileSync(${JSON.stringify(join(paths.root, 'used'))}, '')`);
    await expect(compile()).rejects.toThrow(Fault);
    expect(existsSync(join(paths.root, 'used'))).toBe(false);
  });
});
