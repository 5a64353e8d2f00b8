import { nn, noncontrastive, random, tf, tree } from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { expectNoLeak } from '../helpers/memory';

const { deeperCluster, quarterTurns } = noncontrastive;
type Images = ReturnType<typeof tf.tensor4d>;
type Ids = ReturnType<typeof tf.tensor1d>;
const value = (t: { dataSync(): ArrayLike<number> }) => t.dataSync()[0]!;
const images = random.uniform(random.key(1), [40, 4, 4, 1]) as Images;
const encoder = nn.sequential([nn.flatten(), nn.dense(16, 6)]);
const options = { encoder, features: 6, groups: 2, subgroups: 3, examples: 40, dims: 4 };
const batch = { x: images.slice([0, 0, 0, 0], [12, 4, 4, 1]), index: tf.range(0, 12, 1, 'int32') as Ids };

describe('DeeperCluster', () => {
  it('a quarter turn takes the right edge to the top; four of them change nothing', () => {
    const small = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
    expect([...quarterTurns(small, 1).dataSync()]).toEqual([2, 4, 1, 3]);
    expect([...quarterTurns(small, 2).dataSync()]).toEqual([4, 3, 2, 1]);
    expect([...quarterTurns(small, 3).dataSync()]).toEqual([3, 1, 4, 2]);
    let turned = images;
    for (let k = 0; k < 4; k++) turned = quarterTurns(turned, 1);
    expect(turned.dataSync()).toEqual(images.dataSync());
    expect(() => quarterTurns(tf.zeros([1, 2, 3, 1]), 1)).toThrow('images: shape [1, 2, 3, 1] given');
  });

  it('costs log(4 groups) + log(subgroups) before its heads know anything', () => {
    const method = deeperCluster(options);
    const { params, state } = method.init(random.key(0));
    const blank = { ...params, coarse: tree.zerosLike(params.coarse), fine: tree.zerosLike(params.fine) };
    const { loss, metrics } = method.objective(blank, batch, random.key(0), state);
    expect(value(metrics['coarse']!)).toBeCloseTo(Math.log(8), 5);
    expect(value(loss)).toBeCloseTo(Math.log(8) + Math.log(3), 5);
  });

  it('clustering: rotation r has the classes [r groups, (r + 1) groups), and each class its subgroups', () => {
    const method = deeperCluster(options);
    const { params } = method.init(random.key(0));
    const { state } = method.recluster(params, images, random.key(2));
    const [coarse, fine] = [state.coarse.arraySync(), state.fine.arraySync()] as [number[][], number[][]];
    coarse.forEach((row, r) => row.forEach((c) => expect(Math.floor(c / 2)).toBe(r)));
    expect(new Set(fine.flat()).size).toBe(3);
    expect(Math.max(...fine.flat())).toBe(2);
  });

  it('a known rotation is what a constant embedding cannot tell: it costs at least log 4', () => {
    const method = deeperCluster(options);
    const { params } = method.init(random.key(0));
    const { params: fresh, state } = method.recluster(params, images, random.key(2));
    // An encoder of zeros sees nothing; only the biases could help, and they are the same for all rotations.
    const constant = { ...fresh, encoder: tree.zerosLike(fresh.encoder) };
    expect(value(method.objective(constant, batch, random.key(0), state).metrics['coarse']!)).toBeGreaterThan(Math.log(4));
  });

  it('without rotations it has one class a group; says what is wrong with its options', () => {
    const method = deeperCluster({ ...options, rotates: false });
    const { params, state } = method.init(random.key(0));
    expect(params.fine.kernel.shape).toEqual([2, 6, 3]);
    expect(state.coarse.shape).toEqual([1, 40]);
    expect(Number.isFinite(value(method.objective(params, batch, random.key(0), state).loss))).toBe(true);
    expect(() => deeperCluster({ ...options, subgroups: 1 })).toThrow('subgroups: 1 given');
    expect(() => deeperCluster({ ...options, examples: 5 })).toThrow('examples: 5 given');
  });

  it('leaks no tensor', () => {
    const method = deeperCluster(options);
    const { params, state } = method.init(random.key(0));
    const key = random.key(3);
    expectNoLeak(() => tree.dispose(method.recluster(params, images, key)));
    expectNoLeak(() => tree.tidy(() => void method.objective(params, batch, key, state)));
  });
});
