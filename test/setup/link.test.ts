import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { damagedFiles, recordChecksums } from '../../kernel-setup/engine/checksums.mjs';
import { isLinked, linkEngine, unlinkEngine } from '../../kernel-setup/engine/link.mjs';
import { temporaryFolder } from './support';

const addon = 'lib/napi-v8/tfjs_binding.node';
let engine = '';
let tfjsNode = '';

function put(folder: string, file: string, text: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
}

beforeEach(() => {
  engine = temporaryFolder();
  tfjsNode = temporaryFolder();
  put(engine, addon, 'addon');
  put(engine, 'deps/lib/libtensorflow_cc.so.2', 'library');
});

describe('an engine in the cache', () => {
  it('is linked into node_modules, and read through the links', () => {
    expect(isLinked(engine, tfjsNode)).toBe(false);
    linkEngine(engine, tfjsNode);
    expect(isLinked(engine, tfjsNode)).toBe(true);
    expect(readFileSync(join(tfjsNode, addon), 'utf8')).toBe('addon');
  });

  it('replaces another engine, linked or copied there', () => {
    put(tfjsNode, addon, 'an older addon');
    put(tfjsNode, 'deps/lib/libtensorflow.so.2', 'an older library');
    linkEngine(engine, tfjsNode);
    linkEngine(engine, tfjsNode);
    expect(isLinked(engine, tfjsNode)).toBe(true);
    expect(existsSync(join(tfjsNode, 'deps/lib/libtensorflow.so.2'))).toBe(false);
  });

  it('survives that its links are removed, as npm ci does', () => {
    linkEngine(engine, tfjsNode);
    unlinkEngine(tfjsNode);
    expect(isLinked(engine, tfjsNode)).toBe(false);
    expect(readFileSync(join(engine, addon), 'utf8')).toBe('addon');
    linkEngine(engine, tfjsNode);
    rmSync(tfjsNode, { recursive: true });
    expect(readFileSync(join(engine, 'deps/lib/libtensorflow_cc.so.2'), 'utf8')).toBe('library');
  });

  it('whose library is damaged, or gone, is known by its checksums, whatever its length', async () => {
    expect(await damagedFiles(engine)).toBeUndefined();
    await recordChecksums(engine);
    linkEngine(engine, tfjsNode);
    expect(await damagedFiles(engine)).toEqual([]);
    const library = join(engine, 'deps/lib/libtensorflow_cc.so.2');
    writeFileSync(library, 'libxary');
    expect(await damagedFiles(engine)).toEqual([library]);
    rmSync(library);
    expect(await damagedFiles(engine)).toEqual([library]);
    expect(isLinked(engine, tfjsNode)).toBe(false);
  });

  it('is missed when it is gone from the cache, or only half there', () => {
    linkEngine(engine, tfjsNode);
    rmSync(join(engine, addon));
    expect(isLinked(engine, tfjsNode)).toBe(false);
    rmSync(engine, { recursive: true });
    expect(isLinked(engine, tfjsNode)).toBe(false);
  });
});
