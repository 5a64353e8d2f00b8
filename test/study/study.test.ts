import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeEach, expect, test } from 'vitest';
import {
  contestant,
  contrastive,
  fixedFeatures,
  latent,
  longStudy,
  measure,
  measured,
  nn,
  random,
  study,
  tf,
  type Contestant,
  newestRecord,
  perSeed,
  type Representation,
  type Tensor,
  type Tensor2D,
  type Turn,
} from 'dark-matter';
import { blobs } from '../measure/support';

const root = mkdtempSync(join(tmpdir(), 'study-test-'));
let folder: string;
let count = 0;
beforeEach(() => void (folder = join(root, String(count++))));

const set = (n: number, seed: number) => {
  const { features: images, labels } = blobs(n, 4, 2, { spread: 0.1, seed });
  return { images, labels };
};
const data = { train: set(40, 0), test: set(20, 1) };
afterAll(() => {
  rmSync(root, { recursive: true });
  tf.dispose([data.train.images, data.test.images]);
});

const nearest = ({ train, test: held }: Representation) => ({
  '1-NN, %': 100 * measure.knn(train, held, { k: 1 }).accuracy,
});
const pixels = fixedFeatures(() => ({ embed: measure.rawPixels }));

/** A contestant that counts its turns and whose figure is its seed. */
function counting(fail?: (seed: number) => unknown): Contestant<undefined> & { seeds: number[] } {
  const seeds: number[] = [];
  return {
    seeds,
    seeded: true,
    trained: false,
    settings: {},
    async ready({ seed }) {
      await fail?.(seed);
      seeds.push(seed);
      return { params: undefined, figures: { x: seed }, dispose() {} };
    },
  };
}
const simclr = contrastive.simclr({ encoder: nn.dense(4, 3), projector: nn.dense(3, 2) });
const learner = (steps = 3) =>
  contestant(simclr, {
    data: { x1: data.train.images, x2: data.train.images },
    batch: 8,
    steps,
    figures: (params) => ({ width: params.encoder.kernel.shape[1]! }),
  });
const full = (contestants: Record<string, Contestant>, options = {}) =>
  study({ name: '99-x', contestants, data, budget: 'full', folder, codeHash: 'c', ...options });

test('the quick budget runs one seed and keeps nothing; the full one five, in one line of results', async () => {
  const counter = counting();
  const quick = await study({ name: '99-x', contestants: { counter }, data, seed: 3, folder });
  expect(quick.values('counter', 'x')).toEqual([3]);
  expect(quick.fiveSeeds).toBeUndefined();
  expect(existsSync(folder)).toBe(false);
  const whole = await full({ counter, pixels }, { seed: 3, judge: nearest });
  expect(whole.values('counter', 'x')).toEqual([3, 4, 5, 6, 7]);
  expect(whole.fiveSeeds!.figures).toEqual(whole.figures);
  const [line, ...others] = await measure.readResults('99-x', { folder });
  expect(others).toEqual([]);
  expect(line).toMatchObject({ codeHash: 'c', budget: 'full', seeds: [3, 4, 5, 6, 7] });
});

test('a record of five seeds that lacks a contestant of this study is not its five-seed record', async () => {
  const counter = counting();
  await full({ counter });
  const more = await study({
    name: '99-x',
    contestants: { counter, other: counting() },
    data,
    folder,
  });
  expect(more.fiveSeeds).toBeUndefined();
  const fewer = await study({ name: '99-x', contestants: { counter }, data, folder });
  expect(fewer.fiveSeeds!.seeds).toHaveLength(5);
});

test('a long study runs in the full budget, and in the quick one is the record of its contestants', async () => {
  const counter = counting();
  const long = (budget: 'quick' | 'full', contestants = { counter }) =>
    longStudy({ name: '99-x', part: 'long', contestants, data, budget, folder, codeHash: 'c' });
  expect(await long('quick')).toBeUndefined();
  expect(counter.seeds).toEqual([]);
  const run = await long('full');
  expect(counter.seeds).toEqual([0, 1, 2, 3, 4]);
  const read = await long('quick');
  expect(counter.seeds).toHaveLength(5);
  expect(read!.figures).toEqual(run!.figures);
  expect(await long('quick', { counter, other: counter } as never)).toBeUndefined();
});

test('a long study runs in the full budget where nothing is kept, and is read with as many seeds as it has', async () => {
  const counter = counting();
  const given = { name: '99-x', contestants: { counter }, data, seeds: [0, 1], folder };
  const unkept = await longStudy({ ...given, budget: 'full', keep: false });
  expect([unkept!.seeds, counter.seeds]).toEqual([
    [0, 1],
    [0, 1],
  ]);
  expect(await longStudy(given)).toBeUndefined();
  await longStudy({ ...given, budget: 'full' });
  expect((await longStudy(given))!.seeds).toEqual([0, 1]);
  expect(await longStudy({ ...given, seeds: [0, 1, 2] })).toBeUndefined();
});

test('a long study of another data set is read from where it was kept', async () => {
  const ofColors = { ...data, part: 'cifar10' };
  const options = { name: '99-x', contestants: { counter: counting() }, folder };
  await longStudy({ ...options, data: ofColors, budget: 'full' });
  expect((await longStudy({ ...options, data: ofColors }))!.name).toBe('99-x-cifar10');
  expect(await longStudy({ ...options, data })).toBeUndefined();
});

test('a long study leaves no tensor, not even the first seed’s parameters', async () => {
  const run = () =>
    longStudy({
      name: '99-x',
      contestants: { a: learner() },
      data,
      seeds: [0],
      keep: true,
      folder,
    });
  await run();
  const before = tf.memory().numTensors;
  await run();
  expect(tf.memory().numTensors).toBe(before);
});

test('a part has a file of its own', async () => {
  const counter = counting();
  await full({ counter }, { part: 'race' });
  expect(await measure.readResults('99-x', { folder })).toEqual([]);
  expect(await measure.readResults('99-x-race', { folder })).toHaveLength(1);
});

test('another data set has files of its own, so that no table mixes pictures', async () => {
  const counter = counting();
  await full({ counter }, { part: 'race', data: { ...data, part: 'cifar10' } });
  const ofDigits = await full({ counter }, { part: 'race' });
  await full({ counter }, { seed: 10, data: { ...data, part: 'cifar10' } });
  expect(await measure.readResults('99-x-race-cifar10', { folder })).toHaveLength(1);
  expect(await measure.readResults('99-x-race', { folder })).toHaveLength(1);
  expect(ofDigits.fiveSeeds!.name).toBe('99-x-race');
});

test('the record of five seeds is of the study’s own settings: a turned knob has none', async () => {
  const counter = counting();
  await full({ counter }, { settings: { hide: 'itself', width: 8 } });
  const quick = { budget: 'quick' };
  const same = await full({ counter }, { ...quick, settings: { hide: 'itself', width: 8 } });
  expect(same.fiveSeeds!.figures).toEqual({ counter: { x: [0, 1, 2, 3, 4] } });
  expect(same.fiveSeeds!.note).not.toContain('Other settings');
  for (const turned of [
    { hide: 'all', width: 8 },
    { hide: 'itself', width: 8, new: 1 },
  ])
    expect((await full({ counter }, { ...quick, settings: turned })).fiveSeeds).toBeUndefined();
});

test('the record of five seeds names what its contestants had otherwise', async () => {
  const learned = await full({ learner: learner(3) });
  learned.dispose();
  const shorter = await full({ learner: learner(2) }, { budget: 'quick' });
  expect(shorter.fiveSeeds!.note).toContain('learner: steps 2 (measured with 3)');
  shorter.dispose();
});

test('a contestant that is made per seed trains on that seed’s data, and its first parameters are kept', async () => {
  const row = perSeed((seed) => {
    const x = tf.fill([8, 4], seed + 1);
    return contestant(simclr, {
      data: { x1: x, x2: x },
      batch: 8,
      steps: 2,
      judged: false,
      figures: () => ({ 'first pixel': x.dataSync()[0]! }),
    });
  });
  expect(row).toMatchObject({ seeded: true, trained: true, settings: { steps: 2, batch: 8 } });
  const result = await full({ row }, { seeds: [2, 5] });
  expect(result.values('row', 'first pixel')).toEqual([3, 6]);
  expect(result.params('row')).toHaveProperty('encoder');
  result.dispose();
});

test('what is not seeded has one turn, and is judged as the others are', async () => {
  const result = await full({ pixels, counter: counting() }, { judge: nearest });
  expect(result.values('pixels', '1-NN, %')).toEqual([100]);
});

test('a method is trained for each seed, judged and measured, with the parameters of the first', async () => {
  const steps: number[] = [];
  const result = await study({
    name: '99-x',
    contestants: {
      SimCLR: contestant(simclr, {
        data: { x1: data.train.images, x2: data.train.images },
        batch: 8,
        steps: 3,
        watch: ({ step }) => steps.push(step),
        figures: (params) => ({ width: params.encoder.kernel.shape[1]! }),
      }),
    },
    data,
    seeds: [5, 6],
    judge: nearest,
    folder,
    settings: { temperature: 0.5 },
  });
  expect(steps).toEqual([1, 2, 3]);
  expect(result.values('SimCLR', 'width')).toEqual([3, 3]);
  expect(result.values('SimCLR', '1-NN, %')).toHaveLength(2);
  expect(result.settings).toEqual({ temperature: 0.5, 'SimCLR: steps': 3, 'SimCLR: batch': 8 });
  const { train } = await import('dark-matter');
  const alone = await train({
    method: simclr,
    data: { x1: data.train.images, x2: data.train.images },
    batch: 8,
    steps: 3,
    seed: 5,
    display: 'none',
  });
  const kept = result.params('SimCLR').encoder.kernel;
  expect(Array.from(kept.dataSync())).toEqual(Array.from(alone.params.encoder.kernel.dataSync()));
  alone.dispose();
  result.dispose();
  expect(kept.isDisposed).toBe(true);
});

test('another network than the trained one can be judged and measured: an average in the state', async () => {
  const networks = { encoder: nn.dense(4, 3), projector: nn.dense(3, 2) };
  const moco = contrastive.moco({ ...networks, dim: 2, queue: 8, momentum: 1 });
  const x = { x1: data.train.images, x2: data.train.images };
  const first = (params: { encoder: { kernel: Tensor } }) => ({
    first: params.encoder.kernel.dataSync()[0]!,
  });
  const options = { data: x, batch: 8, steps: 3, figures: first };
  const result = await study({
    name: '99-x',
    contestants: {
      trained: contestant(moco, options),
      average: contestant(moco, { ...options, network: ({ state }) => state.target }),
    },
    data,
    seeds: [3],
    judge: ({ train }) => ({ feature: train.features.dataSync()[0]! }),
    folder,
  });
  // At momentum 1 the average is the network before its training.
  const start = moco.init(random.key(3)).params;
  expect(result.mean('average', 'first')).toBe(first(start).first);
  expect(result.mean('trained', 'first')).not.toBe(first(start).first);
  expect(result.mean('average', 'feature')).not.toBe(result.mean('trained', 'feature'));
  result.dispose();
});

test('a film shows the first seed before its training, each so many steps, and at its end', async () => {
  const kernel = (params: { encoder: { kernel: Tensor } }) => ({
    first: params.encoder.kernel.dataSync()[0]!,
  });
  const x = { x1: data.train.images, x2: data.train.images };
  const options = { data: x, batch: 8, steps: 5, film: { every: 2, of: kernel } };
  const result = await study({
    name: '99-x',
    contestants: { filmed: contestant(simclr, options), pixels },
    data,
    seeds: [3, 4],
    judge: nearest,
    folder,
  });
  const frames = result.film('filmed');
  expect(frames.map(({ step }) => step)).toEqual([0, 2, 4, 5]);
  const start = simclr.init(random.key(3)).params;
  expect(frames[0]!.first).toBe(kernel(start).first);
  expect(frames[3]!.first).toBe(kernel(result.params('filmed')).first);
  expect(() => result.film('pixels')).toThrow("'pixels' given, one that was made with a film");
  result.dispose();
});

test('a film and figures see the state of the method, too: a codebook moves in training', async () => {
  const method = latent.limitedAutoencoder({
    encoder: nn.dense(4, 2),
    decoder: nn.dense(2, 4),
    limit: latent.quantised({ codes: 3, dim: 2 }),
  });
  const first = (_: unknown, { codes }: latent.Codebook) => ({ first: codes.dataSync()[0]! });
  const coder = contestant(method, {
    data: { x: data.train.images as Tensor2D },
    batch: 8,
    steps: 4,
    judged: false,
    figures: first,
    film: { every: 4, of: first },
  });
  const result = await study({ name: '99-x', contestants: { coder }, seeds: [3], folder });
  const [start, end] = result.film('coder');
  expect(start!.first).toBe(method.init(random.key(3)).state.codes.dataSync()[0]);
  expect(end!.first).toBe(result.mean('coder', 'first'));
  expect(end!.first).not.toBe(start!.first);
  result.dispose();
});

test('a study that fails has kept its finished turns, and the same code does not repeat them', async () => {
  const failing = counting((seed) => {
    if (seed === 2) throw new Error('no room on the disk');
  });
  await expect(full({ x: failing })).rejects.toThrow('no room on the disk');
  const second = counting();
  const result = await full({ x: second });
  expect(second.seeds).toEqual([2, 3, 4]);
  expect(result.values('x', 'x')).toEqual([0, 1, 2, 3, 4]);
  // Whole, it is in the results and nowhere else.
  const third = counting();
  await full({ x: third });
  expect(third.seeds).toEqual([0, 1, 2, 3, 4]);
});

test('two runs of one study at once share its turns, and both end with all figures', async () => {
  const slow = () => counting(() => sleep(30));
  const [one, other] = [slow(), slow()];
  const studies = await Promise.all([full({ x: one }), full({ x: other })]);
  for (const { figures } of studies) expect(figures).toEqual({ x: { x: [0, 1, 2, 3, 4] } });
  expect([...one.seeds, ...other.seeds].sort()).toEqual([0, 1, 2, 3, 4]);
  expect(one.seeds.length).toBeGreaterThan(0);
  expect(other.seeds.length).toBeGreaterThan(0);
  // The last one has forgotten the turns, and the claims with them.
  expect(readdirSync(join(folder, '.dark-matter'))).toEqual([]);
});

test('a study that fails gives its turns to the next', async () => {
  let turns = 0;
  const failing = counting(async () => {
    await sleep(20);
    if (++turns === 2) throw new Error('stop');
  });
  const other = counting(() => sleep(20));
  const [one, two] = await Promise.allSettled([full({ x: failing }), full({ x: other })]);
  expect(one.status).toBe('rejected');
  expect(two).toMatchObject({ value: { figures: { x: { x: [0, 1, 2, 3, 4] } } } });
});

test('other code, other settings and `resume: false` begin anew', async () => {
  const failing = () =>
    counting((seed) => {
      if (seed === 1) throw new Error('stop');
    });
  for (const other of [{ codeHash: 'd' }, { settings: { batch: 2 } }, { resume: false }]) {
    await expect(full({ x: failing() })).rejects.toThrow('stop');
    const again = counting();
    await full({ x: again }, other);
    expect(again.seeds).toEqual([0, 1, 2, 3, 4]);
  }
});

test('a signal stops the study, within a training too, and a line cut off is not read', async () => {
  const abort = new AbortController();
  const stopping = counting((seed) => {
    if (seed === 1) abort.abort();
  });
  await expect(full({ x: stopping }, { signal: abort.signal })).rejects.toMatchObject({
    name: 'AbortError',
  });
  expect(stopping.seeds).toEqual([0, 1]);
  const file = join(folder, '.dark-matter', '99-x.jsonl');
  expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(2);

  const inside = new AbortController();
  const long = contestant(simclr, {
    data: { x1: data.train.images, x2: data.train.images },
    batch: 8,
    steps: 1_000_000,
    watch: ({ step }) => {
      if (step === 2) inside.abort();
    },
  });
  const before = tf.memory().numTensors;
  await expect(full({ long }, { signal: inside.signal })).rejects.toMatchObject({
    name: 'AbortError',
  });
  expect(tf.memory().numTensors).toBe(before);
});

test('a training that a watch ends with an error of its own leaves no tensor', async () => {
  const watched = contestant(simclr, {
    data: { x1: data.train.images, x2: data.train.images },
    batch: 8,
    steps: 4,
    watch: ({ step }) => {
      if (step === 2) throw new Error('looked away');
    },
  });
  const before = tf.memory().numTensors;
  await expect(full({ watched })).rejects.toThrow('looked away');
  expect(tf.memory().numTensors).toBe(before);
});

test('a study leaves the parameters of its first seed, and nothing once they are disposed of', async () => {
  const run = async () => {
    const result = await study({
      name: '99-x',
      contestants: { SimCLR: learner(), pixels },
      data,
      seeds: [0, 1],
      judge: nearest,
      folder,
    });
    const held = tf.memory().numTensors;
    result.dispose();
    return held - tf.memory().numTensors;
  };
  await run();
  const before = tf.memory().numTensors;
  expect(await run()).toBe(4); // two kernels, two biases
  expect(tf.memory().numTensors).toBe(before);
});

test('a judge that throws leaves no tensors behind', async () => {
  const broken = () =>
    study({
      name: '99-x',
      contestants: { SimCLR: learner() },
      data,
      folder,
      judge: () => {
        throw new Error('a broken judge');
      },
    });
  await expect(broken()).rejects.toThrow('a broken judge');
  const before = tf.memory().numTensors;
  await expect(broken()).rejects.toThrow('a broken judge');
  expect(tf.memory().numTensors).toBe(before);
});

test('no contestants, equal seeds and parameters that are not there are refused', async () => {
  await expect(full({})).rejects.toThrow('contestants: none given');
  await expect(full({ pixels }, { seeds: [1, 1] })).rejects.toThrow('seeds: [1, 1] given');
  const result = await study({
    name: '99-x',
    contestants: { pixels },
    data,
    folder,
    judge: nearest,
  });
  expect(() => result.params('pixels')).toThrow("'pixels' given, which has no parameters");
});

test("kept by turns, each finished turn is a line at once, and no turn is run again, not even the first seed's", async () => {
  const turns = { keep: 'turns', seeds: [0, 1], judge: () => ({}) } as const;
  const failing = counting((seed) => {
    if (seed === 1) throw new Error('killed');
  });
  await expect(full({ failing, trained: learner() }, turns)).rejects.toThrow('killed');
  const lines = await measure.readResults('99-x', { folder });
  expect(lines.map(({ seeds, figures }) => [Object.keys(figures), seeds])).toEqual([
    [['failing'], [0]],
    [['trained'], [0]],
  ]);

  const counter = counting();
  const again: Contestant = { ...learner(), ready: () => Promise.reject(new Error('run again')) };
  const second = {
    ...again,
    ready: (turn: Turn) => (turn.seed === 0 ? again : learner()).ready(turn),
  };
  const race = await full({ failing: counter, trained: second }, turns);
  expect(counter.seeds).toEqual([1]);
  expect(race.figures).toEqual({ failing: { x: [0, 1] }, trained: { width: [3, 3] } });
  expect((await measure.readResults('99-x', { folder })).length).toBe(4);
  expect((await newestRecord('99-x', { folder, codeHash: 'c', seeds: 2 }))!.figures).toEqual(
    race.figures,
  );
  race.dispose();
});

test('kept by turns, what has no seed is measured once, whatever seeds come later', async () => {
  const turns = { keep: 'turns', judge: nearest } as const;
  await full({ pixels, counter: counting() }, { ...turns, seeds: [0] });
  const race = await full({ pixels, counter: counting() }, { ...turns, seeds: [0, 1] });
  expect(race.values('pixels', '1-NN, %').length).toBe(1);
  const record = await newestRecord('99-x', { folder, codeHash: 'c', seeds: 2 });
  expect(record!.figures).toEqual(race.figures);
});

test('kept by turns, of a turn that was measured twice the later one holds, with the day it was measured', async () => {
  const turns = { keep: 'turns', seeds: [0], judge: () => ({}) } as const;
  const figured = (x: number): Contestant => ({
    ...counting(),
    ready: () => Promise.resolve({ params: [], figures: { x }, dispose: () => undefined }),
  });
  await full({ a: figured(1) }, turns);
  await full({ a: figured(2) }, { ...turns, resume: false });
  const file = join(folder, '99-x.jsonl');
  const lines = readFileSync(file, 'utf8').replaceAll(/"time":"\d{4}/g, '"time":"2020');
  writeFileSync(file, lines);
  const again = await full({ a: figured(3) }, turns);
  expect(again.values('a', 'x')).toEqual([2]);
  expect(again.date.getFullYear()).toBe(2020);
  const more = await full({ a: figured(3) }, { ...turns, seeds: [0, 1] });
  expect(more.values('a', 'x')).toEqual([2, 3]);
  expect(more.date.getFullYear()).toBeGreaterThan(2020);
});

test('turns of other code or other settings are not taken over', async () => {
  const turns = { keep: 'turns', seeds: [0] } as const;
  await full({ counter: counting() }, turns);
  for (const other of [{ codeHash: 'd' }, { settings: { temperature: 1 } }]) {
    const counter = counting();
    await full({ counter }, { ...turns, ...other });
    expect(counter.seeds).toEqual([0]);
  }
});

test("a contestant's checkpoints are each seed's own: it goes on from its own, never from another's", async () => {
  const dir = join(folder, 'runs');
  const ends = async (steps: number, seeds: number[]) => {
    const told: string[] = [];
    const saving = contestant(simclr, {
      data: { x1: data.train.images, x2: data.train.images },
      batch: 8,
      steps,
      checkpoint: { dir, every: 2 },
      resume: true,
      figures: ({ encoder }) => ({ sum: encoder.kernel.sum().dataSync()[0]! }),
    });
    const race = await full(
      { saving },
      { keep: false, seeds, onProgress: (t: string) => told.push(t) },
    );
    const values = race.values('saving', 'sum');
    race.dispose();
    return { values, trained: told.filter((text) => text.includes(' step ')).length };
  };
  await ends(2, [0, 1]);
  const resumed = await ends(6, [0, 1]);
  expect(resumed.trained).toBe(8);
  rmSync(dir, { recursive: true });
  expect((await ends(6, [0, 1])).values).toEqual(resumed.values);
});

test('a study of measurements alone needs no data; another says whom it is missing for', async () => {
  const squares = measured(({ seed }) => ({ square: seed ** 2 }));
  const options = { name: 'tiny', folder, keep: false };
  const result = await study({ ...options, contestants: { squares }, seeds: [1, 2, 3] });
  expect(result.values('squares', 'square')).toEqual([1, 4, 9]);
  await expect(study({ ...options, contestants: { pixels } })).rejects.toThrow(
    /data not given, the images that 'pixels' needs/,
  );
});

test('with data for each seed, all are judged on their own, also those that no seed changes', async () => {
  const own = [set(30, 10), set(30, 11)].map((train, i) => ({ train, test: set(20 + i, 20 + i) }));
  const seen: unknown[] = [];
  const result = await study({
    name: '99-x',
    contestants: { pixels },
    data: (seed) => own[seed]!,
    seeds: [0, 1],
    judge: ({ train, test: held }) => {
      seen.push([train.labels, held.labels]);
      return { n: held.features.shape[0] };
    },
  });
  expect(result.values('pixels', 'n')).toEqual([20, 21]);
  expect(seen).toEqual(own.map(({ train, test: held }) => [train.labels, held.labels]));
  tf.dispose(own.flatMap(({ train, test: held }) => [train.images, held.images]));
});

test("a contestant without data of its own trains on the turn's, or on the set that it names", async () => {
  const sets = [set(30, 10), set(30, 11)];
  const given = (own: Pick<typeof data, 'train'>['train']) =>
    contestant(simclr, {
      data: { images: own.images },
      batch: 8,
      steps: 3,
      augment: ({ images }: { images: Tensor }) => ({ x1: images, x2: images.mul(2) }),
      figures: lookAt,
    });
  const lookAt = (params: { encoder: nn.ParamsOf<ReturnType<typeof nn.dense>> }) => ({
    weight: params.encoder.kernel.dataSync()[0]!,
  });
  const turns = (from?: string) =>
    contestant(simclr, {
      batch: 8,
      steps: 3,
      figures: lookAt,
      ...(from && { from }),
      augment: ({ images }: { images: Tensor }) => ({ x1: images, x2: images.mul(2) }),
    });
  const weight = async (row: Contestant, i: number) => {
    const own = { name: '99-x', contestants: { row }, seeds: [i], judge: () => ({}) };
    const other = { other: sets[1 - i]! };
    const task = { train: sets[i]!, test: data.test, also: other };
    const result = await study({ ...own, data: () => task });
    result.dispose();
    return result.mean('row', 'weight');
  };
  for (const i of [0, 1]) {
    expect(await weight(turns(), i)).toBe(await weight(given(sets[i]!), i));
    expect(await weight(turns('other'), i)).toBe(await weight(given(sets[1 - i]!), i));
  }
  await expect(weight(turns('new'), 0)).rejects.toThrow(
    "from: 'new' given, one of train | other expected",
  );
  tf.dispose(sets.map(({ images }) => images));
});
