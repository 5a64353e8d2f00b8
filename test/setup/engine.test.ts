/**
 * The engine that this clone runs on, and the tools that it was made with.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { linking } from '../../kernel-setup/engine/compile.mjs';
import { flagsPlace, markInitFirst } from '../../kernel-setup/engine/initfirst.mjs';
import { installedEngine } from '../../kernel-setup/engine/install.mjs';
import { isLinked } from '../../kernel-setup/engine/link.mjs';
import { measureEngine } from '../../kernel-setup/engine/measure.mjs';
import { locate } from '../../kernel-setup/setup/paths.mjs';
import { temporaryFolder } from './support';

const paths = locate();
const engineFolder = join(paths.root, 'kernel-setup', 'engine');

describe('the installed engine', () => {
  it('is native, in the cache, and linked from node_modules', () => {
    const { engine, key } = installedEngine(paths) ?? {};
    expect(engine).toBe('native');
    expect(isLinked(join(paths.engines, key ?? ''), paths.tfjsNode)).toBe(true);
  });

  it('multiplies matrices, and rightly: the probe checks the product', async () => {
    const { backend, tensorflow, gigaflops } = await measureEngine(paths, 'native');
    expect(backend).toBe('tensorflow');
    expect(tensorflow).toMatch(/^2\.\d+\.\d+$/);
    expect(gigaflops).toBeGreaterThan(0);
  });

  it("starts silently; TF_CPP_MIN_LOG_LEVEL=0 shows TensorFlow's greeting", () => {
    const greeting = (level: string | undefined) =>
      spawnSync(process.execPath, [join(engineFolder, 'probe.cjs')], {
        cwd: paths.root,
        env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: level },
        encoding: 'utf8',
      }).stderr;
    expect(greeting(undefined)).toBe('');
    if (installedEngine(paths)?.route?.includes('wheel'))
      expect(greeting('0')).toContain('TensorFlow');
  });

  it('falls back to pure JavaScript, and is then measured as that', async () => {
    expect((await measureEngine(paths, 'javascript')).backend).toBe('cpu');
  });
});

describe('extract.py', () => {
  /** A wheel is a zip archive; Python writes this one. */
  function wheel(members: Record<string, string>): string {
    const file = join(temporaryFolder(), 'x.whl');
    const script =
      'import json,sys,zipfile\nwith zipfile.ZipFile(sys.argv[1],"w",zipfile.ZIP_DEFLATED) as z:\n  for name, text in json.loads(sys.argv[2]).items(): z.writestr(name, text)';
    execFileSync(paths.python, ['-c', script, file, JSON.stringify(members)]);
    return file;
  }
  const extract = (file: string, folder: string, ...prefixes: string[]) =>
    spawnSync(paths.python, [join(engineFolder, 'extract.py'), file, folder, ...prefixes], {
      encoding: 'utf8',
    });

  it('takes the members that begin with a prefix and no others, and says how far it is', () => {
    const folder = temporaryFolder();
    const { stdout, status } = extract(
      wheel({ 'a/one.h': '123', 'a/b/two.h': '45', 'c/three.h': '6' }),
      folder,
      'a/',
    );
    expect(status).toBe(0);
    expect(readFileSync(join(folder, 'a', 'b', 'two.h'), 'utf8')).toBe('45');
    expect(existsSync(join(folder, 'c'))).toBe(false);
    expect(stdout.trim().split('\n')).toEqual(['Progress 3 of 5', 'Progress 5 of 5']);
  });

  it('fails on an archive that is cut short', () => {
    const file = wheel({ 'a/one.h': 'x'.repeat(1000) });
    writeFileSync(file, readFileSync(file).subarray(0, 60));
    expect(extract(file, temporaryFolder(), 'a/').status).not.toBe(0);
  });
});

describe.runIf(process.platform === 'linux')('markInitFirst', () => {
  it('sets the mark, keeps the others, and may be called again', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'lib'));
    const library = join(folder, 'lib', 'x.node');
    writeFileSync(
      library,
      readFileSync(join(paths.tfjsNode, 'lib', 'napi-v8', 'tfjs_binding.node')),
    );
    const elf = readFileSync(library);
    const place = flagsPlace(elf);
    expect(elf.readBigUInt64LE(place) & 0x20n).toBe(0x20n);
    elf.writeBigUInt64LE(1n, place);
    writeFileSync(library, elf);
    markInitFirst(library);
    markInitFirst(library);
    expect(readFileSync(library).readBigUInt64LE(place)).toBe(0x21n);
  });

  it('refuses what is no ELF file', () => {
    expect(() => flagsPlace(Buffer.from('#!/bin/sh\n'))).toThrow('not an ELF file');
  });
});

it('the addon finds its libraries relative to itself on each platform', () => {
  expect(linking('/e/deps/lib', ['a.so'], 'linux')).toContain('-Wl,-rpath,$ORIGIN/../../deps/lib');
  expect(linking('/e/deps/lib', ['a.dylib'], 'darwin')).toContain(
    '-Wl,-rpath,@loader_path/../../deps/lib',
  );
  expect(linking('/e/deps/lib', ['a.so'], 'linux')).toContain('/e/deps/lib/a.so');
});

it('nothing unfinished is left in the cache', () => {
  expect(
    readdirSync(paths.engines).filter(
      (name) => name.startsWith('unfinished-') || name.endsWith('.whl'),
    ),
  ).toEqual([]);
});
