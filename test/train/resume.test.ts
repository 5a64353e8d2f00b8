/** A run has an identity: another run's checkpoint is refused, and two runs in a folder do not mix. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compile, type Mode } from '../../lib/core/compile';
import { tf, type Tensor4D } from '../../lib/core/engine';
import * as tree from '../../lib/core/pytree';
import { key, normal, type Key } from '../../lib/core/random';
import { rotate } from '../../lib/data/augment';
import {
  listCheckpoints,
  load,
  loadHistory,
  save,
  train,
  type TrainingInterrupted,
} from '../../lib/train';
import { simclr } from '../../lib/contrastive';
import { dense } from '../../lib/nn';
import { adam, chain, clipByGlobalNorm, sgd } from '../../lib/train/optimizers';
import { constant, warmupCosine } from '../../lib/train/schedule';
import { pairs, regression, type Pairs } from './support';

let data: Pairs;
let root: string;
let folders = 0;
const newFolder = (): string => join(root, String(folders++));
beforeAll(() => {
  data = pairs();
  root = mkdtempSync(join(tmpdir(), 'resume-test-'));
});
afterAll(() => {
  tree.dispose(data);
  rmSync(root, { recursive: true });
});

const numbers = (params: unknown): number[] =>
  tree.leaves(params).flatMap((leaf) => Array.from(leaf.dataSync()));
const base = {
  method: regression(),
  batch: 16,
  display: 'none' as const,
  mode: 'eager' as Mode,
  optimizer: adam({ learningRate: 0.01 }),
  steps: 6,
};
const at = (dir: string) => ({ dir, every: 2, keep: 2 });
const stepsIn = async (dir: string) => (await listCheckpoints(dir)).map(({ step }) => step);

describe.each(['eager', 'graph'] as const)("another run's checkpoint is refused (%s)", (mode) => {
  let dir: string;
  beforeAll(async () => {
    dir = newFolder();
    (await train({ ...base, mode, data, checkpoint: at(dir) })).dispose();
  });

  const other = { x: tf.ones([48, 4]), y: tf.ones([48, 2]) };
  it.each([
    ['seed', { seed: 1 }, 'seed is 0 there and 1 here'],
    ['batch', { batch: 8 }, 'batch is 16 there and 8 here'],
    [
      'learning rate',
      { optimizer: adam({ learningRate: 0.1 }) },
      'optimizer.learningRate is 0.01 there and 0.1 here',
    ],
    [
      'schedule',
      {
        optimizer: adam({ learningRate: warmupCosine({ peak: 0.01, warmup: 2, steps: 90 }) }),
      },
      'optimizer.learningRate is 0.01 there and warmupCosine here',
    ],
    [
      'optimiser',
      { optimizer: sgd({ learningRate: 0.01 }) },
      'optimizer is adam there and sgd here',
    ],
    [
      'clipping',
      { optimizer: chain(clipByGlobalNorm(1), adam({ learningRate: 0.01 })) },
      'optimizer is adam there and chain here',
    ],
    [
      'method',
      { method: { ...regression(), name: 'other' } },
      'method is regression there and other',
    ],
    ['data', { data: other }, 'data.x is float32 [64, 4] there and float32 [48, 4] here'],
  ])(
    'for another %s, which is named, also where all steps are done',
    async (_name, change, why) => {
      const before = tf.memory().numTensors;
      for (const steps of [6, 9])
        await expect(
          train({ ...base, mode, data, ...change, steps, checkpoint: at(dir), resume: true }),
        ).rejects.toThrow(why);
      const { file } = (await listCheckpoints(dir)).at(-1)!;
      await expect(
        train({ ...base, mode, data, ...change, steps: 9, resume: file }),
      ).rejects.toThrow(why);
      expect(tf.memory().numTensors).toBe(before);
    },
  );

  it('until it is said on purpose: allowChanged', async () => {
    const optimizer = adam({ learningRate: 0.1 });
    const options = { ...base, mode, data, optimizer, steps: 9, checkpoint: at(dir), resume: true };
    const error = await train(options).catch((e: unknown) => e as Error);
    expect((error as Error).message).toContain('allowChanged: true');
    const changed = await train({ ...options, allowChanged: true });
    expect(changed.history.step).toEqual([6, 7, 8]);
    changed.dispose();
    // It is a run of its own from here on.
    expect(await stepsIn(dir)).toEqual([4, 6, 8, 9]);
    const again = await train({ ...options, steps: 10 });
    expect(again.history.step).toEqual([9]);
    again.dispose();
  });
});

describe('a loss that no option tells of', () => {
  const doubled = () => {
    const inner = regression();
    return {
      ...inner,
      objective: (...args: Parameters<typeof inner.objective>) => {
        const { loss, ...rest } = inner.objective(...args);
        return { ...rest, loss: loss.mul(2).asScalar() };
      },
    };
  };

  it('is known by the graph of the step', async () => {
    const dir = newFolder();
    const options = { ...base, mode: 'graph' as const, data, checkpoint: at(dir) };
    (await train(options)).dispose();
    for (const steps of [6, 9])
      await expect(train({ ...options, method: doubled(), steps, resume: true })).rejects.toThrow(
        'the step computes something else',
      );
  });

  it('is the same however its defaults are written', async () => {
    const dir = newFolder();
    const options = {
      data: { x: data.x },
      batch: 16,
      display: 'none' as const,
      mode: 'graph' as const,
    };
    const augment = ({ x }: { x: Pairs['x'] }) => ({ x1: x, x2: x.mul(2) });
    const method = (temperature?: number) =>
      simclr({ encoder: dense(4, 4), projector: dense(4, 4), temperature });
    const run = (temperature: number | undefined, steps: number) =>
      train({
        ...options,
        augment,
        method: method(temperature),
        steps,
        checkpoint: at(dir),
        resume: true,
      });
    (await run(undefined, 4)).dispose();
    (await run(0.5, 6)).dispose();
    await expect(run(0.2, 8)).rejects.toThrow('method.temperature is 0.5 there and 0.2 here');
  });
});

describe('a fingerprint', () => {
  it('is of what is computed: equal for the same, another for other constants, shapes, operations', () => {
    const x = tf.ones([2, 3]);
    const of = (f: (t: typeof x) => unknown, t = x) => {
      const compiled = compile(f as (t: typeof x) => typeof x, { mode: 'graph' });
      const print = compiled.fingerprint(t);
      compiled.dispose();
      return print;
    };
    const wide = tf.ones([2, 4]) as typeof x;
    const same = of((t) => t.mul(2));
    expect(same).toMatch(/^[0-9a-f]{16}$/);
    expect(of((t) => t.mul(2))).toBe(same);
    const others = [of((t) => t.mul(3)), of((t) => t.add(2)), of((t) => t.mul(2), wide)];
    expect(new Set([same, ...others]).size).toBe(4);
    tf.dispose([x, wide]);
  });

  it('is the same in every compiled mode, also where XLA gets operations of its own', () => {
    const [images, k] = [tf.zeros([2, 8, 8, 1]) as Tensor4D, key(0)];
    const print = (mode: Mode) => {
      const compiled = compile(
        (x: Tensor4D, rotating: Key) => rotate({ degrees: 15 })(x, rotating),
        {
          mode,
        },
      );
      const found = compiled.fingerprint(images, k);
      compiled.dispose();
      return found;
    };
    const before = tf.memory().numTensors;
    expect(print('xla')).toBe(print('graph'));
    expect(print('auto')).toBe(print('graph'));
    expect(print('eager')).toBeUndefined();
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose([images, k]);
  });
});

describe('two runs in a folder', () => {
  const slow = { ...base, optimizer: adam({ learningRate: constant(0.001) }) };

  it('do not mix: each keeps its own, goes on from its own, and says what it is', async () => {
    const dir = newFolder();
    (await train({ ...base, data, steps: 8, checkpoint: at(dir) })).dispose();
    (await train({ ...slow, data, steps: 4, checkpoint: at(dir) })).dispose();
    expect(await stepsIn(dir)).toEqual([2, 4, 6, 8]);
    const names = readdirSync(dir);
    expect(names).toHaveLength(2);
    for (const name of names) expect(name).toMatch(/^regression-[0-9a-f]{8}$/);
    const rates = names.map(
      (name) =>
        (JSON.parse(readFileSync(join(dir, name, 'run.json'), 'utf8')) as Record<string, string>)[
          'optimizer.learningRate.value'
        ],
    );
    expect(rates.sort()).toEqual(['0.001', undefined]);

    for (const options of [base, slow]) {
      const resumed = await train({
        ...options,
        data,
        steps: 10,
        checkpoint: at(dir),
        resume: true,
      });
      const whole = await train({ ...options, data, steps: 10 });
      expect(resumed.history.step[0]).toBe(options === base ? 8 : 4);
      expect(numbers(resumed.params)).toEqual(numbers(whole.params));
      resumed.dispose();
      whole.dispose();
    }
    expect(await stepsIn(dir)).toEqual([8, 8, 10, 10]);
    await expect(loadHistory(dir)).rejects.toThrow('holds 2 runs, one of them expected');
  });

  it('that are the same run: begun anew, it keeps what is new, not the steps that are more', async () => {
    const dir = newFolder();
    (await train({ ...base, data, steps: 8, checkpoint: at(dir) })).dispose();
    (await train({ ...base, data, steps: 4, checkpoint: at(dir) })).dispose();
    expect(await stepsIn(dir)).toEqual([2, 4]);
    const resumed = await train({ ...base, data, steps: 6, checkpoint: at(dir), resume: true });
    expect(resumed.history.step).toEqual([4, 5]);
    resumed.dispose();
  });
});

it('steps that are fewer than those done are refused, naming both', async () => {
  const dir = newFolder();
  const before = tf.memory().numTensors;
  (await train({ ...base, data, steps: 8, checkpoint: at(dir) })).dispose();
  await expect(
    train({ ...base, data, steps: 5, checkpoint: at(dir), resume: true }),
  ).rejects.toThrow(/steps: 5 given, but .*step-00000008.safetensors has done 8; at least as many/);
  expect(tf.memory().numTensors).toBe(before);
});

it('a checkpoint that does not say whose it is, is refused', async () => {
  const dir = newFolder();
  (await train({ ...base, data, checkpoint: at(dir) })).dispose();
  const { file } = (await listCheckpoints(dir)).at(-1)!;
  const loaded = await load(file);
  const anonymous = join(newFolder(), 'mine.safetensors');
  await save(loaded.tree, anonymous);
  tree.dispose(loaded.tree);
  const options = { ...base, data, steps: 7, resume: anonymous };
  await expect(train(options)).rejects.toThrow('it does not say of which run it is');
  const resumed = await train({ ...options, allowChanged: true });
  expect(resumed.history.step).toEqual([6]);
  resumed.dispose();
});

it('a folder without a checkpoint is refused where it was named', async () => {
  await expect(train({ ...base, data, resume: newFolder() })).rejects.toThrow(
    'no step-*.safetensors',
  );
});

describe('the history on the disk', () => {
  it('is there while the training runs, after it stopped, and goes on with a resumed one', async () => {
    const dir = newFolder();
    const stop = new AbortController();
    const during: number[][] = [];
    const options = { ...base, data, steps: 9, checkpoint: at(dir) };
    const broken = (await train({
      ...options,
      signal: stop.signal,
      onStep: async ({ step }) => {
        if (step === 4) during.push([...(await loadHistory(dir)).step]);
        if (step === 5) stop.abort();
      },
    }).catch((error: unknown) => error)) as TrainingInterrupted;
    expect(during).toEqual([[0, 1, 2, 3]]);
    expect(await loadHistory(dir)).toEqual(broken.partial.history);
    broken.partial.dispose();

    const resumed = await train({ ...options, resume: true });
    const whole = await train({ ...base, data, steps: 9 });
    expect(resumed.history.step).toEqual([5, 6, 7, 8]);
    expect(await loadHistory(dir)).toEqual(whole.history);
    const folder = dirname((await listCheckpoints(dir))[0]!.file);
    expect(readFileSync(join(folder, 'history.jsonl'), 'utf8')).toMatch(
      /^\{"step":0,"loss":[\d.]+,"metrics":\{"worst":[\d.]+\}\}\n/,
    );
    expect(
      readdirSync(folder)
        .map((name) => basename(name))
        .sort(),
    ).toEqual([
      'history.jsonl',
      'run.json',
      'step-00000008.safetensors',
      'step-00000009.safetensors',
    ]);
    resumed.dispose();
    whole.dispose();
  });

  it('has what is not finite as NaN', async () => {
    const dir = newFolder();
    const options = { ...base, steps: 4, optimizer: sgd({ learningRate: 1e30 }) };
    const error = (await train({ ...options, data, checkpoint: { dir, every: 1 } }).catch(
      (e: unknown) => e,
    )) as TrainingInterrupted;
    error.partial.dispose();
    const { loss } = await loadHistory(dir);
    expect(loss).toHaveLength(error.partial.history.loss.length);
    expect(Number.isFinite(loss[0])).toBe(true);
    expect(loss.at(-1)).toBeNaN();
  });
});

it('resuming leaks nothing, with data from a function too', async () => {
  const dir = newFolder();
  const before = tf.memory().numTensors;
  const make = (step: number): Pairs =>
    tf.tidy(() => ({ x: normal(key(step), [8, 4]), y: tf.ones([8, 2]) }));
  const options = { ...base, batch: undefined, data: make, checkpoint: at(dir), resume: true };
  const seen: number[][] = [];
  for (const steps of [4, 4, 6]) {
    const trained = await train({ ...options, mode: 'graph', steps });
    seen.push([...trained.history.step]);
    trained.dispose();
  }
  expect(seen).toEqual([[0, 1, 2, 3], [], [4, 5]]);
  expect(tf.memory().numTensors).toBe(before);
});
