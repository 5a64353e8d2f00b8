import { alternate, augment, data, nn, noncontrastive, optim, random, tf, tree } from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { expectGradientMatchesFiniteDifferences } from '../helpers/gradients';
import { expectNoLeak } from '../helpers/memory';
import { balancedWeights } from '../../lib/noncontrastive/deepCluster';

const { clusterFeatures, deepCluster } = noncontrastive;
type Matrix = ReturnType<typeof tf.tensor2d>;
type Ids = ReturnType<typeof tf.tensor1d>;
const ids = (values: number[]) => tf.tensor1d(values, 'int32');
const value = (t: { dataSync(): ArrayLike<number> }) => t.dataSync()[0]!;

/** Three tight groups of 20, far apart. */
const groups = () => {
  const at = tf.tensor2d([
    [4, 0, 0],
    [0, 4, 0],
    [0, 0, 4],
  ]);
  return tf.tidy(
    () =>
      tf
        .gather(at, tf.range(0, 60, 1, 'int32').mod(tf.scalar(3, 'int32')))
        .add(random.normal(random.key(1), [60, 3], 0, 0.05)) as Matrix,
  );
};

describe('DeepCluster', () => {
  it('finds groups that are there, by whatever names', () => {
    const found = [...clusterFeatures(groups(), 3, random.key(2), 2).dataSync()];
    expect(new Set(found).size).toBe(3);
    found.forEach((cluster, i) => expect(cluster).toBe(found[i % 3]));
  });

  it('weights make all clusters in use count the same, and examples 1 on average', () => {
    const own = ids([0, 0, 0, 0, 0, 0, 1, 1, 3]);
    const weights = [...balancedWeights(own, 4).dataSync()];
    expect(weights.map((w, k) => w * [6, 2, 0, 1][k]!)).toEqual(
      [3, 3, 0, 3].map((x) => expect.closeTo(x, 5)),
    );
  });

  it('the loss is the cross-entropy of the assignments: log(clusters) before the head knows anything', () => {
    const method = deepCluster({
      encoder: nn.identity,
      features: 3,
      clusters: 4,
      examples: 60,
      dims: 2,
    });
    const { state } = method.init(random.key(0));
    const blank = { encoder: {}, head: { kernel: tf.zeros([3, 4]), bias: tf.zeros([4]) } };
    const batch = { x: groups().slice([0, 0], [12, 3]), index: tf.range(0, 12, 1, 'int32') as Ids };
    expect(value(method.objective(blank, batch, random.key(0), state).loss)).toBeCloseTo(
      Math.log(4),
      5,
    );
  });

  it('its gradients in the classifier and in the examples are those of finite differences, weights and all', () => {
    const method = deepCluster({
      encoder: nn.dense(3, 5),
      features: 5,
      clusters: 3,
      examples: 60,
      dims: 2,
    });
    const x = groups();
    const start = method.init(random.key(0)).params;
    // Nine tenths in one group, so that the weights differ.
    const assignments = ids(
      Array.from({ length: 60 }, (_, i) => (i % 10 === 0 ? 1 + ((i / 10) % 2) : 0)),
    );
    const state = { assignments, weights: balancedWeights(assignments, 3) };
    const [few, index] = [x.slice([0, 0], [21, 3]) as Matrix, tf.range(0, 21, 1, 'int32') as Ids];
    const loss = (params: typeof start, images: Matrix) =>
      method.objective(params, { x: images, index }, random.key(0), state).loss;
    expectGradientMatchesFiniteDifferences((images) => loss(start, images as Matrix), few);
    expectGradientMatchesFiniteDifferences(
      (kernel) => loss({ ...start, head: { ...start.head, kernel: kernel as Matrix } }, few),
      start.head.kernel,
    );
  });

  it('alternates: the classifier learns the clusters, and each round begins where the last one ended', async () => {
    const digits = await data.digits({ train: 200, test: 10 });
    const encoder = nn.sequential([nn.flatten(), nn.dense(784, 16), nn.relu()]);
    const method = deepCluster({ encoder, features: 16, clusters: 5, examples: 200, dims: 8 });
    const seen: { loss: number[]; kernel: ReturnType<typeof tf.tensor>; hits: number }[] = [];
    for await (const { params, history } of alternate({
      method,
      images: digits.train.images,
      rounds: 2,
      steps: 30,
      batch: 50,
      augment: augment.shift(0.02),
      optimizer: optim.adam({ learningRate: 0.01 }),
    }))
      seen.push({
        loss: [...history.loss],
        kernel: params.encoder[1].kernel.clone(),
        hits: history.metrics['hits']!.at(-1)!,
      });
    expect(seen.length).toBe(2);
    for (const { loss, hits } of seen) {
      expect(loss.at(-1)!).toBeLessThan(0.7 * loss[0]!);
      expect(hits).toBeGreaterThan(0.5);
    }
    // A round of 30 steps of at most 0.01 moves a weight by 0.3 or less: another start would be
    // further off.
    const fresh = method.init(random.key(1001)).params.encoder[1].kernel;
    const [a, b] = [
      seen[1]!.kernel.sub(seen[0]!.kernel).square().mean(),
      seen[1]!.kernel.sub(fresh).square().mean(),
    ].map((x) => x.dataSync()[0]!);
    expect(a!).toBeLessThan(b!);
  });

  it('without k-means a group that the classifier prefers takes all; with k-means the groups come back', () => {
    const x = groups();
    const options = { encoder: nn.identity, features: 3, clusters: 3, examples: 60, dims: 2 };
    // A classifier that answers 1 whatever it sees.
    const biased = {
      encoder: {},
      head: { kernel: tf.zeros([3, 3]) as Matrix, bias: tf.tensor1d([0, 1, 0]) },
    };
    const after = (kMeans: boolean) =>
      deepCluster({ ...options, kMeans }).recluster(biased, x, random.key(2));
    const [alone, sorted] = [after(false), after(true)];
    expect(new Set(alone.state.assignments.dataSync())).toEqual(new Set([1]));
    expect(alone.params.head.bias!.dataSync()).toEqual(biased.head.bias.dataSync());
    expect(new Set(sorted.state.assignments.dataSync()).size).toBe(3);
  });

  it('states its mechanism, and says what is wrong with its options', () => {
    const options = { encoder: nn.identity, features: 3, clusters: 4, examples: 60, dims: 2 };
    expect(deepCluster(options).mechanism).toBe('clustered');
    expect(deepCluster({ ...options, balanced: false }).mechanism).toBe('clustered');
    expect(deepCluster({ ...options, kMeans: false }).mechanism).toBe('clustered');
    expect(deepCluster({ ...options, balanced: false, kMeans: false }).mechanism).toBe('none');
    expect(() => deepCluster({ ...options, clusters: 1 })).toThrow('clusters: 1 given');
    expect(() => deepCluster({ ...options, dims: 9 })).toThrow('dims: 9 given');
    const method = deepCluster(options);
    expect(() =>
      method.recluster(method.init(random.key(0)).params, tf.zeros([5, 3]), random.key(1)),
    ).toThrow('images: shape [5, 3] given, [60, ...] expected');
  });

  it('clustering leaks no tensor', () => {
    const method = deepCluster({
      encoder: nn.identity,
      features: 3,
      clusters: 3,
      examples: 60,
      dims: 2,
    });
    const { params } = method.init(random.key(0));
    const [x, key] = [groups(), random.key(3)];
    const guessing = deepCluster({
      encoder: nn.identity,
      features: 3,
      clusters: 3,
      examples: 60,
      dims: 2,
      kMeans: false,
    });
    expectNoLeak(() => tree.dispose(method.recluster(params, x, key)));
    expectNoLeak(() => tree.dispose(guessing.recluster(params, x, key)));
  });
});
