import { compile, measure, nn, noncontrastive, random, tf, train, tree } from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { expectNoLeak } from '../helpers/memory';

const { prototypeScores, prototypesUsed, swav } = noncontrastive;
type Matrix = ReturnType<typeof tf.tensor2d>;
const normal = (seed: number, shape: [number, number]) =>
  random.normal(random.key(seed), shape) as Matrix;
const value = (t: { dataSync(): ArrayLike<number> }) => t.dataSync()[0]!;
const networks = { encoder: nn.mlp([6, 8, 5]), projector: nn.mlp([5, 4]) };
const options = { ...networks, dim: 4, prototypes: 7 };
const batch = { x1: normal(1, [16, 6]), x2: normal(2, [16, 6]) };

describe('SwAV', () => {
  it('scores are cosines: of length it knows nothing', () => {
    const [z, c] = [normal(1, [5, 4]), normal(2, [4, 3])];
    const scores = prototypeScores(z, c);
    for (const score of scores.dataSync()) expect(Math.abs(score)).toBeLessThanOrEqual(1 + 1e-6);
    const scaled = prototypeScores(z.mul(3) as Matrix, c.mul([2, 5, 0.1]) as Matrix);
    expect(value(scores.sub(scaled).abs().max())).toBeLessThan(1e-5);
    expect(
      value(prototypeScores(tf.tensor2d([[0, 2, 0, 0]]), tf.tensor2d([[0], [7], [0], [0]]))),
    ).toBeCloseTo(1, 6);
  });

  it('counts the prototypes in use: 1 when one takes all, their number when all take the same', () => {
    expect(
      value(
        prototypesUsed(
          tf.tensor2d([
            [1, 0, 0, 0],
            [1, 0, 0, 0],
          ]),
        ),
      ),
    ).toBeCloseTo(1, 5);
    expect(
      value(
        prototypesUsed(
          tf.tensor2d([
            [1, 0, 0, 0],
            [0, 1, 0, 0],
          ]),
        ),
      ),
    ).toBeCloseTo(2, 5);
    expect(value(prototypesUsed(tf.fill([3, 4], 0.25)))).toBeCloseTo(4, 5);
  });

  it('is the loss of its crops’ scores', () => {
    const method = swav(options);
    const { params, state } = method.init(random.key(3));
    const { loss } = method.objective(params, batch, random.key(0), state);
    const project = (x: Matrix) =>
      networks.projector.apply(
        params.projector,
        networks.encoder.apply(params.encoder, x),
      ) as Matrix;
    const scores = [batch.x1, batch.x2].map((x) => prototypeScores(project(x), params.prototypes));
    expect(value(loss)).toBeCloseTo(value(noncontrastive.swavLoss(scores, 2)), 5);
  });

  it('without balance is content when everything is one prototype’s; with it such an embedding costs log(prototypes) or more', () => {
    const same = { x1: tf.ones([16, 6]) as Matrix, x2: tf.ones([16, 6]) as Matrix };
    const loss = (balanced: boolean) => {
      const method = swav({ ...options, balanced });
      const { params, state } = method.init(random.key(3));
      // The first prototype points where all embeddings do, the others elsewhere.
      const z = networks.projector.apply(
        params.projector,
        networks.encoder.apply(params.encoder, same.x1),
      ) as Matrix;
      const towards = z.slice([0, 0], [1, 4]).transpose() as Matrix;
      const prototypes = tf.concat([towards, tf.tile(towards.neg(), [1, 6])], 1) as Matrix;
      return value(method.objective({ ...params, prototypes }, same, random.key(0), state).loss);
    };
    expect(loss(false)).toBeLessThan(0.01);
    expect(loss(true)).toBeGreaterThan(Math.log(7));
  });

  describe('with a queue', () => {
    const queued = swav({ ...options, queue: 20 });
    const { params, state: empty } = queued.init(random.key(3));
    const project = (x: Matrix) => {
      const z = networks.projector.apply(
        params.projector,
        networks.encoder.apply(params.encoder, x),
      ) as Matrix;
      return z.div(tf.norm(z, 2, 1, true)) as Matrix;
    };
    const scoresOf = (z: Matrix) => prototypeScores(z, params.prototypes);
    const difference = (a: Matrix, b: Matrix) => value(a.sub(b).abs().max());
    const step = (views: typeof batch, state: typeof empty) =>
      queued.objective(params, views, random.key(0), state);
    const next = { x1: normal(5, [16, 6]), x2: normal(6, [16, 6]) };
    const third = { x1: normal(7, [16, 6]), x2: normal(8, [16, 6]) };

    it('keeps one of each large crop, the newest embeddings in front, and forgets the oldest', () => {
      expect(empty.queue!.map((rows) => rows.shape)).toEqual([
        [20, 4],
        [20, 4],
      ]);
      expect(value(empty.filled!)).toBe(0);
      const once = step(batch, empty).state;
      expect(value(once.filled!)).toBe(16);
      const twice = step(next, once).state;
      expect(value(twice.filled!)).toBe(20);
      for (const [crop, view] of (['x1', 'x2'] as const).entries()) {
        const rows = twice.queue![crop]!;
        expect(difference(rows.slice([0, 0], [16, 4]), project(next[view]))).toBeLessThan(1e-5);
        const oldest = project(batch[view]).slice([0, 0], [4, 4]);
        expect(difference(rows.slice([16, 0], [4, 4]), oldest)).toBeLessThan(1e-5);
      }
    });

    it('does without until it is full: the loss is that of no queue', () => {
      const without = swav(options);
      const loss = (views: typeof batch) =>
        value(without.objective(params, views, random.key(0), {}).loss);
      const once = step(batch, empty);
      expect(value(once.loss)).toBeCloseTo(loss(batch), 5);
      const twice = step(next, once.state);
      expect(value(twice.loss)).toBeCloseTo(loss(next), 5);
      expect(Math.abs(value(step(third, twice.state).loss) - loss(third))).toBeGreaterThan(1e-4);
    });

    it('once it is full balances each crop together with the past of the same crop', () => {
      const full = step(next, step(batch, empty).state).state;
      const { x1, x2 } = third;
      const crops = [x1, x2].map((x) => scoresOf(project(x)));
      const assigned = (crop: number, past: number) =>
        noncontrastive
          .sinkhorn(tf.concat([scoresOf(full.queue![past]!), crops[crop]!]) as Matrix)
          .slice([20, 0], [16, 7]) as Matrix;
      const swapped = (past: readonly [number, number]) =>
        -measure.mean(
          [0, 1].map((crop) =>
            value(
              assigned(crop, past[crop]!)
                .mul(tf.logSoftmax(crops[1 - crop]!.div(0.1)))
                .sum(1)
                .mean(),
            ),
          ),
        );
      const loss = value(step(third, full).loss);
      expect(loss).toBeCloseTo(swapped([0, 1]), 4);
      expect(Math.abs(loss - swapped([0, 0]))).toBeGreaterThan(1e-3);
      expect(Math.abs(loss - swapped([1, 0]))).toBeGreaterThan(1e-3);
    });

    it('is the same compiled, before it is full and after', () => {
      const key = random.key(0);
      const compiled = compile(
        (p: typeof params, views: typeof batch, state: typeof empty, k: random.Key) =>
          queued.objective(p, views, k, state),
      );
      let [a, b] = [empty, empty];
      for (const views of [batch, next, third]) {
        const [traced, plain] = [compiled(params, views, a, key), step(views, b)];
        expect(value(traced.loss)).toBeCloseTo(value(plain.loss), 4);
        expect(value(traced.state.filled!)).toBe(value(plain.state.filled!));
        [a, b] = [traced.state, plain.state];
      }
    });
  });

  describe('whose queue comes late', () => {
    const late = swav({ ...options, queue: 20, queueFrom: 2 });
    const { params, state: empty } = late.init(random.key(3));
    const step = (state: typeof empty) => late.objective(params, batch, random.key(0), state);

    it('begins to fill it after so many updates, and is without until it is full', () => {
      const without = swav(options);
      const plain = value(without.objective(params, batch, random.key(0), {}).loss);
      let state = empty;
      const seen: { filled: number; loss: number }[] = [];
      for (let i = 0; i < 5; i++) {
        const { loss, state: next } = step(state);
        seen.push({ filled: value(next.filled!), loss: value(loss) });
        state = next;
      }
      expect(seen.map(({ filled }) => filled)).toEqual([0, 0, 16, 20, 20]);
      for (const { loss } of seen.slice(0, 4)) expect(loss).toBeCloseTo(plain, 5);
      expect(value(state.done!)).toBe(5);
    });

    it('is the same compiled', () => {
      const key = random.key(0);
      const compiled = compile(
        (p: typeof params, views: typeof batch, state: typeof empty, k: random.Key) =>
          late.objective(p, views, k, state),
      );
      let [a, b] = [empty, empty];
      for (let i = 0; i < 5; i++) {
        const [traced, eager] = [compiled(params, batch, a, key), step(b)];
        expect(value(traced.loss)).toBeCloseTo(value(eager.loss), 4);
        expect(value(traced.state.filled!)).toBe(value(eager.state.filled!));
        [a, b] = [traced.state, eager.state];
      }
    });
  });

  it('freezes the prototypes for so many updates: the loss is the same, their gradient 0, then not', () => {
    const method = swav({ ...options, frozen: 2 });
    const { params, state: start } = method.init(random.key(3));
    const gradient = (state: typeof start) => {
      const loss = (prototypes: Matrix) =>
        method.objective({ ...params, prototypes }, batch, random.key(0), state).loss;
      return value(
        tf
          .grad((p) => loss(p as Matrix))(params.prototypes)
          .abs()
          .sum(),
      );
    };
    const plain = swav(options).objective(params, batch, random.key(0), {}).loss;
    let state = start;
    const seen: number[] = [];
    for (let i = 0; i < 3; i++) {
      seen.push(gradient(state));
      const { loss, state: next } = method.objective(params, batch, random.key(0), state);
      expect(value(loss)).toBeCloseTo(value(plain), 5);
      state = next;
    }
    expect(seen.slice(0, 2)).toEqual([0, 0]);
    expect(seen[2]).toBeGreaterThan(1e-3);
  });

  it('trained, frozen prototypes stay to the bit as long as they are frozen', async () => {
    const data = { x1: normal(1, [32, 6]), x2: normal(2, [32, 6]) };
    const after = async (frozen: number) => {
      const method = swav({ ...options, frozen });
      const { params } = await train({ method, data, batch: 16, steps: 4, display: 'none' });
      return Array.from(params.prototypes.dataSync());
    };
    const drawn = Array.from(swav(options).init(random.key(0)).params.prototypes.dataSync());
    expect(await after(4)).toEqual(drawn);
    expect(await after(3)).not.toEqual(drawn);
  });

  it('small crops predict: they change the loss and get a gradient', () => {
    const method = swav(options);
    const { params, state } = method.init(random.key(3));
    const loss = (small: readonly Matrix[]) =>
      method.objective(params, { ...batch, small }, random.key(0), state).loss;
    const third = normal(9, [16, 6]);
    expect(Math.abs(value(loss([third])) - value(loss([])))).toBeGreaterThan(1e-4);
    expect(
      value(
        tf
          .grad((x) => loss([x as Matrix]))(third)
          .abs()
          .sum(),
      ),
    ).toBeGreaterThan(1e-4);
  });

  it('states its mechanism, which the switch removes; says what is wrong with its options', () => {
    expect(swav(options).mechanism).toBe('clustered');
    expect(swav({ ...options, balanced: false }).mechanism).toBe('none');
    expect(() => swav({ ...options, prototypes: 1 })).toThrow('prototypes: 1 given');
    expect(() => swav({ ...options, queue: -1 })).toThrow('queue: -1 given');
    expect(() => swav({ ...options, queueFrom: 0.5 })).toThrow('queueFrom: 0.5 given');
    expect(() => swav({ ...options, queueFrom: 2 })).toThrow('queueFrom: 2 given without queue');
    expect(() => swav({ ...options, frozen: -1 })).toThrow('frozen: -1 given');
  });

  it('leaks no tensor', () => {
    expectNoLeak(() =>
      tree.tidy(() => {
        const method = swav({ ...options, queue: 20 });
        const { params, state } = method.init(random.key(1));
        expect(
          Number.isFinite(value(method.objective(params, batch, random.key(0), state).loss)),
        ).toBe(true);
      }),
    );
    const key = random.key(1);
    const all = { ...options, queue: 20, queueFrom: 3, frozen: 2 };
    expectNoLeak(() => tree.dispose(swav(all).init(key)));
  });
});

it('SwAV names a dim that is not the projector’s width', () => {
  const method = swav({ ...options, dim: 6 });
  const { params, state } = method.init(random.key(0));
  expect(() => method.objective(params, batch, random.key(0), state)).toThrow(
    "dim: 6 given, 4 expected, the projector's width",
  );
});
