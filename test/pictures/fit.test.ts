import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tf } from '../../lib/core/engine';
import * as tree from '../../lib/core/pytree';
import * as random from '../../lib/core/random';
import { fit, stepsIn } from '../../lib/pictures/fit';
import { holdOut } from '../../lib/pictures/holdOut';
import { learner, methodNames } from '../../lib/pictures/learner';
import { fromTensor } from '../../lib/pictures/pictureSource';
import { diagnose, signsOf, type Signs } from '../../lib/pictures/signs';
import { discs, newFolder } from './support';

const source = discs(96);
const parts = holdOut(source.count);
const small = (method: (typeof methodNames)[number]) =>
  learner({ method, shape: source.shape, width: 4 });
const quiet = { ...parts, batch: 24, display: 'none' } as const;
const numbers = (value: unknown): number[][] =>
  tree.leaves(value).map((leaf) => Array.from(leaf.dataSync()));

describe('fit', () => {
  it('stopped and resumed ends, bit for bit, where a run without a break does', async () => {
    const simclr = small('simclr');
    const whole = await fit(source, simclr, { ...quiet, steps: 14 });
    const dir = newFolder();
    const stop = new AbortController();
    const broken = await fit(source, simclr, {
      ...quiet,
      steps: 14,
      dir,
      signal: stop.signal,
      onSigns: ({ step }) => void (step === 5 && stop.abort()),
    });
    expect(broken).toMatchObject({ steps: 5, interrupted: true });
    const resumed = await fit(source, simclr, { ...quiet, steps: 14, dir });
    expect(resumed).toMatchObject({ steps: 14, interrupted: false });
    expect(resumed.history.step[0]).toBe(5);
    expect(numbers(resumed.params)).toEqual(numbers(whole.params));
    // What the first part saw is there too, and on the disk.
    expect(resumed.signs).toEqual(whole.signs);
    expect(readFileSync(join(dir, 'signs.jsonl'), 'utf8').split('\n')).toHaveLength(
      whole.signs.length + 1,
    );
    for (const run of [whole, broken, resumed]) run.dispose();
  });

  it('leaks nothing', async () => {
    const run = async () => (await fit(source, small('byol'), { ...quiet, steps: 3 })).dispose();
    await run();
    const before = tf.memory().numTensors;
    await run();
    expect(tf.memory().numTensors).toBe(before);
  });

  it(
    'of agreement alone is diagnosed as collapsed, of SimCLR as healthy',
    { timeout: 120_000 },
    async () => {
      const verdictOf = async (method: 'agreement' | 'simclr') => {
        const fitted = await fit(source, small(method), { ...quiet, steps: 120 });
        fitted.dispose();
        return diagnose(fitted.signs);
      };
      const [alone, simclr] = [await verdictOf('agreement'), await verdictOf('simclr')];
      expect(alone.verdict).toBe('collapsed');
      expect(alone.sentences.join(' ')).toMatch(/Collapse: .* What to do: .*--method/);
      expect(simclr.verdict).toBe('healthy');
    },
  );

  it.each(methodNames)('trains %s', async (method) => {
    const fitted = await fit(source, small(method), { ...quiet, steps: 2 });
    expect(fitted.history.loss.every(Number.isFinite)).toBe(true);
    expect(fitted.signs.map(({ step }) => step)).toEqual([0, 1, 2]);
    fitted.dispose();
  });

  it('refuses too few pictures in a sentence', async () => {
    const one = fromTensor(random.uniform(random.key(0), [1, 12, 12, 3]));
    await expect(
      fit(one, small('simclr'), { train: Int32Array.of(0), test: Int32Array.of(), steps: 1 }),
    ).rejects.toThrow('1 picture given, at least 16 expected');
  });
});

it('more minutes are more steps, and few pictures a smaller batch', async () => {
  const simclr = small('simclr');
  const [short, long] = [
    await stepsIn(0.01, source, simclr, quiet),
    await stepsIn(1, source, simclr, quiet),
  ];
  expect(short).toBeGreaterThanOrEqual(20);
  expect(long).toBeGreaterThan(10 * short);
});

describe('signs of collapse', () => {
  const signs = (z: ReturnType<typeof random.normal>) =>
    signsOf(z as never, z as never) satisfies Signs;

  it('of a sphere filled evenly: spread 1, all directions, a gap of 1', () => {
    const { spread, rank, gap, mostRank } = signs(random.normal(random.key(0), [2000, 16]));
    expect(spread).toBeCloseTo(1, 1);
    expect(rank).toBeGreaterThan(15.5);
    expect(mostRank).toBe(16);
    expect(gap).toBeCloseTo(1, 2);
  });

  it('of one point: spread 0, rank 1, no gap, whatever the length of the vectors', () => {
    for (const length of [1e-3, 1, 1e3]) {
      const { spread, rank, gap } = signs(tf.fill([50, 16], length) as never);
      expect(spread).toBeCloseTo(0, 4);
      expect(rank).toBeCloseTo(1, 3);
      expect(gap).toBeCloseTo(0, 4);
    }
  });

  it('the gap is that of all pairs, written out', () => {
    const [a, b] = [random.normal(random.key(1), [5, 3]), random.normal(random.key(2), [5, 3])];
    const [x, y] = [a, b].map((z) => z.div(z.norm(2, 1, true)).arraySync() as number[][]);
    const cosine = (i: number, j: number) => x![i]!.reduce((sum, v, d) => sum + v * y![j]![d]!, 0);
    let [own, others] = [0, 0];
    for (let i = 0; i < 5; i++)
      for (let j = 0; j < 5; j++)
        if (i === j) own += cosine(i, j) / 5;
        else others += cosine(i, j) / 20;
    expect(signsOf(a as never, b as never).gap).toBeCloseTo(own - others, 5);
  });

  it.each([
    ['collapsed', { spread: 0.02, rank: 1.2, gap: 0.001 }],
    ['suspect', { spread: 0.6, rank: 2.5, gap: 0.5 }],
    ['suspect', { spread: 0.6, rank: 30, gap: 0.05 }],
    ['healthy', { spread: 0.9, rank: 30, gap: 0.7 }],
  ] as const)('say %s', (verdict, figures) => {
    const said = diagnose([{ step: 10, mostRank: 64, ...figures }]);
    expect(said.verdict).toBe(verdict);
    expect(said.sentences.join(' ')).toContain(
      `effective rank ${figures.rank.toFixed(figures.rank < 10 ? 2 : 1)} of 64`,
    );
    expect(said.sentences.some((text) => text.startsWith('What to do'))).toBe(
      verdict !== 'healthy',
    );
  });
});
