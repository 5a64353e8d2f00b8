import {
  compile,
  nn,
  random,
  supervised,
  tf,
  train,
  tree,
  type Tensor,
  type Tensor1D,
} from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { expectNoLeak } from '../helpers/memory';
import { blobs } from '../measure/support';

const net = { encoder: nn.mlp([6, 16, 8]), features: 8, classes: 3 };
const method = supervised(net);
const batch = () => ({
  x: random.normal(random.key(1), [12, 6]),
  labels: tf.tensor1d(
    Array.from({ length: 12 }, (_, i) => i % 3),
    'int32',
  ),
});

describe('supervised learning', () => {
  it('with a head of zeros the loss is log(classes) and the energy of every class too', () => {
    const { params } = method.init(random.key(0));
    const blank = { ...params, head: tree.zerosLike(params.head) };
    const { x, labels } = batch();
    expect(
      method.objective(blank, { x, labels }, random.key(0), {}).loss.dataSync()[0],
    ).toBeCloseTo(Math.log(3), 6);
    for (const f of method.energy(blank, x, labels).dataSync())
      expect(f).toBeCloseTo(Math.log(3), 6);
  });

  it('exp(-energy) sums to 1 over the classes', () => {
    const { params } = method.init(random.key(0));
    const { x } = batch();
    const sum = tf.addN(
      [0, 1, 2].map((c) =>
        method
          .energy(params, x, tf.fill([12], c, 'int32'))
          .neg()
          .exp(),
      ),
    );
    for (const s of sum.dataSync()) expect(s).toBeCloseTo(1, 5);
  });

  it('a smoothed target adds a share of the mean energy of all classes', () => {
    const { params } = method.init(random.key(0));
    const { x, labels } = batch();
    const lossOf = (m: typeof method) =>
      m.objective(params, { x, labels }, random.key(0), {}).loss.dataSync()[0]!;
    const mean = tf
      .addN([0, 1, 2].map((c) => method.energy(params, x, tf.fill([12], c, 'int32'))))
      .div(3)
      .mean()
      .dataSync()[0]!;
    expect(lossOf(supervised({ ...net, smoothing: 0.3 }))).toBeCloseTo(
      0.7 * lossOf(method) + 0.3 * mean,
      5,
    );
  });

  it('tells blobs apart after a hundred steps', async () => {
    const { features: x, labels } = blobs(300, 6, 3);
    const data = { x, labels: tf.tensor1d(labels, 'int32') };
    const trained = await train({ method, data, batch: 100, steps: 100, display: 'none' });
    const held = blobs(300, 6, 3, { seed: 9 });
    const guesses = method.logits(trained.params, held.features).argMax(1).dataSync();
    expect(guesses.filter((guess, i) => guess === held.labels[i]).length / 300).toBeGreaterThan(
      0.9,
    );
    expect(trained.history.metrics['accuracy']!.at(-1)).toBeGreaterThan(0.9);
  });

  it('refuses labels out of range by name, and also in a compiled step', async () => {
    const { params } = method.init(random.key(0));
    const { x } = batch();
    const labelled = (label: number) =>
      tf.tensor1d([0, 1, label, ...Array<number>(9).fill(2)], 'int32');
    for (const wrong of [7, 3, -1]) {
      const expected = `labels[2]: ${wrong} given, a whole number from 0 to 2 expected`;
      expect(() => method.energy!(params, x, labelled(wrong))).toThrow(expected);
      expect(() =>
        method.objective(params, { x, labels: labelled(wrong) }, random.key(0), {}),
      ).toThrow(expected);
      const data = { x, labels: labelled(wrong) };
      await expect(train({ method, data, batch: 12, steps: 2, display: 'none' })).rejects.toThrow(
        `${wrong} given, a whole number from 0 to 2 expected`,
      );
    }
    const floats = labelled(1).toFloat() as typeof labels;
    const { labels } = batch();
    expect(() => method.energy!(params, x, floats)).toThrow(
      'labels: float32 given, int32 expected',
    );
  });

  it.each(['graph', 'xla'] as const)(
    'a label out of range that comes later is no silent zero under %s',
    (mode) => {
      const { params } = method.init(random.key(0));
      const loss = compile(
        (x: Tensor, labels: Tensor1D) => {
          const { loss: value, metrics } = method.objective(
            params,
            { x, labels },
            random.key(0),
            {},
          );
          return tf.stack([value, metrics['accuracy']!]);
        },
        { mode, constants: [params] },
      );
      const { x, labels } = batch();
      expect(loss(x, labels).isFinite().all().dataSync()[0]).toBe(1);
      const wrong = labels.add(tf.tensor1d([7, ...Array<number>(11).fill(0)], 'int32')) as Tensor1D;
      if (mode === 'graph') expect(() => loss(x, wrong)).toThrow('indices[0] = 7 is not in [0, 3)');
      else expect([...loss(x, wrong).dataSync()]).toEqual([NaN, NaN]);
      loss.dispose();
    },
  );

  it('says which width the encoder has where another was stated', () => {
    const wide = supervised({ ...net, features: 9 });
    const { params } = wide.init(random.key(0));
    expect(() => wide.logits(params, batch().x)).toThrow(
      "features: 9 given, 8 expected, the encoder's width",
    );
  });

  it('leaks no tensor, and names a wrong option', () => {
    const b = batch();
    expectNoLeak(() =>
      tree.tidy(() => {
        const { params } = method.init(random.key(0));
        method.objective(params, b, random.key(0), {});
        method.energy(params, b.x, b.labels);
      }),
    );
    expect(() => supervised({ ...net, classes: 1 })).toThrow('classes: 1 given');
    expect(() => supervised({ ...net, smoothing: 2 })).toThrow('smoothing: 2 given');
  });
});
