import { afterAll, expect, test } from 'vitest';
import {
  contestant,
  contrastive,
  fewLabelTraining,
  fineTuned,
  nn,
  optim,
  study,
  tf,
  train,
  tree,
  type Contestant,
  type Tensor,
  type Tensor1D,
} from 'dark-matter';
import { fewLabels } from '../../lib/data';
import { supervised } from '../../lib/train';
import { blobs } from '../measure/support';

const set = (n: number, seed: number) => {
  const { features: images, labels } = blobs(n, 4, 2, { spread: 3, seed });
  return { images, labels: Array.from(labels as ArrayLike<number>) };
};
const data = { train: set(40, 0), test: set(60, 1) };
const fresh = set(30, 2);
afterAll(() => tf.dispose([data.train.images, data.test.images, fresh.images]));

const encoder = nn.dense(4, 3);
const optimizer = optim.adam({ learningRate: 0.02 });
const options = { encoder, features: 3, perClass: [2], steps: 15, optimizer } as const;
const method = contrastive.simclr({ encoder, projector: nn.dense(3, 2) });
const pretrained = contestant(method, {
  augment: ({ images }: { images: Tensor; labels: Tensor1D }) => ({
    x1: images,
    x2: images.mul(2),
  }),
  batch: 8,
  steps: 3,
  optimizer: optim.adam({ learningRate: 0.3 }), // far from where it began
});
const run = <C extends Record<string, Contestant>>(contestants: C, seed = 0) =>
  study({
    name: '99-x',
    contestants,
    data,
    also: { fresh },
    seed,
    judge: () => ({ frozen: 1 }),
  });
const figure = 'fine-tuned, 2 labels, %';

/** The accuracy in % of the same training, written out. */
async function byHand(
  from: typeof fresh,
  seed: number,
  draw: number,
  start?: nn.ParamsOf<typeof encoder>,
) {
  const few = tf.tensor1d(fewLabels(from.labels, 2, draw), 'int32');
  const net = supervised({ encoder, features: 3, classes: 2 });
  const begun: typeof net = {
    ...net,
    init(key) {
      const { params, state } = net.init(key);
      return { params: { ...params, encoder: start ? tree.clone(start) : params.encoder }, state };
    },
  };
  const trained = await train({
    method: begun,
    data: {
      x: tf.gather(from.images, few),
      labels: tf.gather(tf.tensor1d(from.labels, 'int32'), few),
    },
    batch: 4,
    steps: 15,
    optimizer,
    seed,
    display: 'none',
  });
  const guesses = net.logits(trained.params, data.test.images).argMax(1).dataSync();
  return (100 * data.test.labels.filter((label, i) => label === guesses[i]).length) / 60;
}

test('from scratch it is the supervised network on the same draw of labels', async () => {
  const result = await run({ scratch: fewLabelTraining(options) }, 3);
  expect(result.mean('scratch', figure)).toBeCloseTo(await byHand(data.train, 3, 0), 10);
});

test('labels are drawn from the set that is named, and the figure is the mean of the draws', async () => {
  const result = await run({ scratch: fewLabelTraining({ ...options, from: 'fresh', draws: 3 }) });
  const draws = await Promise.all([0, 1, 2].map((draw) => byHand(fresh, 0, draw)));
  expect(new Set(draws).size).toBeGreaterThan(1);
  expect(result.mean('scratch', figure)).toBeCloseTo(draws.reduce((a, b) => a + b) / 3, 10);
});

test('fine-tuning goes on from the trained encoder, with a new head, and leaves it as it was', async () => {
  const result = await run({ plain: pretrained, tuned: fineTuned(pretrained, options) });
  const { encoder: start } = result.params('plain');
  const expected = await byHand(data.train, 0, 0, start);
  expect(expected).not.toBe(await byHand(data.train, 0, 0));
  expect(result.mean('tuned', figure)).toBeCloseTo(expected, 10);
  const kernel = (row: 'plain' | 'tuned') => [...result.params(row).encoder.kernel.dataSync()];
  expect(kernel('tuned')).toEqual(kernel('plain'));
  expect(result.values('tuned', 'frozen')).toEqual([1]);
  result.dispose();
});

test('it says how long it took, and its settings are told apart', async () => {
  const row = fineTuned(pretrained, { ...options, draws: 2 });
  expect(row.settings).toEqual({
    steps: 3,
    batch: 8,
    'fine-tuning steps': 15,
    'fine-tuning draws': 2,
  });
  const result = await run({ row, scratch: fewLabelTraining(options) });
  expect(Object.keys(result.figures['row']!)).toEqual([
    'frozen',
    figure,
    'learning, s',
    'pretraining, s',
  ]);
  expect(Object.keys(result.figures['scratch']!)).toEqual([figure, 'learning, s']);
  result.dispose();
});

test('a set that is not there is named with those that are', async () => {
  const row = fewLabelTraining({ ...options, from: 'new' });
  await expect(run({ row })).rejects.toThrow("from: 'new' given, one of train | fresh expected");
});

test('no tensor is left behind, also where fine-tuning fails', async () => {
  const all = { scratch: fewLabelTraining(options), tuned: fineTuned(pretrained, options) };
  const failing = { tuned: fineTuned(pretrained, { ...options, perClass: [99] }) };
  const both = async () => {
    (await run(all)).dispose();
    await expect(run(failing)).rejects.toThrow('has only');
  };
  await both();
  const before = tf.memory().numTensors;
  await both();
  expect(tf.memory().numTensors).toBe(before);
});
