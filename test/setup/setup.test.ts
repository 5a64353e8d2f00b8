import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { setUp, type Step } from '../../kernel-setup/setup.mjs';
import { removableCache } from '../../kernel-setup/setup/cache.mjs';
import { Fault, Interrupted } from '../../kernel-setup/setup/fault.mjs';
import { locate } from '../../kernel-setup/setup/paths.mjs';
import { emptyClone } from './support';

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

/** A step that is done once its file is there. */
function step(name: string, run: () => void = () => {}): Step & { runs: number } {
  return {
    name,
    runs: 0,
    isDone: (context) => existsSync(join(context.paths.root, name)),
    async run(context) {
      this.runs++;
      run();
      writeFileSync(join(context.paths.root, name), '');
    },
  };
}

describe('setUp', () => {
  it('does what is missing, in order, and says how long each step took', async () => {
    const order: string[] = [];
    const steps = ['a', 'b', 'c'].map((name) => step(name, () => order.push(name)));
    writeFileSync(join(paths.root, 'b'), '');
    await setUp(steps, { paths });
    expect(order).toEqual(['a', 'c']);
    expect(said).toMatch(/\[1\/3\] a\n +done in \d+\.\d s\n\[3\/3\] c\n +done in/);
  });

  it('does nothing, silently and without a lock, the second time', async () => {
    const steps = [step('a')];
    await setUp(steps, { paths });
    said = '';
    const before = readdirSync(paths.state);
    await setUp(steps, { paths });
    expect(steps[0]?.runs).toBe(1);
    expect(said).toBe('');
    expect(readdirSync(paths.state)).toEqual(before);
  });

  it('goes on where it was interrupted', async () => {
    const controller = new AbortController();
    const steps = [step('a', () => controller.abort()), step('b')];
    await expect(setUp(steps, { paths, signal: controller.signal })).rejects.toThrow(Interrupted);
    await setUp(steps, { paths });
    expect(steps.map(({ runs }) => runs)).toEqual([1, 1]);
    expect(existsSync(join(paths.state, 'setup.lock'))).toBe(false);
  });

  it('empties the temporary folder that an interrupted setup left', async () => {
    mkdirSync(paths.scratch, { recursive: true });
    writeFileSync(join(paths.scratch, 'half a wheel'), '');
    await setUp([step('a')], { paths });
    expect(readdirSync(paths.scratch)).toEqual([]);
  });

  it('finds by its checksum what is damaged only where it is asked to, and makes it anew', async () => {
    const file = join(paths.root, 'a');
    const a: Step & { runs: number } = {
      ...step('a'),
      async run() {
        this.runs++;
        writeFileSync(file, 'whole');
      },
      damage: async () =>
        readFileSync(file, 'utf8') === 'whole' ? [] : [{ file, remove: [file] }],
    };
    await setUp([a], { paths });
    writeFileSync(file, 'brokn');
    await setUp([a], { paths });
    expect(a.runs).toBe(1);
    await setUp([a], { paths, thorough: true });
    expect(a.runs).toBe(2);
    expect(said).toContain(`${file} is damaged, and is made anew.`);
  });

  it('tells in which step the machine was at fault', async () => {
    const full = step('unpacking', () => writeFileSync('/dev/full', 'x'));
    await expect(setUp([full], { paths })).rejects.toThrow(Fault);
    await expect(setUp([full], { paths })).rejects.toThrow(/The disk is full \(while: unpacking/);
  });

  it('runs each step once when two start at the same time', async () => {
    const steps = [step('a'), step('b')];
    await Promise.all([setUp(steps, { paths }), setUp(steps, { paths })]);
    expect(steps.map(({ runs }) => runs)).toEqual([1, 1]);
    expect(said).toContain('Another setup is at work');
  });
});

describe('the cache', () => {
  it('is marked as one, and may be removed whole', async () => {
    await setUp([step('a')], { paths });
    expect(readFileSync(join(paths.cache, 'CACHEDIR.TAG'), 'utf8')).toMatch(
      /^Signature: 8a477f597d28d172789f06886806bc55\n/,
    );
    expect(removableCache(paths)).toEqual([paths.cache]);
  });

  it('is not removed with what lay in its folder before', async () => {
    mkdirSync(paths.engines);
    writeFileSync(join(paths.cache, 'thesis.txt'), '');
    await setUp([step('a')], { paths });
    expect(removableCache(paths)).toEqual([paths.engines]);
  });

  it('beside a user’s own data takes a folder of its own, and only that is removed', async () => {
    const theirs = join(paths.root, 'theirs');
    mkdirSync(join(theirs, 'data'), { recursive: true });
    writeFileSync(join(theirs, 'data', 'years-of-work.csv'), 'x');
    const here = locate({ root: paths.root, env: { DARK_MATTER_CACHE: theirs } });
    await setUp([step('a')], { paths: here });
    mkdirSync(join(here.cache, 'data', 'photos'), { recursive: true });
    for (const path of removableCache(here)) rmSync(path, { recursive: true });
    expect(readdirSync(theirs)).toEqual(['data']);
    expect(readdirSync(join(theirs, 'data'))).toEqual(['years-of-work.csv']);
  });

  it('of an earlier version, which shared a folder’s `data` with its user, loses only the photographs', () => {
    const shared = join(paths.root, 'shared');
    mkdirSync(join(shared, 'data', 'photos'), { recursive: true });
    mkdirSync(join(shared, 'engine'));
    writeFileSync(join(shared, 'data', 'years-of-work.csv'), 'x');
    writeFileSync(join(shared, 'CACHEDIR.TAG'), '# The cache of Dark Matter: engines, data sets');
    const here = locate({ root: paths.root, env: { DARK_MATTER_CACHE: shared } });
    expect(here.cache).toBe(shared);
    expect(removableCache(here)).toEqual(
      ['engine', join('data', 'photos'), 'CACHEDIR.TAG'].map((name) => join(shared, name)),
    );
  });
});
