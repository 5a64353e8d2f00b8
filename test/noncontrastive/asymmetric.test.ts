import { nn, noncontrastive, random, tf, tree, type energy, type Method } from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { expectGradientMatchesFiniteDifferences } from '../helpers/gradients';
import { expectNoLeak } from '../helpers/memory';

const { byol, byolLoss, simsiam, simsiamLoss } = noncontrastive;
type TwoViews = energy.TwoViews;
type Matrix = ReturnType<typeof tf.tensor2d>;
const normal = (seed: number, shape: [number, number] = [6, 4]) =>
  random.normal(random.key(seed), shape) as Matrix;
const networks = {
  encoder: nn.mlp([6, 8, 5]),
  projector: nn.mlp([5, 4]),
  predictor: nn.mlp([4, 4]),
};
const batch = { x1: normal(1, [7, 6]), x2: normal(2, [7, 6]) };

describe('the methods that live by an asymmetry', () => {
  it('no gradient flows into the targets: it is exactly zero', () => {
    const [a, b, c, d] = [normal(1), normal(2), normal(3), normal(4)];
    for (const loss of [simsiamLoss, byolLoss]) {
      const gradients = tf.grads((p1, p2, t1, t2) =>
        loss(p1 as Matrix, p2 as Matrix, t1 as Matrix, t2 as Matrix),
      )([a, b, c, d]);
      const sizes = gradients.map((g) => g.abs().sum().dataSync()[0]!);
      expect(sizes[0]).toBeGreaterThan(0.01);
      expect(sizes[1]).toBeGreaterThan(0.01);
      expect(sizes.slice(2)).toEqual([0, 0]);
    }
  });

  it('the gradient into the predictions is that of finite differences', () => {
    const [a, b, c, d] = [normal(1), normal(2), normal(3), normal(4)];
    for (const loss of [simsiamLoss, byolLoss]) {
      expectGradientMatchesFiniteDifferences((p) => loss(p as Matrix, b, c, d), a);
      expectGradientMatchesFiniteDifferences((p) => loss(a, p as Matrix, c, d), b);
    }
  });

  it('the whole objectives’ gradients in the predictor are those of finite differences; without the stop, those in a view too', () => {
    const smooth = {
      encoder: nn.dense(6, 5),
      projector: nn.dense(5, 4),
      predictor: nn.dense(4, 4),
    };
    for (const method of [simsiam(smooth), byol(smooth)] as Method<
      { predictor: { kernel: Matrix } },
      object,
      TwoViews
    >[]) {
      const { params, state } = method.init(random.key(5));
      const { kernel } = params.predictor;
      expectGradientMatchesFiniteDifferences(
        (k) =>
          method.objective(
            { ...params, predictor: { ...params.predictor, kernel: k as Matrix } },
            batch,
            random.key(0),
            state,
          ).loss,
        kernel,
      );
    }
    const open = simsiam({ ...smooth, stopsGradient: false });
    const { params, state } = open.init(random.key(5));
    expectGradientMatchesFiniteDifferences(
      (x) => open.objective(params, { ...batch, x1: x }, random.key(0), state).loss,
      batch.x1,
    );
  });

  it('BYOL’s loss is SimSiam’s in another scale: byol = 4 + 4 simsiam', () => {
    const args = [normal(1), normal(2), normal(3), normal(4)] as const;
    expect(byolLoss(...args).dataSync()[0]).toBeCloseTo(
      4 + 4 * simsiamLoss(...args).dataSync()[0]!,
      5,
    );
  });

  it('SimSiam without stop-gradient has another gradient than with: the switch does something', () => {
    const gradient = (stopsGradient: boolean): number[] => {
      const method = simsiam({ ...networks, stopsGradient });
      const { params, state } = method.init(random.key(5));
      const kernel = tree.leaves(params.encoder)[0]!;
      const flat = tree.flatten(params);
      const at = flat.leaves.indexOf(kernel);
      const f = (k: typeof kernel) => {
        const changed = flat.structure.rebuild(
          flat.leaves.map((leaf, i) => (i === at ? k : leaf)),
        ) as typeof params;
        return method.objective(changed, batch, random.key(0), state).loss;
      };
      return [...tf.grad(f)(kernel).dataSync()];
    };
    const [stopped, flowing] = [gradient(true), gradient(false)];
    expect(Math.max(...stopped.map((g, i) => Math.abs(g - flowing[i]!)))).toBeGreaterThan(1e-4);
  });

  it('the switches that invite collapse say so in the mechanism', () => {
    expect(simsiam(networks).mechanism).toBe('asymmetric');
    expect(simsiam({ ...networks, stopsGradient: false }).mechanism).toBe('none');
    expect(simsiam({ ...networks, predicts: false }).mechanism).toBe('none');
    expect(byol(networks).mechanism).toBe('asymmetric');
    expect(byol({ ...networks, predicts: false }).mechanism).toBe('none');
  });

  it('BYOL’s target starts as the online network and follows it as the closed form says', () => {
    const method = byol({ ...networks, momentum: 0.9 });
    const { params, state } = method.init(random.key(1));
    const moved = tree.map((leaf) => leaf.add(1), params);
    // At progress 0 the weight is 0.9: after k equal updates the gap is 0.9^k of what it was.
    let current = state;
    for (let k = 1; k <= 3; k++) {
      current = method.afterUpdate!(moved, current, tf.scalar(0));
      tree.map(
        (target, online) => {
          for (const gap of online.sub(target).dataSync()) expect(gap).toBeCloseTo(0.9 ** k, 5);
          return target;
        },
        current.target,
        { encoder: moved.encoder, projector: moved.projector },
      );
    }
    // At progress 1 the weight is 1: the target stands still.
    const last = method.afterUpdate!(moved, current, tf.scalar(1));
    tree.map(
      (a, b) => {
        expect(a.dataSync()).toEqual(b.dataSync());
        return a;
      },
      last.target,
      current.target,
    );
  });

  it('one evaluation of each objective leaks nothing', () => {
    expectNoLeak(() => evaluate(simsiam(networks)));
    expectNoLeak(() => evaluate(byol(networks)));
  });
});

function evaluate<P, S>(method: Method<P, S, TwoViews>): void {
  tree.tidy(() => {
    const { params, state } = method.init(random.key(1));
    expect(
      Number.isFinite(method.objective(params, batch, random.key(0), state).loss.dataSync()[0]),
    ).toBe(true);
  });
}
