import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Impossible } from '../../kernel-setup/engine/impossible.mjs';
import { installedEngine, installEngine } from '../../kernel-setup/engine/install.mjs';
import { isLinked } from '../../kernel-setup/engine/link.mjs';
import type { Route } from '../../kernel-setup/engine/routes.mjs';
import { Fault, Interrupted } from '../../kernel-setup/setup/fault.mjs';
import { emptyClone } from './support';

const signal = new AbortController().signal;
const runs = async () => ({
  backend: 'tensorflow',
  tfjs: '4',
  tensorflow: '2',
  matrix: 1024,
  gigaflops: 60,
});
let paths = emptyClone();
let said = '';

beforeEach(() => {
  paths = emptyClone();
  said = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += text;
    return true;
  });
});
afterEach(() => void vi.restoreAllMocks());

const addon = (folder: string) => join(folder, 'lib', 'napi-v8', 'tfjs_binding.node');

function route(
  name: string,
  build: (folder: string) => void = () => {},
): Route & { built: number } {
  return {
    name,
    built: 0,
    key: () => name,
    async build(_paths, folder) {
      this.built++;
      mkdirSync(join(folder, 'lib', 'napi-v8'), { recursive: true });
      writeFileSync(addon(folder), name);
      build(folder);
    },
  };
}
const impossible = (name: string) =>
  route(name, () => {
    throw new Impossible('there is no such thing here');
  });

describe('installEngine', () => {
  it('builds by the best route, links it, and remembers', async () => {
    const best = route('best');
    const found = await installEngine(paths, [best, route('second')], signal, {}, runs);
    expect(found).toEqual({ engine: 'native', key: 'best', route: 'best', reasons: [] });
    expect(installedEngine(paths)).toEqual(found);
    expect(readFileSync(addon(paths.tfjsNode), 'utf8')).toBe('best');
    expect(readdirSync(paths.engines)).toEqual(['best']);
  });

  it('does not build again after npm ci, nor for a second clone', async () => {
    const best = route('best');
    await installEngine(paths, [best], signal, {}, runs);
    rmSync(paths.modules, { recursive: true });
    const measure = vi.fn(runs);
    await installEngine(paths, [best], signal, {}, measure);
    expect(isLinked(join(paths.engines, 'best'), paths.tfjsNode)).toBe(true);
    expect(measure).not.toHaveBeenCalled();

    const other = {
      ...emptyClone(),
      cache: paths.cache,
      engines: paths.engines,
      scratch: paths.scratch,
    };
    await installEngine(other, [best], signal, {}, measure);
    expect(measure).toHaveBeenCalledTimes(1);
    expect(best.built).toBe(1);
  });

  it('announces a route that is closed, and takes the next', async () => {
    const found = await installEngine(
      paths,
      [impossible('first'), route('second')],
      signal,
      {},
      runs,
    );
    expect(found).toEqual({
      engine: 'native',
      key: 'second',
      route: 'second',
      reasons: ['first: there is no such thing here'],
    });
    expect(said).toContain('No engine by this way: first. The reason: there is no such thing here');
  });

  it('ends with pure JavaScript, where every route is closed, and leaves no links to an old engine', async () => {
    await installEngine(paths, [route('old')], signal, {}, runs);
    const found = await installEngine(
      paths,
      [impossible('first'), impossible('second')],
      signal,
      {},
      runs,
    );
    expect(found.engine).toBe('javascript');
    expect(found.reasons).toHaveLength(2);
    expect(existsSync(addon(paths.tfjsNode))).toBe(false);
  });

  it('passes over an engine that was built and does not load, and does not keep it', async () => {
    const fails = async () => Promise.reject(new Error('illegal instruction'));
    const found = await installEngine(paths, [route('best')], signal, {}, fails);
    expect(found).toMatchObject({
      engine: 'javascript',
      reasons: ['best: it was built, but does not load: illegal instruction'],
    });
    expect(readdirSync(paths.engines)).toEqual([]);
  });

  it('builds an engine in the cache anew that does not load any more', async () => {
    mkdirSync(join(paths.engines, 'best', 'lib', 'napi-v8'), { recursive: true });
    writeFileSync(addon(join(paths.engines, 'best')), 'damaged');
    const best = route('best');
    const loads = async () =>
      readFileSync(addon(paths.tfjsNode), 'utf8') === 'best'
        ? runs()
        : Promise.reject(new Error('damaged'));
    expect((await installEngine(paths, [best], signal, {}, loads)).engine).toBe('native');
    expect(best.built).toBe(1);
  });

  it('does not build again, at the next start, what was built and does not load', async () => {
    const fails = async () => Promise.reject(new Error('illegal instruction'));
    const best = route('best');
    const { doNotLoad } = await installEngine(paths, [best], signal, {}, fails);
    const again = await installEngine(paths, [best], signal, { closed: doNotLoad }, fails);
    expect(best.built).toBe(1);
    expect(again).toEqual({
      engine: 'javascript',
      reasons: ['best: it was built before, and does not load'],
      doNotLoad: ['best'],
    });
  });

  it('is interrupted by Ctrl-C as such: no other way is tried, and nothing is remembered', async () => {
    const interrupted = route('best', () => {
      throw new Interrupted();
    });
    const second = route('second');
    await expect(installEngine(paths, [interrupted, second], signal, {}, runs)).rejects.toThrow(
      Interrupted,
    );
    expect(second.built).toBe(0);
    expect(installedEngine(paths)).toBeUndefined();
  });

  it('leaves nothing in the cache when the machine is at fault in the middle, and removes what an interrupted build left', async () => {
    const broken = route('best', () => {
      throw new Fault('The disk is full.', 'Free some space.');
    });
    mkdirSync(join(paths.engines, 'unfinished-1', 'deps'), { recursive: true });
    await expect(installEngine(paths, [broken, route('second')], signal, {}, runs)).rejects.toThrow(
      'The disk is full.',
    );
    expect(readdirSync(paths.engines)).toEqual([]);
    expect(installedEngine(paths)).toBeUndefined();
  });

  it('is built once by two that start at the same time', async () => {
    const best = route('best');
    const other = {
      ...emptyClone(),
      cache: paths.cache,
      engines: paths.engines,
      scratch: paths.scratch,
    };
    await Promise.all(
      [paths, other].map((where) => installEngine(where, [best], signal, {}, runs)),
    );
    expect(best.built).toBe(1);
  });
});
