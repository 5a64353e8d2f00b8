import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile, type Mode } from '../../lib/core/compile';
import {
  tf,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
} from '../../lib/core/engine';
import * as random from '../../lib/core/random';
import * as tree from '../../lib/core/pytree';
import { scan } from '../../lib/core/scan';

/** What the operations are tried on: random values in random shapes. */
interface Inputs {
  a: Tensor2D;
  b: Tensor2D;
  row: Tensor1D;
  positive: Tensor2D;
  unit: Tensor2D;
  w: Tensor2D;
  image: Tensor4D;
  kernel: Tensor4D;
  depthwise: Tensor4D;
  transposed: Tensor4D;
  batch3: Tensor;
}
interface Shapes {
  m: number;
  n: number;
  k: number;
  side: number;
  channels: number;
  filters: number;
}

const shapes = fc.record({
  m: fc.integer({ min: 2, max: 6 }),
  n: fc.integer({ min: 2, max: 6 }),
  k: fc.integer({ min: 1, max: 5 }),
  side: fc.integer({ min: 4, max: 9 }),
  channels: fc.integer({ min: 1, max: 3 }),
  filters: fc.integer({ min: 1, max: 4 }),
});

function draw({ m, n, k, side, channels, filters }: Shapes, seed: number): Inputs {
  const key = random.key(seed);
  const normal = (i: number, ...shape: number[]): never =>
    random.normal(random.foldIn(key, i), shape) as never;
  return {
    a: normal(0, m, n),
    b: normal(1, m, n),
    row: normal(2, n),
    w: normal(5, n, k),
    positive: tf.add(0.5, (normal(3, m, n) as Tensor).abs()),
    unit: (normal(4, m, n) as Tensor).tanh().mul(0.9) as Tensor2D,
    image: normal(6, 2, side, side, channels),
    kernel: normal(7, 3, 3, channels, filters),
    depthwise: normal(8, 3, 3, channels, 2),
    transposed: normal(9, 3, 3, filters, channels),
    batch3: normal(10, 2, m, n),
  };
}

type Name = keyof Inputs;
type Operation = (...inputs: never[]) => Tensor | Tensor[];

/** Operations with a gradient, and the inputs that they take. */
const differentiable: Record<string, [Operation, ...Name[]]> = {
  add: [(a: Tensor, b: Tensor) => a.add(b), 'a', 'b'],
  'sub, broadcast': [(a: Tensor, r: Tensor) => a.sub(r), 'a', 'row'],
  'mul, broadcast': [(a: Tensor, r: Tensor) => r.mul(a), 'a', 'row'],
  div: [(a: Tensor, p: Tensor) => a.div(p), 'a', 'positive'],
  divNoNan: [(a: Tensor, p: Tensor) => tf.divNoNan(a, p), 'a', 'positive'],
  pow: [(p: Tensor, b: Tensor) => p.pow(b), 'positive', 'b'],
  'pow of a number': [(p: Tensor) => p.pow(3), 'a'],
  maximum: [(a: Tensor, b: Tensor) => a.maximum(b), 'a', 'b'],
  minimum: [(a: Tensor, b: Tensor) => a.minimum(b), 'a', 'b'],
  squaredDifference: [(a: Tensor, b: Tensor) => tf.squaredDifference(a, b), 'a', 'b'],
  mod: [(a: Tensor, p: Tensor) => a.mod(p), 'a', 'positive'],
  atan2: [(a: Tensor, b: Tensor) => tf.atan2(a, b), 'a', 'b'],
  addN: [(a: Tensor, b: Tensor) => tf.addN([a, b, a]), 'a', 'b'],
  ...unary('a', {
    abs: (x) => x.abs(),
    neg: (x) => x.neg(),
    square: (x) => x.square(),
    exp: (x) => x.exp(),
    expm1: (x) => x.expm1(),
    sin: (x) => x.sin(),
    cos: (x) => x.cos(),
    tan: (x) => x.mul(0.3).tan(),
    tanh: (x) => x.tanh(),
    sinh: (x) => x.sinh(),
    cosh: (x) => x.cosh(),
    sigmoid: (x) => x.sigmoid(),
    softplus: (x) => x.softplus(),
    relu: (x) => x.relu(),
    relu6: (x) => x.relu6(),
    leakyRelu: (x) => x.leakyRelu(0.1),
    elu: (x) => x.elu(),
    selu: (x) => x.selu(),
    erf: (x) => x.erf(),
    sign: (x) => x.sign(),
    clipByValue: (x) => x.clipByValue(-0.5, 0.7),
    softmax: (x) => x.softmax(),
    logSoftmax: (x) => x.logSoftmax(),
    logSumExp: (x) => x.logSumExp(1),
    atan: (x) => x.atan(),
    asinh: (x) => x.asinh(),
    'sum of rows': (x) => x.sum(1),
    'sum, kept': (x) => x.sum(0, true),
    'mean of all': (x) => x.mean(),
    max: (x) => x.max(1),
    min: (x) => x.min(0),
    cumsum: (x) => x.cumsum(1),
    'cumsum, exclusive and reversed': (x) => x.cumsum(1, true, true),
    norm: (x) => x.norm('euclidean', 1),
    'prod of rows': (x) => x.prod(1),
    transpose: (x) => x.transpose(),
    reshape: (x) => x.reshape([-1]),
    expandDims: (x) => x.expandDims(1),
    squeeze: (x) => x.expandDims(0).squeeze([0]),
    tile: (x) => x.tile([2, 3]),
    reverse: (x) => x.reverse(1),
    slice: (x) => x.slice([1, 0], [1, 2]),
    pad: (x) =>
      x.pad([
        [1, 2],
        [0, 1],
      ]),
    mirrorPad: (x) =>
      tf.mirrorPad(
        x,
        [
          [1, 1],
          [0, 1],
        ],
        'reflect',
      ),
    gather: (x) => x.gather(tf.tensor1d([1, 0, 1], 'int32')),
    'gather of columns': (x) => x.gather(tf.tensor1d([1, 0], 'int32'), 1),
    split: (x) => tf.split(x.tile([1, 2]), 2, 1),
    unstack: (x) => x.unstack(),
    broadcastTo: (x) => x.expandDims(0).broadcastTo([3, ...x.shape]),
    cast: (x) => x.cast('float32'),
    where: (x) => x.where(x.greater(0), x.mul(0.1)),
    moments: (x) => {
      const { mean, variance } = tf.moments(x, 0);
      return [mean, variance];
    },
    zerosLike: (x) => tf.zerosLike(x).add(x),
    onesLike: (x) => tf.onesLike(x).mul(x),
  }),
  ...unary('positive', {
    log: (x) => x.log(),
    log1p: (x) => x.log1p(),
    sqrt: (x) => x.sqrt(),
    rsqrt: (x) => x.rsqrt(),
    reciprocal: (x) => x.reciprocal(),
  }),
  ...unary('unit', { asin: (x) => x.asin(), acos: (x) => x.acos(), atanh: (x) => x.atanh() }),
  prelu: [(a: Tensor, r: Tensor) => tf.prelu(a, r), 'a', 'row'],
  concat: [(a: Tensor, b: Tensor) => tf.concat([a, b], 1), 'a', 'b'],
  stack: [(a: Tensor, b: Tensor) => tf.stack([a, b], 1), 'a', 'b'],
  where: [(a: Tensor, b: Tensor) => tf.where(a.greater(b), a, b), 'a', 'b'],
  matMul: [(a: Tensor2D, w: Tensor2D) => a.matMul(w), 'a', 'w'],
  'matMul, second transposed': [(a: Tensor2D, b: Tensor2D) => a.matMul(b, false, true), 'a', 'b'],
  'matMul, first transposed': [(a: Tensor2D, b: Tensor2D) => a.matMul(b, true), 'a', 'b'],
  'matMul of batches': [
    (x: Tensor, w: Tensor2D) => tf.matMul(x, w.expandDims(0).tile([2, 1, 1])),
    'batch3',
    'w',
  ],
  dot: [(a: Tensor2D, r: Tensor1D) => a.dot(r), 'a', 'row'],
  ...[1, 2]
    .flatMap((stride) => (['same', 'valid'] as const).map((pad) => [stride, pad] as const))
    .reduce(
      (all, [stride, pad]) => ({
        ...all,
        [`conv2d, stride ${stride}, ${pad}`]: [
          (x: Tensor4D, f: Tensor4D) => tf.conv2d(x, f, stride, pad),
          'image',
          'kernel',
        ],
        [`depthwiseConv2d, stride ${stride}, ${pad}`]: [
          (x: Tensor4D, f: Tensor4D) => tf.depthwiseConv2d(x, f, stride, pad),
          'image',
          'depthwise',
        ],
        [`maxPool, stride ${stride}, ${pad}`]: [
          (x: Tensor4D) => tf.maxPool(x, 2, stride, pad),
          'image',
        ],
        [`avgPool, stride ${stride}, ${pad}`]: [
          (x: Tensor4D) => tf.avgPool(x, 2, stride, pad),
          'image',
        ],
      }),
      {},
    ),
  'conv2d, dilated': [
    (x: Tensor4D, f: Tensor4D) => tf.conv2d(x, f, 1, 'same', 'NHWC', 1),
    'image',
    'kernel',
  ],
  conv2dTranspose: [
    (x: Tensor4D, f: Tensor4D) =>
      tf.conv2dTranspose(x, f, [2, 2 * x.shape[1], 2 * x.shape[2], f.shape[2]], 2, 'same'),
    'image',
    'transposed',
  ],
  resizeBilinear: [(x: Tensor4D) => tf.image.resizeBilinear(x, [6, 7]), 'image'],
  resizeNearestNeighbor: [(x: Tensor4D) => tf.image.resizeNearestNeighbor(x, [6, 7]), 'image'],
  batchNorm: [
    (a: Tensor, r: Tensor) =>
      tf.batchNorm(a, r as Tensor1D, r.square().add(0.5) as Tensor1D, r as Tensor1D, r as Tensor1D),
    'a',
    'row',
  ],
};

/** Operations without one in tfjs. */
const discrete: Record<string, [Operation, ...Name[]]> = {
  ...unary('a', {
    argMax: (x) => x.argMax(1),
    argMin: (x) => x.argMin(0),
    floor: (x) => x.floor(),
    ceil: (x) => x.ceil(),
    round: (x) => x.mul(3).round(),
    step: (x) => x.step(0.1),
    oneHot: (x) => tf.oneHot(x.argMax(1) as Tensor1D, 7),
    topk: (x) => {
      const { values, indices } = tf.topk(x, 2);
      return [values, indices];
    },
    isNaN: (x) => x.isNaN(),
    isFinite: (x) => x.isFinite(),
    'cast to int32': (x) => x.mul(5).cast('int32'),
    'cast of a bool': (x) => x.greater(0).cast('float32'),
    any: (x) => x.greater(0).any(1),
    all: (x) => x.greater(0).all(0),
    logicalNot: (x) => x.greater(0).logicalNot(),
    eye: (x) => tf.eye(x.shape[0]!).mul(2),
    range: () => tf.range(0, 7, 2).add(1),
    linspace: () => tf.linspace(0, 1, 5).add(0),
    'int32 arithmetic': (x) => {
      const i = x.mul(9).cast('int32');
      return [
        i.add(i),
        i.mul(i),
        tf.floorDiv(i, tf.scalar(4, 'int32')),
        i.mod(tf.scalar(4, 'int32')),
        i.maximum(tf.scalar(0, 'int32')),
      ];
    },
    scatterND: (x) =>
      tf.scatterND(tf.tensor2d([[1], [3]], [2, 1], 'int32'), x.slice([0, 0], [2, -1]), [
        5,
        x.shape[1]!,
      ]),
    unsortedSegmentSum: (x) =>
      tf.unsortedSegmentSum(x, tf.range(0, x.shape[0]!, 1, 'int32') as Tensor1D, 8),
    stridedSlice: (x) => x.stridedSlice([0, 0], [2, 2], [1, 1]),
    zeros: (x) => tf.zeros([20, 30]).add(x.sum()),
  }),
  einsum: [(a: Tensor2D, w: Tensor2D) => tf.einsum('mn,nk->mk', a, w), 'a', 'w'],
  comparisons: [
    (a: Tensor, b: Tensor) => [
      a.greater(b),
      a.greaterEqual(b),
      a.less(b),
      a.lessEqual(b),
      a.equal(b),
      a.notEqual(b),
    ],
    'a',
    'b',
  ],
  logic: [
    (a: Tensor, b: Tensor) => [
      a.greater(0).logicalAnd(b.greater(0)),
      a.greater(0).logicalOr(b.greater(0)),
      tf.logicalXor(a.greater(0), b.greater(0)),
    ],
    'a',
    'b',
  ],
};

function unary(
  input: Name,
  operations: Record<string, (x: Tensor) => Tensor | Tensor[]>,
): Record<string, [Operation, ...Name[]]> {
  return Object.fromEntries(
    Object.entries(operations).map(([name, f]) => [name, [f as Operation, input]]),
  );
}

/** The values of an operation, and the gradient of a weighted sum of them. */
function evaluate(
  [f, ...names]: [Operation, ...Name[]],
  inputs: Inputs,
  withGradient: boolean,
): unknown {
  const given = names.map((name) => inputs[name]);
  const value = f(...(given as never[]));
  if (!withGradient) return { value };
  const sum = (...xs: Tensor[]) => {
    const parts = ([] as Tensor[]).concat(f(...(xs as never[])));
    return tf.addN(
      parts.map((part, i) => part.mul(random.uniform(random.key(i), part.shape)).sum()),
    );
  };
  return { value, gradients: tf.grads(sum)(given) };
}

function expectClose(given: unknown, expected: unknown): void {
  const { leaves, structure } = tree.flatten(expected);
  tree.leaves(given).forEach((tensor, i) => {
    const want = leaves[i]!;
    expect([tensor.shape, tensor.dtype]).toEqual([want.shape, want.dtype]);
    const got = tensor.dataSync();
    want.dataSync().forEach((v, j) => {
      const tolerance = want.dtype === 'float32' ? 2e-5 * (1 + Math.abs(v)) : 0;
      if (!(Math.abs(got[j]! - v) <= tolerance))
        throw new Error(`${structure.paths[i]}[${j}]: ${got[j]} given, ${v} expected`);
    });
  });
}

const cases = [
  ...Object.entries(differentiable).map(([name, operation]) => [name, operation, true] as const),
  ...Object.entries(discrete).map(([name, operation]) => [name, operation, false] as const),
];

describe('an operation has the same values and gradients eager and as a graph, in any shape', () => {
  it.each(cases)('%s', (_name, operation, withGradient) => {
    const f = (inputs: Inputs) =>
      evaluate(operation as [Operation, ...Name[]], inputs, withGradient);
    const compiled = compile(f, { mode: 'graph', maxTraces: 1 });
    fc.assert(
      fc.property(shapes, fc.nat(1000), (size, seed) => {
        tf.tidy(() => {
          const inputs = draw(size, seed);
          expectClose(compiled(inputs), f(inputs));
        });
      }),
      { numRuns: 3 },
    );
    compiled.dispose();
  });
});

const everything = (inputs: Inputs): Record<string, unknown> =>
  Object.fromEntries(
    cases.map(([name, operation, withGradient]) => [
      name,
      evaluate(operation as [Operation, ...Name[]], inputs, withGradient),
    ]),
  );

// XLA compiles all of them in one go, which is quicker than one at a time. Each run of the tests
// draws other shapes.
describe('all operations together', () => {
  const inAnyShape = (f: (inputs: Inputs) => unknown, mode: Mode) =>
    fc.assert(
      fc.property(shapes, fc.nat(1000), (size, seed) => {
        tf.tidy(() => {
          const inputs = draw(size, seed);
          const compiled = compile(f, { mode });
          expectClose(compiled(inputs), f(inputs));
          compiled.dispose();
        });
      }),
      { numRuns: 1, endOnFailure: true },
    );

  it('have the same values and gradients under XLA', () => inAnyShape(everything, 'xla'), 120_000);
  it(
    'have the same values and gradients in the body of a loop',
    () =>
      inAnyShape(
        (inputs) => scan((count: Tensor) => [count.add(1), everything(inputs)], tf.scalar(0), 2),
        'graph',
      ),
    120_000,
  );
});
