/** The WebAssembly engine, which trains in browsers, held against the native one, under Node. */
import '@tensorflow/tfjs-backend-wasm';
import {
  contrastive,
  energy,
  latent,
  measure,
  nn,
  noncontrastive,
  random,
  tf,
  train,
  type Scalar,
  type Tensor,
  type Tensor4D,
} from 'dark-matter';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { mendWasm } from '../../lib/core/wasm';
import { symmetricEigen } from '../../lib/numerics/decompositions';

type Numbers = readonly number[];
const numbers = (f: () => ReturnType<typeof tf.tensor>): Numbers =>
  tf.tidy(() => [...f().dataSync()]);

/** What both engines make of it. */
async function onBoth<T>(f: () => T | Promise<T>): Promise<{ native: T; wasm: T }> {
  await tf.setBackend('tensorflow');
  const native = await f();
  await tf.setBackend('wasm');
  return { native, wasm: await f() };
}

function expectNear(found: Numbers, expected: Numbers, tolerance: number): void {
  expect(found).toHaveLength(expected.length);
  found.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(tolerance));
}

const normal = (seed: number, shape: readonly number[]) => random.normal(random.key(seed), shape);

/** Of a convolution's two operands, one after the other. */
const gradientsOf = (
  loss: (x: Tensor4D, filter: Tensor4D) => Tensor,
  x: Tensor4D,
  filter: Tensor4D,
): Numbers =>
  tf.tidy(() => {
    const both = tf.grads((...pair: Tensor[]) => loss(...(pair as [Tensor4D, Tensor4D])) as Scalar);
    return both([x, filter]).flatMap((each) => [...each.dataSync()]);
  });

beforeAll(async () => {
  mendWasm(tf);
  await tf.setBackend('wasm');
});
beforeEach(() => tf.setBackend('wasm'));
afterAll(() => tf.setBackend('tensorflow'));

describe('the mended kernels', () => {
  it.each([
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ])('a product of transposed factors (%s, %s) is the native one', async (ta, tb) => {
    const { native, wasm } = await onBoth(() =>
      numbers(() => {
        const a = normal(1, ta ? [2, 5, 3] : [2, 3, 5]);
        return tf.matMul(a, normal(2, tb ? [2, 4, 5] : [2, 5, 4]), ta, tb);
      }),
    );
    expectNear(wasm, native, 1e-5);
  });

  it.each([
    ['same', 1],
    ['same', 2],
    ['valid', 1],
    ['valid', 2],
  ] as const)('a convolution’s gradients are the native ones, %s by %d', async (pad, stride) => {
    const { native, wasm } = await onBoth(() =>
      gradientsOf(
        (x, filter) => tf.conv2d(x, filter, stride, pad).sin().sum(),
        normal(1, [2, 7, 6, 3]) as Tensor4D,
        normal(2, [3, 2, 3, 4]) as Tensor4D,
      ),
    );
    expect(native).toHaveLength(2 * 7 * 6 * 3 + 3 * 2 * 3 * 4);
    expectNear(wasm, native, 1e-4);
  });

  it('a transposed convolution’s gradients are the native ones', async () => {
    const { native, wasm } = await onBoth(() =>
      gradientsOf(
        (x, filter) => tf.conv2dTranspose(x, filter, [2, 6, 8, 2], 2, 'same').sin().sum(),
        normal(3, [2, 3, 4, 5]) as Tensor4D,
        normal(4, [3, 3, 2, 5]) as Tensor4D,
      ),
    );
    expect(native).toHaveLength(120 + 90);
    expectNear(wasm, native, 1e-4);
  });

  it('eigenvectors are had without TensorFlow: the same matrix comes of them', () => {
    const { values, vectors } = tf.tidy(() => {
      const half = normal(5, [12, 8]) as never;
      const matrix = tf.matMul(half, half, true, false);
      return symmetricEigen(matrix as never);
    });
    expect(values.shape).toEqual([8]);
    const found = numbers(() => tf.matMul(vectors.mul(values), vectors, false, true));
    const expected = numbers(() => {
      const half = normal(5, [12, 8]) as never;
      return tf.matMul(half, half, true, false);
    });
    expectNear(found, expected, 1e-4);
  });

  it('the gradient of gather adds up the rows that were taken more than once', () => {
    const rows = tf.tensor1d([2, 0, 2, 2], 'int32');
    const weights = tf.tensor2d([1, 10, 2, 20, 3, 30, 4, 40], [4, 2]);
    const slope = tf.grad((x) => tf.gather(x, rows).mul(weights).sum())(tf.zeros([3, 2]));
    expect([...slope.dataSync()]).toEqual([2, 20, 0, 0, 8, 80]);
  });

  it('rows of no segment are left out of a sum over segments', () => {
    const sum = tf.unsortedSegmentSum(tf.tensor1d([1, 2, 4]), tf.tensor1d([0, -1, 5], 'int32'), 2);
    expect([...sum.dataSync()]).toEqual([1, 0]);
  });

  it.each([
    'equal',
    'notEqual',
    'greater',
    'greaterEqual',
    'less',
    'lessEqual',
    'minimum',
    'maximum',
    'squaredDifference',
  ] as const)('%s of operands of two shapes is the native one', async (name) => {
    const shapes: [number[], number[]][] = [
      [[3, 4], []],
      [[], [3, 4]],
      [[3, 4], [4]],
      [
        [3, 1],
        [1, 4],
      ],
      [
        [2, 1, 4],
        [3, 1],
      ],
    ];
    for (const [a, b] of shapes) {
      const whole = (seed: number, shape: number[]) => normal(seed, shape).mul(2).round();
      const { native, wasm } = await onBoth(() =>
        numbers(() => tf[name](whole(3, a), whole(4, b))),
      );
      expectNear(wasm, native, 1e-6);
    }
  });

  it('softplus is log(1 + exp x) without overflow', () => {
    const values = [-200, -1, 0, 1, 200];
    const found = numbers(() => tf.softplus(tf.tensor1d(values)));
    expectNear(found, [0, Math.log1p(Math.exp(-1)), Math.LN2, Math.log1p(Math.E), 200], 1e-6);
  });

  it('leave no tensor behind', () => {
    const work = () =>
      tf.tidy(() => {
        const x = normal(5, [4, 4]);
        tf.matMul(x, x, true, true).greater(tf.scalar(0)).toFloat().minimum(0.5).sum().dataSync();
      });
    work();
    const before = tf.memory().numTensors;
    work();
    expect(tf.memory().numTensors).toBe(before);
  });
});

it('the effective rank is the native one', async () => {
  const { native, wasm } = await onBoth(() => {
    const z = normal(6, [50, 3]).mul(tf.tensor2d([[1, 0.5, 0.01]]));
    return measure.effectiveRank(z as ReturnType<typeof tf.tensor2d>);
  });
  expect(wasm).toBeCloseTo(native, 4);
});

describe('train', () => {
  const network = nn.mlp([2, 8, 8, 1], { activation: nn.silu });
  const twins = { encoder: nn.mlp([2, 8, 8]), projector: nn.dense(8, 3) };
  const predictor = nn.mlp([3, 8, 3]);
  const start = (key: random.Key, n: number) => random.uniform(key, [n, 2], -4, 4);
  const walk = { steps: 3, stepSize: 0.03, clipSlope: 20, range: [-4, 4] } as const;
  const coder = { encoder: nn.mlp([2, 8, 4]), decoder: nn.mlp([2, 8, 2]) };
  const methods = {
    pushDown: energy.pushDown({ network: nn.sequential([network, nn.softplus()]) }),
    nce: contrastive.nce({ network, bounds: [-4, 4, -4, 4] }),
    contrastiveDivergence: contrastive.contrastiveDivergence({ network, walk }),
    persistentDivergence: contrastive.persistentDivergence({ network, walk, start, size: 64 }),
    scoreMatching: contrastive.scoreMatching({ network, sigma: 0.2 }),
    vae: latent.vae({ ...coder, likelihood: { kind: 'gaussian', std: 0.3 } }),
    siamese: noncontrastive.siamese(twins),
    simclr: contrastive.simclr(twins),
    vicreg: noncontrastive.vicreg(twins),
    barlowTwins: noncontrastive.barlowTwins(twins),
    byol: noncontrastive.byol({ ...twins, predictor }),
  };

  it.each(Object.keys(methods) as (keyof typeof methods)[])(
    '%s has the losses that it has on the native engine, and leaves nothing behind',
    async (name) => {
      const method = methods[name] as unknown as Parameters<typeof train>[0]['method'];
      const { native, wasm } = await onBoth(async () => {
        const before = tf.memory().numTensors;
        const data = (step: number) => {
          const x = normal(10 + step, [32, 2]);
          return { x, x1: x.clone(), x2: x.add(normal(50 + step, [32, 2]).mul(0.1)) };
        };
        const clean = (step: number) => tf.tidy(() => data(step));
        const options = { method, data: clean, steps: 4, seed: 3, mode: 'eager', display: 'none' };
        const trained = await train(options as never);
        trained.dispose();
        expect(tf.memory().numTensors).toBe(before);
        return trained.history.loss;
      });
      expectNear(wasm, native, 1e-3);
    },
  );
});
