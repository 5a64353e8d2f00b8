import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Mode } from '../../lib/core/compile';
import { tf, type Scalar, type Tensor } from '../../lib/core/engine';
import * as tree from '../../lib/core/pytree';
import { key, normal } from '../../lib/core/random';
import { lastError, train, TrainingDiverged, TrainingInterrupted } from '../../lib/train';
import { ema } from '../../lib/core/ema';
import { adam, sgd } from '../../lib/train/optimizers';
import { warmupCosine } from '../../lib/train/schedule';
import { pairs, regression, type NetParams, type Pairs } from './support';
import { bundleOf } from '../../lib/plot/show';

let data: Pairs;
let dir: string;
beforeAll(() => {
  data = pairs();
  dir = mkdtempSync(join(tmpdir(), 'train-test-'));
});
afterAll(() => {
  tree.dispose(data);
  rmSync(dir, { recursive: true });
});

const numbers = (params: unknown): number[] =>
  tree.leaves(params).flatMap((leaf) => Array.from(leaf.dataSync()));
// Eager unless the claim is about the compiled step: it starts at once, and the tests of `compile`
// hold the modes together.
const base = {
  method: regression(),
  batch: 16,
  display: 'none' as const,
  mode: 'eager' as Mode,
  optimizer: adam({ learningRate: 0.01 }),
};
const modes: Mode[] = ['eager', 'graph', 'xla'];

describe('train', () => {
  it('learns, and the history has every step', async () => {
    const trained = await train({ ...base, mode: undefined, data, steps: 200 });
    expect(trained.report).toMatchObject({ name: 'regression step', mode: 'graph', traced: 1 });
    expect(trained.history.step).toEqual(Array.from({ length: 200 }, (_, i) => i));
    expect(trained.history.loss).toHaveLength(200);
    expect(trained.history.metrics['worst']).toHaveLength(200);
    expect(trained.history.loss.at(-1)!).toBeLessThan(trained.history.loss[0]! / 5);
    expect(trained).toMatchObject({ steps: 200, interrupted: false });
    expect(trained.stepsPerSecond).toBeGreaterThan(0);
    expect(await bundleOf(trained)).toEqual({
      'text/plain': expect.stringMatching(
        /^regression: 200 of 200 steps, loss [\d.]+, [\d.e+]+ steps\/s, 114 parameters$/,
      ) as string,
    });
    trained.dispose();
  });

  it('starts from method.init of the seed, and reports the loss before the update', async () => {
    const trained = await train({
      ...base,
      method: regression(0),
      data,
      batch: 64,
      steps: 1,
      seed: 5,
    });
    const expected = tf.tidy(() => {
      const { params } = base.method.init(key(5));
      return regression(0).objective(params, data, key(0), {}).loss.dataSync()[0]!;
    });
    expect(trained.history.loss[0]).toBeCloseTo(expected, 5);
    trained.dispose();
  });

  it.each(modes)('gives the same bits for the same seed, others for another (%s)', async (mode) => {
    const runs = await Promise.all(
      [3, 3, 4].map((seed) => train({ ...base, mode, data, steps: 20, seed })),
    );
    const [a, b, c] = runs.map((run) => numbers(run.params));
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
    for (const run of runs) run.dispose();
  });

  it('learns the same in every mode, but for rounding', async () => {
    const runs = await Promise.all(modes.map((mode) => train({ ...base, mode, data, steps: 20 })));
    for (const run of runs.slice(1))
      run.history.loss.forEach((loss, i) => expect(loss).toBeCloseTo(runs[0]!.history.loss[i]!, 4));
    for (const run of runs) run.dispose();
  });

  it.each(modes)(
    'resumed at step n it ends, bit for bit, where 2n steps without a break do (%s)',
    async (mode) => {
      const optimizer = adam({ learningRate: warmupCosine({ peak: 0.01, warmup: 5, steps: 40 }) });
      const whole = await train({ ...base, mode, optimizer, data, steps: 40, seed: 9 });
      const stop = new AbortController();
      const checkpoint = { dir: join(dir, `resume-${mode}`), every: 20 };
      const broken = await train({
        ...base,
        mode,
        optimizer,
        data,
        steps: 40,
        seed: 9,
        checkpoint,
        signal: stop.signal,
        onStep: ({ step }) => void (step === 27 && stop.abort()),
      }).catch((error: unknown) => error as TrainingInterrupted);
      expect((broken as TrainingInterrupted).partial.steps).toBe(27);
      const resumed = await train({
        ...base,
        mode,
        optimizer,
        data,
        steps: 40,
        seed: 9,
        checkpoint,
        resume: true,
      });
      expect(resumed.history.step[0]).toBe(27); // it was saved where it was stopped
      expect(numbers(resumed.params)).toEqual(numbers(whole.params));
      expect(resumed.history.loss).toEqual(whole.history.loss.slice(27));
      for (const run of [whole, resumed, (broken as TrainingInterrupted).partial]) run.dispose();
    },
  );

  it('resume: true without a checkpoint yet begins at the beginning', async () => {
    const trained = await train({
      ...base,
      data,
      steps: 3,
      checkpoint: { dir: join(dir, 'none-yet'), every: 10 },
      resume: true,
    });
    expect(trained.history.step).toEqual([0, 1, 2]);
    trained.dispose();
  });

  it('augments with a key of its own inside the step', async () => {
    const run = (seed: number) =>
      train({
        ...base,
        method: regression(0),
        seed,
        steps: 5,
        batch: 64,
        data: { examples: data.x, targets: data.y },
        augment: ({ examples, targets }, k) => ({
          x: examples.add(normal(k, examples.shape)),
          y: targets,
        }),
      });
    const [a, b] = [await run(1), await run(1)];
    expect(a.history.loss).toEqual(b.history.loss);
    const plain = await train({
      ...base,
      method: regression(0),
      seed: 1,
      steps: 5,
      batch: 64,
      data,
    });
    expect(a.history.loss[0]).not.toBe(plain.history.loss[0]);
    for (const trained of [a, b, plain]) trained.dispose();
  });

  it('threads the method state, and gives afterUpdate the new parameters and the progress', async () => {
    const inner = regression();
    type State = { readonly average: NetParams; readonly progress: Scalar };
    const averaged = {
      ...inner,
      init: (k: ReturnType<typeof key>) => {
        const { params } = inner.init(k);
        return { params, state: { average: tree.clone(params), progress: tf.scalar(0) } as State };
      },
      objective: (params: NetParams, batch: Pairs, k: ReturnType<typeof key>, state: State) => ({
        ...inner.objective(params, batch, k, {}),
        state,
      }),
      afterUpdate: (params: NetParams, state: State, progress: Scalar): State => ({
        average: ema(state.average, params, 0.5),
        progress,
      }),
    };
    const seen: number[][] = [];
    const trained = await train({
      ...base,
      method: averaged,
      data,
      steps: 4,
      optimizer: sgd({ learningRate: 0.1 }),
      onStep: ({ params, state }) =>
        void seen.push([
          params.out.bias!.dataSync()[0]!,
          state.average.out.bias!.dataSync()[0]!,
          state.progress.dataSync()[0]!,
        ]),
    });
    let average = 0;
    for (const [bias, got] of seen) {
      average = (average + bias!) / 2;
      expect(got).toBeCloseTo(average, 6);
    }
    expect(seen.map(([, , progress]) => progress)).toEqual([0.25, 0.5, 0.75, 1]);
    trained.dispose();
  });

  it('takes batches from a function, an asynchronous function and an async iterable alike', async () => {
    const make = (step: number): Pairs =>
      tf.tidy(() => ({ x: normal(key(step), [8, 4]), y: tf.ones([8, 2]) }));
    async function* stream(): AsyncGenerator<Pairs> {
      for (let step = 0; ; step++) yield make(step);
    }
    const options = { ...base, batch: undefined, steps: 6 };
    const runs = [
      await train({ ...options, data: make }),
      await train({ ...options, data: async (step: number) => make(step) }),
      await train({ ...options, data: stream() }),
    ];
    expect(runs[1]!.history.loss).toEqual(runs[0]!.history.loss);
    expect(runs[2]!.history.loss).toEqual(runs[0]!.history.loss);
    for (const run of runs) run.dispose();
  });

  it('augments batches from a function and an async iterable, with their types', async () => {
    const make = (step: number) => ({ image: tf.tidy(() => normal(key(step), [8, 4])) });
    async function* stream() {
      for (let step = 0; ; step++) yield make(step);
    }
    const options = {
      ...base,
      batch: undefined,
      steps: 3,
      augment: ({ image }: { image: Tensor }): Pairs => ({
        x: image,
        y: image.slice([0, 0], [8, 2]),
      }),
    };
    const [a, b] = [
      await train({ ...options, data: make }),
      await train({ ...options, data: stream() }),
    ];
    expect(b.history.loss).toEqual(a.history.loss);
    a.dispose();
    b.dispose();
  });

  it('frees a batch that ends the stream early, and says so', async () => {
    const before = tf.memory().numTensors;
    async function* two(): AsyncGenerator<Pairs> {
      for (let i = 0; i < 2; i++) yield { x: tf.ones([8, 4]), y: tf.ones([8, 2]) };
    }
    await expect(train({ ...base, batch: undefined, steps: 3, data: two() })).rejects.toThrow(
      'data ended after 2 of 3 steps',
    );
    expect(lastError()!.partial!.steps).toBe(2);
    lastError()!.partial!.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('leaks nothing: tensors after dispose are those before', async () => {
    const before = tf.memory().numTensors;
    (
      await train({
        ...base,
        mode: 'graph',
        data,
        steps: 10,
        checkpoint: { dir: join(dir, 'leak'), every: 5 },
      })
    ).dispose();
    (
      await train({
        ...base,
        data,
        steps: 12,
        checkpoint: { dir: join(dir, 'leak'), every: 5 },
        resume: true,
      })
    ).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('train stops', () => {
  it('within a step of the signal, with what there is', async () => {
    const stop = new AbortController();
    const before = tf.memory().numTensors;
    const error = await train({
      ...base,
      data,
      steps: 1000,
      signal: stop.signal,
      onStep: ({ step }) => void (step === 5 && stop.abort()),
    }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(TrainingInterrupted);
    const { name, partial } = error as TrainingInterrupted;
    expect(name).toBe('AbortError');
    expect(partial).toMatchObject({ steps: 5, interrupted: true });
    expect(partial.history.loss).toHaveLength(5);
    expect(numbers(partial.params).every(Number.isFinite)).toBe(true);
    partial.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('for a timer: the loop lets the event loop run', async () => {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), 100);
    const error = await train({ ...base, data, steps: 1_000_000, signal: stop.signal }).catch(
      (e: unknown) => e,
    );
    clearTimeout(timer);
    expect(error).toBeInstanceOf(TrainingInterrupted);
    (error as TrainingInterrupted).partial.dispose();
  });

  it("for the notebook's Stop", async () => {
    const stop = new AbortController();
    const place = globalThis as Record<symbol, unknown>;
    const hostSymbol = Symbol.for('dark-matter.host');
    place[hostSymbol] = { display: () => undefined, signal: stop.signal };
    try {
      const error = await train({
        ...base,
        data,
        steps: 1000,
        onStep: ({ step }) => void (step === 3 && stop.abort()),
      }).catch((e: unknown) => e);
      expect((error as TrainingInterrupted).partial.steps).toBe(3);
      (error as TrainingInterrupted).partial.dispose();
    } finally {
      delete place[hostSymbol];
    }
  });

  it('when the loss is not finite, naming the step, with parameters that are', async () => {
    const before = tf.memory().numTensors;
    const error = await train({
      ...base,
      data,
      steps: 500,
      optimizer: sgd({ learningRate: 1e6 }),
    }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(TrainingDiverged);
    const { step, partial, message } = error as TrainingDiverged;
    expect(message).toMatch(
      /the loss of regression is (NaN|Infinity) at step \d+|parameters of regression are not finite/,
    );
    expect(step).toBeLessThan(500);
    expect(partial.steps).toBeLessThanOrEqual(step);
    expect(numbers(partial.params).every(Number.isFinite)).toBe(true);
    partial.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('with the error of an objective, naming the shapes, and leaks nothing', async () => {
    const before = tf.memory().numTensors;
    const wrong = { x: tf.zeros([64, 5]), y: tf.zeros([64, 2]) };
    await expect(train({ ...base, data: wrong, steps: 5 })).rejects.toThrow(
      'dense(x): shape [16, 5] given, [batch, 4] expected',
    );
    tree.dispose(wrong);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('with the error of a callback, and leaks nothing', async () => {
    const before = tf.memory().numTensors;
    await expect(
      train({
        ...base,
        data,
        steps: 5,
        onStep: ({ step }) => {
          if (step === 3) throw new Error('mine');
        },
      }),
    ).rejects.toThrow('mine');
    // What was learned until then is not lost.
    expect(lastError()!.partial!).toMatchObject({ steps: 3, interrupted: true });
    lastError()!.partial!.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('where the data is why, train says so:', () => {
  const withNaN = (place: number): Pairs =>
    tf.tidy(() => {
      const values = Array.from(data.x.dataSync());
      values[place * 4 + 1] = NaN;
      return { x: tf.tensor2d(values, [64, 4]), y: data.y.clone() };
    });

  it.each(modes)('the example and the key, not the learning rate (%s)', async (mode) => {
    const before = tf.memory().numTensors;
    const bad = withNaN(17);
    const error = (await train({ ...base, mode, data: bad, steps: 50 }).catch(
      (e: unknown) => e,
    )) as TrainingDiverged;
    expect(error).toBeInstanceOf(TrainingDiverged);
    expect(error.message).toMatch(/the loss of regression is NaN at step [0-3];/);
    expect(error.message).toContain('The cause is in the data: x of example 17 is NaN or infinite');
    expect(error.message).not.toContain('learning rate');
    error.partial.dispose();
    tree.dispose(bad);
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each(modes)('the place in the batch, where data gives batches (%s)', async (mode) => {
    const before = tf.memory().numTensors;
    const error = (await train({
      ...base,
      mode,
      batch: undefined,
      steps: 20,
      data: (step: number) => (step === 6 ? withNaN(5) : tree.clone(data)),
    }).catch((e: unknown) => e)) as TrainingDiverged;
    expect(error.step).toBe(6);
    expect(error.message).toContain(
      'x of example 5 of the batch is NaN or infinite (it was in the batch of step 6)',
    );
    error.partial.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('and a learning rate that is too large is not blamed on the data', async () => {
    const error = (await train({
      ...base,
      data,
      steps: 500,
      optimizer: sgd({ learningRate: 1e6 }),
    }).catch((e: unknown) => e)) as TrainingDiverged;
    expect(error.message).toContain('A smaller learning rate');
    expect(error.message).not.toContain('the data');
    error.partial.dispose();
  });
});

describe('a key that the batch lacks', () => {
  it.each(modes)('is named, with those given and those expected (%s)', async (mode) => {
    const before = tf.memory().numTensors;
    const images = { images: data.x, y: data.y };
    await expect(
      train({ ...base, mode, data: images as unknown as Pairs, steps: 5 }),
    ).rejects.toThrow('train: data given with images, y; regression expects x, y: x is missing');
    expect(tf.memory().numTensors).toBe(before);
  });

  it('is named where augment asks for it, and where augment does not give it', async () => {
    const asks = train({
      ...base,
      steps: 5,
      data: { image: data.x } as unknown as { images: Tensor },
      augment: ({ images }) => ({ x: images.mul(2), y: images }),
    });
    await expect(asks).rejects.toThrow(
      'train: data given with image; augment expects images: images is missing',
    );
    const lacks = train({
      ...base,
      steps: 5,
      data,
      augment: ({ x }) => ({ x1: x, x2: x }) as unknown as Pairs,
    });
    await expect(lacks).rejects.toThrow(
      "augment's result given with x1, x2; regression expects x, y: x, y is missing",
    );
  });

  it('is not blamed for an error that has another cause', async () => {
    const inner = regression();
    const curious = {
      ...inner,
      objective: (...[params, batch, k, state]: Parameters<typeof inner.objective>) => {
        if ((batch as { mask?: Tensor }).mask) throw new Error('masked');
        return inner.objective(params, { ...batch, x: tf.zeros([16, 5]) }, k, state);
      },
    };
    await expect(train({ ...base, method: curious, data, steps: 5 })).rejects.toThrow(
      'sequential.hidden dense(x): shape [16, 5] given, [batch, 4] expected',
    );
  });
});

describe('the error with which a training ended', () => {
  it('stays at hand, and says where what was learned is', async () => {
    const stop = new AbortController();
    const error = await train({
      ...base,
      data,
      steps: 1000,
      signal: stop.signal,
      onStep: ({ step }) => void (step === 5 && stop.abort()),
    }).catch((e: unknown) => e as TrainingInterrupted);
    expect(lastError()).toBe(error);
    expect(lastError()!.message).toContain('stopped after 5 of 1000 steps; error.partial has');
    expect(lastError()!.partial!.steps).toBe(5);
    lastError()!.partial!.dispose();
    await expect(train({ ...base, data, steps: 0 })).rejects.toThrow('steps');
    expect(lastError()).toBe(error); // nothing had begun
    await expect(train({ ...base, data, steps: 2, batch: 100 })).rejects.toThrow('batch');
  });
});

describe('train refuses', () => {
  it.each([
    ['no batch', { batch: undefined }, 'batch'],
    ['a batch larger than the data', { batch: 65 }, 'batch'],
    ['no steps', { steps: 0 }, 'steps'],
    ['half a step', { steps: 1.5 }, 'steps'],
  ])('%s', async (_name, change, message) => {
    const before = tf.memory().numTensors;
    await expect(train({ ...base, data, steps: 5, ...change })).rejects.toThrow(message);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('columns of different length, naming them', async () => {
    const short = { x: data.x, y: tf.ones([3, 2]) };
    await expect(train({ ...base, data: short, steps: 5 })).rejects.toThrow(
      'data: y has 3 examples, x has 64',
    );
    short.y.dispose();
  });
});
