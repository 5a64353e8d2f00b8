import { nn, noncontrastive, random, tf, tree } from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { expectGradientMatchesFiniteDifferences } from '../helpers/gradients';
import { expectNoLeak } from '../helpers/memory';

const { deeperCluster, quarterTurns } = noncontrastive;
type Images = ReturnType<typeof tf.tensor4d>;
type Ids = ReturnType<typeof tf.tensor1d>;
const value = (t: { dataSync(): ArrayLike<number> }) => t.dataSync()[0]!;
const images = random.uniform(random.key(1), [40, 4, 4, 1]) as Images;
const encoder = nn.sequential([nn.flatten(), nn.dense(16, 6)]);
const options = { encoder, features: 6, groups: 2, subgroups: 3, examples: 40, dims: 4 };
const batch = {
  x: images.slice([0, 0, 0, 0], [12, 4, 4, 1]),
  index: tf.range(0, 12, 1, 'int32') as Ids,
};

describe('DeeperCluster', () => {
  it('a quarter turn takes the right edge to the top; four of them change nothing', () => {
    const small = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
    expect([...quarterTurns(small, 1).dataSync()]).toEqual([2, 4, 1, 3]);
    expect([...quarterTurns(small, 2).dataSync()]).toEqual([4, 3, 2, 1]);
    expect([...quarterTurns(small, 3).dataSync()]).toEqual([3, 1, 4, 2]);
    let turned = images;
    for (let k = 0; k < 4; k++) turned = quarterTurns(turned, 1);
    expect(turned.dataSync()).toEqual(images.dataSync());
    expect(() => quarterTurns(tf.zeros([1, 2, 3, 1]), 1)).toThrow(
      'images: shape [1, 2, 3, 1] given',
    );
  });

  it('costs log(4 groups) + log(subgroups) before its heads know anything', () => {
    const method = deeperCluster(options);
    const { params, state } = method.init(random.key(0));
    const blank = {
      ...params,
      coarse: tree.zerosLike(params.coarse),
      fine: tree.zerosLike(params.fine),
    };
    const { loss, metrics } = method.objective(blank, batch, random.key(0), state);
    expect(value(metrics['coarse']!)).toBeCloseTo(Math.log(8), 5);
    expect(value(loss)).toBeCloseTo(Math.log(8) + Math.log(3), 5);
  });

  it('clustering: rotation r has the classes [r groups, (r + 1) groups), and each class its subgroups', () => {
    const method = deeperCluster(options);
    const { params } = method.init(random.key(0));
    const { state } = method.recluster(params, images, random.key(2));
    const [coarse, fine] = [state.coarse.arraySync(), state.fine.arraySync()] as [
      number[][],
      number[][],
    ];
    coarse.forEach((row, r) => row.forEach((c) => expect(Math.floor(c / 2)).toBe(r)));
    expect(new Set(fine.flat()).size).toBe(3);
    expect(Math.max(...fine.flat())).toBe(2);
  });

  it('a known rotation is what a constant embedding cannot tell: it costs at least log 4', () => {
    const method = deeperCluster(options);
    const { params } = method.init(random.key(0));
    const { params: fresh, state } = method.recluster(params, images, random.key(2));
    // An encoder of zeros sees nothing; only the biases could help, and they are the same for all
    // rotations.
    const constant = { ...fresh, encoder: tree.zerosLike(fresh.encoder) };
    expect(
      value(method.objective(constant, batch, random.key(0), state).metrics['coarse']!),
    ).toBeGreaterThan(Math.log(4));
  });

  it('its gradients in the heads and in the images are those of finite differences', () => {
    const x4 = batch.x.slice([0, 0, 0, 0], [4, 4, 4, 1]) as Images;
    const few = { x: x4, index: batch.index.slice([0], [4]) as Ids };
    const whole = deeperCluster(options);
    const { params: sortedParams, state } = whole.recluster(
      whole.init(random.key(0)).params,
      images,
      random.key(2),
    );
    expectGradientMatchesFiniteDifferences(
      (x) => whole.objective(sortedParams, { ...few, x }, random.key(0), state).loss,
      x4,
    );
    const { kernel, bias } = sortedParams.fine;
    expectGradientMatchesFiniteDifferences(
      (own) =>
        whole.objective(
          { ...sortedParams, fine: { kernel, bias: own as typeof bias } },
          few,
          random.key(0),
          state,
        ).loss,
      bias,
    );
    const { coarse } = sortedParams;
    expectGradientMatchesFiniteDifferences(
      (own) =>
        whole.objective(
          { ...sortedParams, coarse: { ...coarse, bias: own as Ids } },
          few,
          random.key(0),
          state,
        ).loss,
      coarse.bias!,
    );
  });

  it('without k-means the heads’ own guesses are the groups, each within its rotation: a preferred one takes all of its quarter', () => {
    const method = deeperCluster({ ...options, kMeans: false });
    const { params } = method.init(random.key(0));
    // Heads that answer group 1 and subgroup 2, whatever they see.
    const biased = {
      ...params,
      coarse: { kernel: tf.zeros([6, 8]) as never, bias: tf.tensor1d([0, 1, 0, 1, 0, 1, 0, 1]) },
      fine: {
        kernel: tf.zeros([8, 6, 3]) as never,
        bias: tf.tile(tf.tensor2d([[0, 0, 1]]), [8, 1]) as never,
      },
    };
    const { params: kept, state } = method.recluster(biased, images, random.key(2));
    (state.coarse.arraySync() as number[][]).forEach((row, r) =>
      expect(new Set(row)).toEqual(new Set([2 * r + 1])),
    );
    expect(new Set(state.fine.dataSync())).toEqual(new Set([2]));
    expect(kept.coarse.bias!.dataSync()).toEqual(biased.coarse.bias.dataSync());
    // And a guess is the largest of its rotation's logits, not of all.
    const free = method
      .recluster(params, images, random.key(2))
      .state.coarse.arraySync() as number[][];
    const logits = nn
      .dense(6, 8)
      .apply(params.coarse, encoder.apply(params.encoder, quarterTurns(images, 3)))
      .arraySync() as number[][];
    logits.forEach((row, i) => expect(free[3]![i]).toBe(row[6]! > row[7]! ? 6 : 7));
  });

  it('with neither k-means nor rotation a constant embedding pays nothing: the trivial solution, and the mechanism says so', () => {
    const own = { ...options, kMeans: false, rotates: false };
    const method = deeperCluster(own);
    const { params } = method.init(random.key(0));
    const constant = {
      encoder: tree.zerosLike(params.encoder),
      coarse: { ...params.coarse, bias: tf.tensor1d([20, 0]) },
      fine: {
        ...params.fine,
        bias: tf.tile(tf.tensor2d([[20, 0, 0]]), [2, 1]) as typeof params.fine.bias,
      },
    };
    const { state } = method.recluster(constant, images, random.key(2));
    expect(value(method.objective(constant, batch, random.key(0), state).loss)).toBeLessThan(1e-4);
    expect(method.mechanism).toBe('none');
    for (const guarded of [options, { ...options, kMeans: false }, { ...options, rotates: false }])
      expect(deeperCluster(guarded).mechanism).toBe('clustered');
  });

  it('without rotations it has one class a group; says what is wrong with its options', () => {
    const method = deeperCluster({ ...options, rotates: false });
    const { params, state } = method.init(random.key(0));
    expect(params.fine.kernel.shape).toEqual([2, 6, 3]);
    expect(state.coarse.shape).toEqual([1, 40]);
    expect(Number.isFinite(value(method.objective(params, batch, random.key(0), state).loss))).toBe(
      true,
    );
    expect(() => deeperCluster({ ...options, subgroups: 1 })).toThrow('subgroups: 1 given');
    expect(() => deeperCluster({ ...options, examples: 5 })).toThrow('examples: 5 given');
  });

  it('leaks no tensor', () => {
    const method = deeperCluster(options);
    const { params, state } = method.init(random.key(0));
    const key = random.key(3);
    const guessing = deeperCluster({ ...options, kMeans: false });
    expectNoLeak(() => tree.dispose(method.recluster(params, images, key)));
    expectNoLeak(() => tree.dispose(guessing.recluster(params, images, key)));
    expectNoLeak(() => tree.tidy(() => void method.objective(params, batch, key, state)));
  });
});
