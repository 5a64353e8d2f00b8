import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  alternate,
  alternating,
  fixedFeatures,
  nn,
  noncontrastive,
  optim,
  random,
  schedule,
  study,
  tf,
  timed,
  tree,
  type Tensor,
  type Tensor2D,
} from 'dark-matter';
import { afterAll, expect, test, vi } from 'vitest';
import { blobs } from '../measure/support';

const folder = mkdtempSync(join(tmpdir(), 'alternating-'));
afterAll(() => rmSync(folder, { recursive: true }));

const set = (n: number, seed: number) => {
  const { features: images, labels } = blobs(n, 4, 2, { spread: 0.1, seed });
  return { images, labels };
};
const data = { train: set(40, 0), test: set(20, 1) };
const other = set(40, 5);
const method = noncontrastive.deepCluster({
  encoder: nn.dense(4, 3),
  features: 3,
  clusters: 4,
  examples: 40,
});
const options = { updates: 6, rounds: 3, batch: 8 };
const width = ({ test: held }: { test: { features: { shape: number[] } } }) => ({
  width: held.features.shape[1]!,
});

test('is what alternate trains, for each seed; the film and the figures are of its rounds', async () => {
  const row = alternating(method, {
    ...options,
    film: ({ state }) => ({ groups: Array.from(state.assignments.dataSync()) }),
    figures: ({ round, history }) => ({ round, updates: history.loss.length }),
  });
  expect(row.settings).toEqual(options);
  const result = await study({ name: '99-a', contestants: { row }, data, seeds: [3, 4], folder });
  expect(result.values('row', 'round')).toEqual([2, 2]);
  expect(result.values('row', 'updates')).toEqual([2, 2]);
  expect(result.film('row').map(({ step }) => step)).toEqual([2, 4, 6]);

  const groups: number[][] = [];
  const kernels: number[][] = [];
  const images = data.train.images as never;
  for await (const { params, state } of alternate({
    method,
    images,
    rounds: 3,
    steps: 2,
    batch: 8,
    seed: 3,
  })) {
    groups.push(Array.from(state.assignments.dataSync()));
    kernels.push(Array.from(params.encoder.kernel.dataSync()));
  }
  expect(result.film('row').map((frame) => frame.groups)).toEqual(groups);
  const kept = result.params('row').encoder.kernel;
  expect(Array.from(kept.dataSync())).toEqual(kernels.at(-1));
  result.dispose();
  expect(kept.isDisposed).toBe(true);
});

test('learns from the set that it is told', async () => {
  const trained = async (from?: string) => {
    const row = alternating(method, { ...options, ...(from && { from }) });
    const given = { data, also: { other }, judge: width, folder };
    const result = await study({ name: '99-a', contestants: { row }, ...given });
    const kernel = Array.from(result.params('row').encoder.kernel.dataSync());
    result.dispose();
    return kernel;
  };
  expect(await trained('train')).toEqual(await trained());
  expect(await trained('other')).not.toEqual(await trained());
});

test('updates that the rounds do not divide are an error', () => {
  expect(() => alternating(method, { ...options, rounds: 4 })).toThrow(
    'updates: 6 given, a multiple of rounds (4) expected',
  );
});

test('leaves nothing but the first seed’s parameters, nor where it is stopped, nor where a film fails', async () => {
  const run = async () => {
    const row = alternating(method, options);
    const result = await study({
      name: '99-a',
      contestants: { row },
      data,
      seeds: [0, 1],
      judge: width,
      folder,
    });
    result.dispose();
  };
  await run();
  const before = tf.memory().numTensors;
  await run();
  expect(tf.memory().numTensors).toBe(before);

  const abort = new AbortController();
  const stopping = alternating(method, {
    ...options,
    film: ({ round }) => {
      if (round === 1) abort.abort();
      return { round };
    },
  });
  const failing = alternating(method, {
    ...options,
    film: () => {
      throw new Error('out of film');
    },
  });
  const given = { name: '99-a', data, judge: width, folder };
  await expect(
    study({ ...given, contestants: { stopping }, signal: abort.signal }),
  ).rejects.toMatchObject({ name: 'AbortError' });
  await expect(study({ ...given, contestants: { failing } })).rejects.toThrow('out of film');
  expect(tf.memory().numTensors).toBe(before);
});

test('one schedule runs over all rounds where the optimiser is made of the updates done', async () => {
  const asked: number[] = [];
  // A rate of 0 from update 2 on: what the first round learned is what the last one leaves.
  const rate = schedule.piecewise({ from: 0.1, at: { 2: 0 } });
  const kernels: number[][] = [];
  for await (const { params } of alternate({
    method,
    images: data.train.images as never,
    rounds: 3,
    steps: 2,
    batch: 8,
    optimizer: (done) => {
      asked.push(done);
      return optim.sgd({ learningRate: schedule.startingAt(done, rate) });
    },
  }))
    kernels.push(Array.from(params.encoder.kernel.dataSync()));
  expect(asked).toEqual([0, 2, 4]);
  const start = method.init(random.key(0)).params;
  expect(kernels[0]).not.toEqual(Array.from(start.encoder.kernel.dataSync()));
  expect(kernels[1]).toEqual(kernels[0]);
  expect(kernels[2]).toEqual(kernels[0]);
  tree.dispose(start);
});

test('a timed contestant tells the work of its training, not its judge’s, and nothing else changes', async () => {
  // What the process has worked, in microseconds: of the user's and the system's.
  let [user, system] = [2e6, 1e6];
  const clock = vi.spyOn(process, 'cpuUsage').mockImplementation((before) => ({
    user: user - (before?.user ?? 0),
    system: system - (before?.system ?? 0),
  }));
  const row = fixedFeatures(() => {
    user += 4e6;
    system += 0.5e6;
    return { embed: (x) => x.clone() as Tensor2D };
  });
  expect({ ...timed(row), ready: undefined }).toEqual({ ...row, ready: undefined });
  const result = await study({
    name: '99-a',
    contestants: { row: timed(row) },
    data,
    folder,
    judge: (features) => {
      user += 7e6;
      return width(features);
    },
  });
  clock.mockRestore();
  expect(result.figures['row']).toEqual({ width: [4], 'training, core-s': [4.5] });
});

test('a film of the parameters is as a contestant’s: before the first update, then every so many', async () => {
  const film = {
    every: 4,
    of: ({ encoder }: { encoder: { kernel: Tensor } }) => ({
      kernel: Array.from(encoder.kernel.dataSync()),
    }),
  };
  const row = alternating(method, { ...options, film });
  const result = await study({ name: '99-a', contestants: { row }, data, judge: width, folder });
  const frames = result.film('row');
  expect(frames.map(({ step }) => step)).toEqual([0, 4, 6]);
  const start = method.init(random.key(0)).params.encoder.kernel;
  expect(frames[0]!.kernel).toEqual(Array.from(start.dataSync()));
  expect(frames[2]!.kernel).toEqual(Array.from(result.params('row').encoder.kernel.dataSync()));
  result.dispose();
});

test('images of its own take the place of the study’s', async () => {
  const kernelOf = async (given: object) => {
    const row = alternating(method, { ...options, ...given });
    const all = { data, also: { other }, judge: width, folder };
    const result = await study({ name: '99-a', contestants: { row }, ...all });
    const kernel = Array.from(result.params('row').encoder.kernel.dataSync());
    result.dispose();
    return kernel;
  };
  expect(await kernelOf({ images: other.images })).toEqual(await kernelOf({ from: 'other' }));
});

test('what a training that fails has learned is freed, whatever it fails with', async () => {
  const before = tf.memory().numTensors;
  let looks = 0;
  const film = {
    every: 1,
    of: () => {
      if (++looks > 4) throw new Error('out of film');
      return {};
    },
  };
  const row = alternating(method, { ...options, film });
  const given = { name: '99-a', data, judge: width, folder };
  await expect(study({ ...given, contestants: { row } })).rejects.toThrow('out of film');
  expect(looks).toBe(5);
  expect(tf.memory().numTensors).toBe(before);

  const unsorted: typeof method = {
    ...method,
    recluster() {
      throw new Error('no clusters');
    },
  };
  const unclustered = alternating(unsorted, options);
  await expect(study({ ...given, contestants: { unclustered } })).rejects.toThrow('no clusters');
  expect(tf.memory().numTensors).toBe(before);
});
