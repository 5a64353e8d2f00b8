import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { setUp, type Step } from '../../kernel-setup/setup.mjs';
import { removableCache } from '../../kernel-setup/setup/cache.mjs';
import { Fault, Interrupted } from '../../kernel-setup/setup/fault.mjs';
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
});
