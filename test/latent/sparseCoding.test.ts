import { compile, latent, optim, random, tf, train, type Tensor, type Tensor2D } from 'dark-matter';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectGradientMatchesFiniteDifferences } from '../helpers/gradients';
import { lipschitz } from '../../lib/latent/sparseCoding';
import { expectNoLeak } from '../helpers/memory';
import { evenly } from '../helpers/numbers';

const normal = (seed: number, shape: [number, number]) =>
  random.normal(random.key(seed), shape) as Tensor2D;
const problem = (seed: number, batch = 6, atoms = 20, dim = 8) => ({
  x: normal(seed, [batch, dim]),
  dictionary: latent.unitAtoms(normal(seed + 1000, [atoms, dim])),
});
const most = (t: { max(): { dataSync(): ArrayLike<number> } }) => t.max().dataSync()[0]!;

describe('sparse codes', () => {
  it('under an orthonormal dictionary are the soft thresholds of the coordinates, after one step', () => {
    const { vectors } = tf.tidy(() => ({
      vectors: tf.linalg.gramSchmidt(normal(1, [5, 5])) as Tensor2D,
    }));
    const x = normal(2, [4, 5]);
    const expected = (tf.matMul(x, vectors, false, true).arraySync() as number[][]).map((row) =>
      row.map((v) => Math.sign(v) * Math.max(0, Math.abs(v) - 0.4)),
    );
    for (const codes of [
      latent.ista(x, vectors, { alpha: 0.4, iterations: 200 }),
      latent.fista(x, vectors, { alpha: 0.4, iterations: 200 }),
    ]) {
      codes
        .arraySync()
        .forEach((row, i) =>
          row.forEach((value, j) => expect(value).toBeCloseTo(expected[i]![j]!, 5)),
        );
    }
  });

  it('meet the conditions of Karush, Kuhn and Tucker to 1e-4, for any dictionary, data and price', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e6 }),
        fc.integer({ min: 2, max: 24 }),
        evenly(0.05, 1),
        (seed, atoms, alpha) => {
          tf.tidy(() => {
            const { x, dictionary } = problem(seed, 4, atoms, 6);
            const z = latent.fista(x, dictionary, { alpha, iterations: 1000 });
            expect(most(latent.kktViolation(x, z, dictionary, alpha))).toBeLessThan(1e-4);
          });
        },
      ),
      { numRuns: 4 },
    );
  });

  it('are all zero exactly when the price is at least the largest correlation with an atom', () => {
    const { x, dictionary } = problem(3, 1);
    const edge = most(tf.matMul(x, dictionary, false, true).abs());
    expect(most(latent.fista(x, dictionary, { alpha: edge * 1.001 }).abs())).toBe(0);
    expect(most(latent.fista(x, dictionary, { alpha: edge * 0.98 }).abs())).toBeGreaterThan(0);
  });

  it('come with ISTA within L ||z*||^2 / 2k of the least energy and never rise, with FISTA within 2 L ||z*||^2 / (k+1)^2', () => {
    const { x, dictionary } = problem(4, 5);
    const alpha = 0.1;
    const best = latent.fista(x, dictionary, { alpha, iterations: 3000 });
    const least = latent.sparseEnergy(x, best, dictionary, alpha).arraySync();
    const size = best.square().sum(1).arraySync() as number[];
    const bound = lipschitz(dictionary).dataSync()[0]!;
    let before = latent.sparseEnergy(x, tf.zerosLike(best), dictionary, alpha).arraySync();
    for (const k of [1, 3, 10, 30, 100]) {
      const gap = (codes: Tensor2D) => latent.sparseEnergy(x, codes, dictionary, alpha).arraySync();
      const slow = gap(latent.ista(x, dictionary, { alpha, iterations: k }));
      const fast = gap(latent.fista(x, dictionary, { alpha, iterations: k }));
      slow.forEach((value, i) => {
        expect(value - least[i]!).toBeLessThanOrEqual((bound * size[i]!) / (2 * k) + 1e-5);
        expect(value).toBeLessThanOrEqual(before[i]! + 1e-5);
        expect(fast[i]! - least[i]!).toBeLessThanOrEqual(
          (2 * bound * size[i]!) / (k + 1) ** 2 + 1e-5,
        );
      });
      before = slow;
    }
  });

  it('are never below zero where that is asked, meet the conditions of that optimum, and are the others’ where those are not below zero', () => {
    const { x, dictionary } = problem(11);
    const given = { alpha: 0.2, iterations: 300, nonNegative: true };
    for (const z of [latent.fista(x, dictionary, given), latent.ista(x, dictionary, given)]) {
      expect(z.min().dataSync()[0]!).toBe(0);
      expect(most(latent.kktViolation(x, z, dictionary, 0.2, given))).toBeLessThan(1e-2);
      // with signs there is more to gain
      expect(most(latent.kktViolation(x, z, dictionary, 0.2))).toBeGreaterThan(0.1);
    }
    const orthogonal = tf.eye(8) as Tensor2D;
    const added = latent.fista(x.abs() as Tensor2D, orthogonal, given);
    expect(
      most(
        added
          .sub(latent.fista(x.abs() as Tensor2D, orthogonal, { ...given, nonNegative: false }))
          .abs(),
      ),
    ).toBe(0);
  });

  it('found from a start are the same, and stay where the start is the least already', () => {
    const { x, dictionary } = problem(12);
    const best = latent.fista(x, dictionary, { alpha: 0.2, iterations: 500 });
    for (const solver of [latent.ista, latent.fista]) {
      expect(
        most(solver(x, dictionary, { alpha: 0.2, iterations: 1, start: best }).sub(best).abs()),
      ).toBeLessThan(1e-4);
      const far = solver(x, dictionary, {
        alpha: 0.2,
        iterations: 300,
        start: normal(13, [6, 20]),
      });
      expect(most(latent.kktViolation(x, far, dictionary, 0.2))).toBeLessThan(3e-2);
    }
    const [two, once] = [
      latent.ista(x, dictionary, { alpha: 0.2, iterations: 5 }),
      latent.ista(x, dictionary, { alpha: 0.2, iterations: 2 }),
    ];
    expect(
      most(latent.ista(x, dictionary, { alpha: 0.2, iterations: 3, start: once }).sub(two).abs()),
    ).toBeLessThan(1e-5);
    expect(() => latent.ista(x, dictionary, { alpha: 0.2, start: normal(0, [6, 19]) })).toThrow(
      /start: shape \[6, 19\] given, \[6, 20\] expected/,
    );
  });

  it('are the same in a compiled loop', () => {
    const { x, dictionary } = problem(5);
    const run = compile(
      (a: Tensor2D, d: Tensor2D) => latent.fista(a, d, { alpha: 0.2, iterations: 40 }),
      { mode: 'graph' },
    );
    run(x, dictionary).dispose();
    expect(
      most(
        run(x, dictionary)
          .sub(latent.fista(x, dictionary, { alpha: 0.2, iterations: 40 }))
          .abs(),
      ),
    ).toBeLessThan(1e-5);
    run.dispose();
  });

  it('refuse what does not fit, and leak nothing', () => {
    const { x, dictionary } = problem(6);
    expect(() => latent.ista(x, normal(0, [20, 7]), { alpha: 1 })).toThrow(
      /dictionary: shape \[20, 7\] given, \[atoms, 8\] expected/,
    );
    expect(() => latent.fista(x, dictionary, { alpha: 0 })).toThrow(/alpha: 0 given/);
    expect(() => latent.fista(x, dictionary, { alpha: 1, iterations: 0 })).toThrow(
      /iterations: 0 given/,
    );
    expectNoLeak(() =>
      tf.dispose([
        latent.ista(x, dictionary, { alpha: 0.3 }),
        latent.fista(x, dictionary, { alpha: 0.3 }),
      ]),
    );
  });
});

describe('the bound of the curvature', () => {
  it('is never below the largest eigenvalue of D D^T, and at most 2% above', () => {
    // Known spectra: the second's leading direction, (1, -1), is at a right angle to any even
    // start.
    for (const [rows, largest] of [
      [
        [
          [3, 0],
          [0, 1],
        ],
        9,
      ],
      [
        [
          [1, -0.5],
          [-0.5, 1],
        ],
        2.25,
      ],
      [[[2, 0, 0]], 4],
    ] as [number[][], number][]) {
      const found = lipschitz(tf.tensor2d(rows)).dataSync()[0]!;
      expect(found).toBeGreaterThanOrEqual(largest * (1 - 1e-5));
      expect(found).toBeLessThan(largest * 1.02);
    }
  });
});

describe('dictionary learning', () => {
  it('finds the atoms that sparse data was made of', async () => {
    const [atoms, dim, n] = [12, 8, 3000];
    const truth = latent.unitAtoms(normal(7, [atoms, dim]));
    // Two atoms a row on average.
    const z = tf.mul(
      random.normal(random.key(8), [n, atoms]),
      random.bernoulli(random.key(9), 2 / atoms, [n, atoms]).toFloat(),
    ) as Tensor2D;
    const x = tf.matMul(z, truth);
    const method = latent.dictionaryLearning({ dim, atoms, alpha: 0.1, iterations: 30 });
    const trained = await train({
      method,
      data: { x },
      batch: 256,
      steps: 300,
      seed: 1,
      optimizer: optim.adam({ learningRate: 0.02 }),
      display: 'none',
    });
    const found = latent.unitAtoms(trained.params.dictionary);
    const match = tf.matMul(truth, found, false, true).abs().max(1).arraySync() as number[];
    expect(match.filter((cosine) => cosine > 0.95).length).toBeGreaterThanOrEqual(10);
    expect(trained.history.loss.at(-1)!).toBeLessThan(trained.history.loss[0]! / 1.5);
    trained.dispose();
  });
});

describe('a learnt dictionary', () => {
  const dim = 3;
  const x = normal(20, [5, dim]);

  it.each([false, true])(
    'has the gradient of its finite differences, though the codes are held fixed (non-negative: %s)',
    (nonNegative) => {
      const method = latent.dictionaryLearning({
        dim,
        atoms: 4,
        alpha: 0.3,
        iterations: 60,
        nonNegative,
      });
      const { params } = method.init(random.key(1));
      const lossOf = (dictionary: Tensor) =>
        method.objective({ dictionary: dictionary as Tensor2D }, { x }, random.key(0), {}).loss;
      expectGradientMatchesFiniteDifferences(lossOf, params.dictionary, { tolerance: 2e-2 });
    },
  );

  it('has atoms of length 1, and with its codes none below zero where that is asked', () => {
    for (const nonNegative of [false, true]) {
      const method = latent.dictionaryLearning({ dim, atoms: 5, alpha: 0.1, nonNegative });
      const { params } = method.init(random.key(2));
      const atoms = method.atoms(params);
      expect(most(atoms.square().sum(1).sub(1).abs())).toBeLessThan(1e-5);
      for (const part of [atoms, method.embed(params, x)])
        expect(part.min().dataSync()[0]! >= 0).toBe(nonNegative);
    }
  });

  it('and its codes leave no tensor behind', () => {
    for (const nonNegative of [false, true]) {
      const method = latent.dictionaryLearning({
        dim,
        atoms: 5,
        alpha: 0.3,
        iterations: 5,
        nonNegative,
      });
      const { params, state } = method.init(random.key(1));
      const key = random.key(0);
      expectNoLeak(() =>
        tf.dispose([method.energy(params, x, x), method.embed(params, x), method.atoms(params)]),
      );
      expectNoLeak(() =>
        tf.dispose(
          tf.grad(
            (dictionary) =>
              method.objective({ dictionary: dictionary as Tensor2D }, { x }, key, state).loss,
          )(params.dictionary),
        ),
      );
    }
  });
});

describe('LISTA', () => {
  const { x, dictionary } = problem(10, 256, 32, 16);
  const alpha = 0.2;

  it('starts as ISTA', () => {
    const method = latent.lista({ dictionary, alpha, rounds: 4 });
    const { params } = method.init(random.key(0));
    expect(
      most(
        method
          .embed(params, x)
          .sub(latent.ista(x, dictionary, { alpha, iterations: 5 }))
          .abs(),
      ),
    ).toBeLessThan(1e-5);
  });

  it('learns to spend three steps better than ISTA spends them, and no code beats the least energy', async () => {
    const method = latent.lista({ dictionary, alpha, rounds: 2 });
    const mean = (codes: Tensor2D) =>
      latent.sparseEnergy(x, codes, dictionary, alpha).mean().dataSync()[0]!;
    const trained = await train({ method, data: { x }, batch: 128, steps: 200, display: 'none' });
    const [learnt, plain, least] = [
      mean(method.embed(trained.params, x)),
      mean(latent.ista(x, dictionary, { alpha, iterations: 3 })),
      mean(latent.fista(x, dictionary, { alpha, iterations: 1000 })),
    ];
    expect(learnt - least).toBeLessThan((plain - least) / 2);
    expect(learnt).toBeGreaterThanOrEqual(least - 1e-5);
    trained.dispose();
  });

  it('has the gradient of its finite differences, and leaves no tensor behind', () => {
    const few = problem(14, 5, 6, 4);
    const method = latent.lista({ dictionary: few.dictionary, alpha: 0.05, rounds: 2 });
    const { params, state } = method.init(random.key(0));
    const lossOf = (changed: Partial<typeof params>) =>
      method.objective({ ...params, ...changed }, { x: few.x }, random.key(0), state).loss;
    for (const name of ['input', 'between', 'threshold'] as const) {
      // Small steps: a code that a step moves across its threshold has a kink there.
      expectGradientMatchesFiniteDifferences((value) => lossOf({ [name]: value }), params[name], {
        step: 2e-3,
        tolerance: 3e-2,
      });
    }
    expectNoLeak(() => tf.dispose(method.embed(params, few.x)));
    const key = random.key(0);
    expectNoLeak(() => {
      const begun = method.init(key);
      tf.dispose([...Object.values(begun.params), begun.state.dictionary]);
    });
    expect(() => latent.listaCodes(params, few.x, -1)).toThrow(/rounds: -1 given/);
  });
});

describe('a dictionary of zeros, or of another scale', () => {
  const { x, dictionary } = problem(3);

  it('zero atoms have zero codes, and no code is NaN: one of them, and all', () => {
    const one = tf.concat([tf.zeros([1, 8]), dictionary.slice([1, 0], [19, 8])]) as Tensor2D;
    const none = tf.zeros([20, 8]) as Tensor2D;
    for (const search of [latent.ista, latent.fista]) {
      const codes = search(x, one, { alpha: 0.1 }).arraySync();
      for (const row of codes) expect(row[0]).toBe(0);
      expect(codes.flat().every(Number.isFinite)).toBe(true);
      expect(search(x, none, { alpha: 0.1 }).abs().max().dataSync()[0]).toBe(0);
    }
    expect(lipschitz(none).dataSync()[0]).toBe(0);
  });

  it('the Lipschitz bound is that of the units: s^2 for atoms s times as long', () => {
    const bound = lipschitz(dictionary).dataSync()[0]!;
    for (const scale of [1e-9, 1e9])
      expect(
        lipschitz(dictionary.mul(scale) as Tensor2D).dataSync()[0]! / (bound * scale ** 2),
      ).toBeCloseTo(1, 4);
  });

  it('atoms down to a length of 1e-12 are brought to length 1', () => {
    const short = latent.unitAtoms(dictionary.mul(1e-9) as Tensor2D);
    for (const length of short.square().sum(1).sqrt().dataSync()) expect(length).toBeCloseTo(1, 5);
  });
});
