import { nn, noncontrastive, optim, random, tf, train, tree } from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { expectGradientMatchesFiniteDifferences } from '../helpers/gradients';
import { expectNoLeak } from '../helpers/memory';
import { centredAssignments, nextCentre } from '../../lib/noncontrastive/dino';
import { swappedPredictionLoss } from '../../lib/noncontrastive/swappedPrediction';

const { dino, prototypeScores } = noncontrastive;
type Matrix = ReturnType<typeof tf.tensor2d>;
type Vector = ReturnType<typeof tf.tensor1d>;
const normal = (seed: number, shape: [number, number]) =>
  random.normal(random.key(seed), shape) as Matrix;
const value = (t: { dataSync(): ArrayLike<number> }) => t.dataSync()[0]!;
const networks = { encoder: nn.mlp([6, 8, 5]), projector: nn.mlp([5, 4]) };
const options = { ...networks, dim: 4, prototypes: 7 };
const batch = { x1: normal(1, [16, 6]), x2: normal(2, [16, 6]) };

describe('DINO', () => {
  it('centring takes away what is said of all images alike: a constant added to scores and centre changes nothing', () => {
    const [scores, centre] = [normal(1, [5, 3]), tf.tensor1d([0.3, -0.2, 0.1])];
    const shift = tf.tensor1d([5, -1, 2]);
    const [a, b] = [
      centredAssignments(scores, centre, 0.1),
      centredAssignments(scores.add(shift), centre.add(shift), 0.1),
    ];
    expect(value(a.sub(b).abs().max())).toBeLessThan(1e-4);
    // Scores that are all the same, their own centre: nobody is preferred.
    for (const p of centredAssignments(
      tf.tensor2d([[3, 1, 2]]),
      tf.tensor1d([3, 1, 2]),
      0.04,
    ).dataSync())
      expect(p).toBeCloseTo(1 / 3, 6);
  });

  it('sharpening: the lower the temperature, the lower the entropy, from log(prototypes) to 0', () => {
    const scores = tf.tensor2d([[0.5, 0.2, -0.4, 0.1]]);
    const entropy = (temperature: number) => {
      const p = centredAssignments(scores, tf.zeros([4]) as Vector, temperature);
      return -value(p.mul(p.add(1e-12).log()).sum());
    };
    const entropies = [100, 1, 0.1, 0.01].map(entropy);
    expect(entropies[0]).toBeCloseTo(Math.log(4), 4);
    expect([...entropies].sort((a, b) => b - a)).toEqual(entropies);
    expect(entropies[3]).toBeCloseTo(0, 5);
  });

  it('the centre is the average that its closed form says: after k equal steps 0.9^k of the gap is left', () => {
    const scores = normal(1, [8, 3]);
    const mean = scores.mean(0);
    let centre = tf.tensor1d([2, -1, 4]);
    const gap = centre.sub(mean).dataSync();
    for (let k = 1; k <= 3; k++) {
      centre = nextCentre(centre, scores, 0.9);
      [...centre.sub(mean).dataSync()].forEach((left, i) =>
        expect(left).toBeCloseTo(0.9 ** k * gap[i]!, 5),
      );
    }
  });

  it('is the cross-entropy of equation 3, written out by hand', () => {
    const method = dino({
      ...options,
      temperature: 0.2,
      teacherTemperature: 0.05,
      centreMomentum: 0.7,
    });
    const { params, state } = method.init(random.key(3));
    const centre = tf.tensor1d([0.1, 0, -0.2, 0.3, 0, 0.05, -0.1]);
    const given = { teacher: tree.map((leaf) => leaf.mul(0.8).add(0.01), state.teacher), centre };
    const { loss, metrics, state: next } = method.objective(params, batch, random.key(0), given);
    const scoresOf = (p: typeof params, x: Matrix) =>
      prototypeScores(
        networks.projector.apply(p.projector, networks.encoder.apply(p.encoder, x)) as Matrix,
        p.prototypes,
      ).arraySync();
    const softmax = (row: number[], temperature: number) => {
      const e = row.map((s) => Math.exp(s / temperature));
      const total = e.reduce((a, b) => a + b, 0);
      return e.map((v) => v / total);
    };
    const c = centre.arraySync();
    const cross = (teacher: number[][], student: number[][]) =>
      teacher.reduce((sum, row, i) => {
        const [q, p] = [
          softmax(
            row.map((s, k) => s - c[k]!),
            0.05,
          ),
          softmax(student[i]!, 0.2),
        ];
        return sum - q.reduce((total, qk, k) => total + qk * Math.log(p[k]!), 0);
      }, 0) / teacher.length;
    const [t1, t2] = [scoresOf(given.teacher, batch.x1), scoresOf(given.teacher, batch.x2)];
    const [s1, s2] = [scoresOf(params, batch.x1), scoresOf(params, batch.x2)];
    expect(value(loss)).toBeCloseTo((cross(t1, s2) + cross(t2, s1)) / 2, 4);
    // The loss is the teacher's entropy and the student's distance from it, which is not negative.
    expect(value(metrics['entropy']!) + value(metrics['divergence']!)).toBeCloseTo(value(loss), 5);
    expect(value(metrics['divergence']!)).toBeGreaterThan(0);
    const mean = (k: number) => [...t1, ...t2].reduce((sum, row) => sum + row[k]!, 0) / 32;
    next.centre
      .arraySync()
      .forEach((x, k) => expect(x).toBeCloseTo(0.7 * c[k]! + 0.3 * mean(k), 5));
  });

  it('small crops predict the large ones’ groups, and make no targets', () => {
    const method = dino(options);
    const { params, state } = method.init(random.key(3));
    const objective = (x: Matrix) =>
      method.objective(params, { ...batch, small: [x] }, random.key(0), state);
    const [one, other] = [objective(normal(8, [16, 6])), objective(normal(9, [16, 6]))];
    expect(Math.abs(value(one.loss) - value(other.loss))).toBeGreaterThan(1e-4);
    expect(one.metrics['entropy']!.dataSync()).toEqual(other.metrics['entropy']!.dataSync());
    expect(one.state.centre.dataSync()).toEqual(other.state.centre.dataSync());
  });

  it('no gradient flows into the teacher’s targets, and the one into the scores is that of finite differences', () => {
    const [s1, s2, t1, t2] = [
      normal(1, [4, 3]),
      normal(2, [4, 3]),
      normal(3, [4, 3]),
      normal(4, [4, 3]),
    ];
    const f = (a: Matrix, b: Matrix, c: Matrix, d: Matrix) =>
      swappedPredictionLoss(
        [a, b],
        [c, d].map((t) => centredAssignments(t, tf.zeros([3]) as Vector, 0.5)),
        0.5,
      );
    const sizes = tf
      .grads((a, b, c, d) => f(a as Matrix, b as Matrix, c as Matrix, d as Matrix))([
        s1,
        s2,
        t1,
        t2,
      ])
      .map((g) => value(g.abs().sum()));
    expect(sizes[0]).toBeGreaterThan(0.01);
    expect(sizes[1]).toBeGreaterThan(0.01);
    expect(sizes.slice(2)).toEqual([0, 0]);
    expectGradientMatchesFiniteDifferences((x) => f(x as Matrix, s2, t1, t2), s1);
  });

  it('the teacher starts as the student and follows it as the closed form says', () => {
    const method = dino({ ...options, momentum: 0.9 });
    const { params, state } = method.init(random.key(1));
    const moved = tree.map((leaf) => leaf.add(1), params);
    let current = state;
    for (let k = 1; k <= 3; k++) {
      current = method.afterUpdate!(moved, current, tf.scalar(0));
      tree.map(
        (teacher, student) => {
          for (const gap of student.sub(teacher).dataSync()) expect(gap).toBeCloseTo(0.9 ** k, 5);
          return teacher;
        },
        current.teacher,
        moved,
      );
    }
    const last = method.afterUpdate!(moved, current, tf.scalar(1));
    for (const [a, b] of tree
      .leaves(last.teacher)
      .map((leaf, i) => [leaf, tree.leaves(current.teacher)[i]!] as const))
      expect(a.dataSync()).toEqual(b.dataSync());
  });

  it('without centring a constant network whose prototype takes all pays nothing; with it, as much as log(prototypes) at least', () => {
    const same = { x1: tf.ones([16, 6]) as Matrix, x2: tf.ones([16, 6]) as Matrix };
    const settled = (centred: boolean) => {
      const method = dino({ ...options, centred, centreMomentum: 0.3 });
      const { params, state } = method.init(random.key(3));
      const z = networks.projector.apply(
        params.projector,
        networks.encoder.apply(params.encoder, same.x1),
      ) as Matrix;
      const towards = z.slice([0, 0], [1, 4]).transpose() as Matrix;
      const collapsed = {
        ...params,
        prototypes: tf.concat([towards, tf.tile(towards.neg(), [1, 6])], 1) as Matrix,
      };
      let current: typeof state = { ...state, teacher: collapsed };
      for (let i = 0; i < 15; i++)
        current = method.objective(collapsed, same, random.key(0), current).state;
      return value(method.objective(collapsed, same, random.key(0), current).loss);
    };
    expect(settled(false)).toBeLessThan(0.01);
    expect(settled(true)).toBeGreaterThan(Math.log(7));
  });

  it('trained, it collapses in two opposite ways: unsharpened no answer decides anything, uncentred a few prototypes take all', async () => {
    const examples = normal(4, [128, 6]);
    const augment = ({ images }: { images: Matrix }, key: random.Key) => {
      const [one, two] = random.split(key);
      return {
        x1: images.add(random.normal(one, images.shape, 0, 0.3)),
        x2: images.add(random.normal(two, images.shape, 0, 0.3)),
      };
    };
    const end = async (switches: { centred?: boolean; sharpened?: boolean }) => {
      const method = dino({
        encoder: nn.mlp([6, 32, 16]),
        projector: nn.mlp([16, 8]),
        dim: 8,
        prototypes: 7,
        momentum: 0.9,
        ...switches,
      });
      const trained = await train({
        method,
        data: { images: examples },
        augment,
        batch: 64,
        steps: 200,
        optimizer: optim.adam({ learningRate: 5e-3 }),
        display: 'none',
      });
      const last = (name: string) => trained.history.metrics[name]!.at(-1)!;
      trained.dispose();
      return { entropy: last('entropy'), used: last('used') };
    };
    const [whole, flat, few] = [
      await end({}),
      await end({ sharpened: false }),
      await end({ centred: false }),
    ];
    expect(whole.entropy).toBeLessThan(0.25 * Math.log(7));
    expect(whole.used).toBeGreaterThan(5.5);
    expect(flat.entropy).toBeGreaterThan(0.99 * Math.log(7));
    expect(few.entropy).toBeLessThan(0.25 * Math.log(7));
    expect(few.used).toBeLessThan(0.75 * whole.used);
  }, 60_000);

  it('the switches that invite collapse say so in the mechanism', () => {
    expect(dino(options).mechanism).toBe('clustered');
    expect(dino({ ...options, centred: false }).mechanism).toBe('none');
    expect(dino({ ...options, sharpened: false }).mechanism).toBe('none');
  });

  it('leaks no tensor, and says what is wrong with its input', () => {
    expectNoLeak(() =>
      tree.tidy(() => {
        const method = dino(options);
        const { params, state } = method.init(random.key(1));
        const next = method.objective(params, batch, random.key(0), state).state;
        method.afterUpdate!(params, next, tf.scalar(0.5));
      }),
    );
    const key = random.key(1);
    expectNoLeak(() => {
      const { params, state } = dino(options).init(key);
      tree.dispose([params, state]);
    });
    const [centre, scores] = [tf.zeros([3]) as Vector, tf.ones([2, 3]) as Matrix];
    expectNoLeak(() =>
      tf.dispose([nextCentre(centre, scores, 0.9), centredAssignments(scores, centre, 0.1)]),
    );
    expect(() => dino({ ...options, prototypes: 1 })).toThrow('prototypes: 1 given');
    expect(() => dino({ ...options, teacherTemperature: 0 })).toThrow(
      'teacherTemperature: 0 given',
    );
    expect(() => dino({ ...options, momentum: 2 })).toThrow('momentum: 2 given');
  });
});

it('DINO names a dim that is not the projector’s width', () => {
  const method = dino({ ...options, dim: 6 });
  const { params, state } = method.init(random.key(0));
  expect(() => method.objective(params, batch, random.key(0), state)).toThrow(
    "dim: 6 given, 4 expected, the projector's width",
  );
});
