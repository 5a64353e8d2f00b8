import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { measure, newestRecord } from 'dark-matter';
import { afterAll, describe, expect, it } from 'vitest';
import { cpuFigure } from '../../kernel-setup/cifar10/cpuTime.mjs';
import { methodsOf } from '../../kernel-setup/cifar10/methods.mjs';
import { parseOptions } from '../../kernel-setup/cifar10/options.mjs';

const root = mkdtempSync(join(tmpdir(), 'night-test-'));
afterAll(() => rmSync(root, { recursive: true }));

type Lines = Awaited<ReturnType<typeof measure.readResults>>;

const foldersOf = (name: string) => ({
  folder: join(root, name, 'runs'),
  results: join(root, name, 'results'),
});
const linesOf = async (name: string): Promise<Lines> => {
  const { results: folder } = foldersOf(name);
  const parts = ['cifar10-tuning', 'cifar10'].map((part) => measure.readResults(part, { folder }));
  return (await Promise.all(parts)).flat();
};

/** Runs the tiny study to its end, or kills it without warning once `until` is true. */
async function run(
  name: string,
  until?: () => Promise<boolean>,
  ...rates: string[]
): Promise<number | null> {
  const { folder, results } = foldersOf(name);
  const script = join(__dirname, 'tinyNight.mjs');
  const child = spawn(process.execPath, [script, folder, results, ...rates], { stdio: 'ignore' });
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
  while (until && child.exitCode === null) {
    if (await until()) child.kill('SIGKILL');
    await Promise.race([ended, setTimeout(10)]);
    if (child.signalCode) break;
  }
  return ended;
}

/** How many checkpoints there are of the trainings that the test images judge. */
function checkpoints(name: string): number {
  const { folder } = foldersOf(name);
  if (!existsSync(folder)) return 0;
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((path) => /-6[/\\]seed-\d.*step-\d+\.safetensors$/.test(path)).length;
}

/** What was measured, by contestant and seeds; the time it took is of no matter. */
function measured(lines: Lines): Map<string, Record<string, readonly number[]>> {
  const rows = lines.map(({ notebook, seeds, figures }) => {
    const [[contestant, { [cpuFigure]: _time, ...row }]] = Object.entries(figures) as [
      [string, Record<string, readonly number[]>],
    ];
    return [`${notebook}: ${contestant}, ${seeds.join()}`, row] as const;
  });
  expect(new Set(rows.map(([name]) => name)).size).toBe(rows.length);
  return new Map([...rows].sort(([a], [b]) => (a < b ? -1 : 1)));
}

describe('CIFAR-10 in a night', () => {
  it('killed between turns and within one, it repeats no line, loses none, and measures the same', async () => {
    for (const more of [1, 3]) {
      const before = (await linesOf('killed')).length;
      await run('killed', async () => (await linesOf('killed')).length >= before + more);
    }
    const before = checkpoints('killed');
    await run('killed', () => Promise.resolve(checkpoints('killed') > before));
    const halfway = await linesOf('killed');
    expect(await run('killed')).toBe(0);
    expect(await run('whole')).toBe(0);

    const [resumed, whole] = [await linesOf('killed'), await linesOf('whole')];
    expect(resumed.slice(0, halfway.length)).toEqual(halfway);
    expect(halfway.length).toBeLessThan(whole.length);
    expect(measured(resumed)).toEqual(measured(whole));
    // Run once more it has nothing to do.
    expect(await run('whole')).toBe(0);
    expect(await linesOf('whole')).toEqual(whole);

    const record = (await newestRecord('cifar10', {
      folder: foldersOf('killed').results,
      codeHash: 'c',
      seeds: 2,
    }))!;
    expect(Object.keys(record.figures).sort()).toEqual([
      'PCA, 16',
      'SimCLR',
      'k-means patches, 16',
      'raw pixels',
      'supervised',
      'untrained encoder',
    ]);
    expect(record.values('SimCLR', 'linear, %')).toHaveLength(2);
    expect(record.values('SimCLR', cpuFigure).every((seconds) => seconds > 0)).toBe(true);
    expect(record.settings).toMatchObject({ note: 'tiny', images: 60, steps: 6 });
    expect([0.001, 0.01]).toContain(record.settings['rate: SimCLR']);
  }, 240_000);
});

it('a learning rate at which the training diverges is not chosen, and ends nothing', async () => {
  expect(await run('diverges', undefined, '0.001,1e30')).toBe(0);
  const { results: folder } = foldersOf('diverges');
  const [tried] = (await measure.readResults('cifar10-tuning', { folder })).filter(
    ({ figures }) => 'SimCLR, rate 1e+30' in figures,
  );
  expect(Object.values(tried!.figures['SimCLR, rate 1e+30']!)).toEqual([[0]]);
  const record = await newestRecord('cifar10', { folder, codeHash: 'c', seeds: 2 });
  expect(record!.settings['rate: SimCLR']).toBe(0.001);
}, 240_000);

describe('its options', () => {
  it('name the methods that there are', () => {
    const known = Object.keys(methodsOf({ width: 1, steps: {} }));
    expect(parseOptions([]).methods).toEqual(known);
    expect(parseOptions(['--methods', 'BYOL,SimCLR,BYOL']).methods).toEqual(['BYOL', 'SimCLR']);
  });

  it('are read', () => {
    expect(parseOptions(['--seeds', '3,4', '--rates', '0.1', '--images', '100'])).toMatchObject({
      seeds: [3, 4],
      rates: [0.1],
      images: 100,
    });
  });

  it.each([
    [['--minutes', '0'], '--minutes: 0 given, a number above 0 expected'],
    [['--minutes', 'ten'], '--minutes: ten given'],
    [['--images', '1.5'], '--images: 1.5 given, a whole number from 1 expected'],
    [['--seeds', '0,0'], '--seeds: 0,0 given, different ones expected'],
    [['--seeds', 'a'], '--seeds: a given, whole numbers from 0'],
    [['--tuning', '2'], '--tuning: 2 given, a part in (0, 1] expected'],
    [['--rates', '0.1,'], '--rates: nothing given'],
    [['--methods', 'SimCLr'], '--methods: SimCLr given, one of SimCLR, '],
  ])('%j is told what is wrong', (args, message) => {
    expect(() => parseOptions(args)).toThrow(message);
  });
});
