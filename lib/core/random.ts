/**
 * Random numbers from explicit keys, as in JAX: a key is data, a draw is a pure function of its
 * key.
 *
 * The same key gives the same bits in every mode of `compile` (eager, graph, XLA) and on the
 * fallback engine, for all are Philox4x32-10 under the key, at counters of which the upper half
 * says what for: draws, splits, or folded data. Never use a key twice: split it first.
 */
import { tf, type Tensor, type Tensor1D } from './engine';
import { execute, isNative, nativeBackend, TF_UINT64, typeAttribute } from './native';
import type { OfShape } from './ofShape';
import { philoxWords, seedWords } from './philox';

export { hostGenerator, type HostGenerator } from './philox';

/**
 * A random key: an int32 tensor of shape [2]. It is an ordinary leaf of a pytree; its owner
 * disposes of it.
 */
export type Key = Tensor;

/** The upper half of Philox's counter: no two uses of a key share a block. */
const DRAW = 0,
  SPLIT = 1,
  FOLD = 2;

/**
 * A key from a seed, an integer of at most 53 bits.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { random } from 'dark-matter';
 * const [a, b] = [random.normal(random.key(0), [3]), random.normal(random.key(0), [3])];
 * assert.deepEqual(a.dataSync(), b.dataSync());
 * ```
 */
export function key(seed: number): Key {
  return tf.tensor1d(Int32Array.from(seedWords(seed)), 'int32');
}

/** As many keys as `split` was asked for, where the count is written down; else one or more. */
export type Keys<N extends number> = N extends unknown
  ? number extends N
    ? [Key, ...Key[]]
    : TupleOf<N>
  : never;

type TupleOf<N extends number, Row extends Key[] = []> = Row['length'] extends N
  ? Row
  : TupleOf<N, [...Row, Key]>;

/**
 * `n` new keys, independent of each other and of the key. The key is used up. The first keys are
 * the same however many follow.
 *
 * @param n a whole number of at least 1; default 2.
 * @returns a tuple of n keys, each int32 [2]; the caller owns them.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { random } from 'dark-matter';
 * const [forWeights, forNoise] = random.split(random.key(0));
 * const [a, b] = [random.normal(forWeights, [3]), random.normal(forNoise, [3])];
 * assert.notDeepEqual(a.dataSync(), b.dataSync());
 * ```
 */
export function split<N extends number = 2>(key: Key, n: N = 2 as N): Keys<N> {
  requireKey(key);
  requireCount('n', n);
  return tf.tidy(() => tf.unstack(bits(key, 2 * n, [0, 0, SPLIT, 0]).reshape([n, 2]))) as Keys<N>;
}

/**
 * The key for a number: one for each step, layer or member of a family.
 *
 * @param data a whole number in [0, 2^32), as JAX's `fold_in` takes it, or an int32 scalar tensor
 * (whose bits are taken: -1 is 2^32 - 1).
 * @throws for other numbers; they would have to share a key with one of these.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { random } from 'dark-matter';
 * const key = random.key(0);
 * const ofEachStep = [0, 1, 2].map((step) => random.foldIn(key, step));
 * assert.notDeepEqual(ofEachStep[0].dataSync(), ofEachStep[1].dataSync());
 * ```
 */
export function foldIn(key: Key, data: number | Tensor): Key {
  requireKey(key);
  if (typeof data === 'number') {
    if (!Number.isInteger(data) || data < 0 || data >= 2 ** 32)
      throw new Error(`foldIn: data: ${data} given, a whole number in [0, 2^32) expected`);
    return tf.tidy(() => bits(key, 2, [0, 0, FOLD, data | 0]));
  }
  if (data.size !== 1 || data.dtype !== 'int32') {
    throw new Error(
      `foldIn: data of dtype ${data.dtype} and shape [${data.shape}] given, an int32 scalar expected`,
    );
  }
  return tf.tidy(() => {
    if (!isNative()) return bits(key, 2, [0, 0, FOLD, data.dataSync()[0]!]);
    return bits(key, 2, tf.concat([tf.tensor1d([0, 0, FOLD], 'int32'), data.reshape([1])]));
  });
}

/**
 * Uniform in [min, max), float32, on a grid of 2^23 steps. In [0, 1) the numbers are the same to
 * the bit in every mode; other ranges are the scaled ones, in which XLA may round the last place
 * otherwise. @returns `shape`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { random } from 'dark-matter';
 * const points = random.uniform(random.key(0), [100, 2], -1, 1);
 * assert.ok(points.abs().max().dataSync()[0] <= 1);
 * ```
 */
export function uniform<const S extends readonly number[]>(
  key: Key,
  shape: S,
  min = 0,
  max = 1,
): OfShape<S> {
  requireKey(key);
  return tf.tidy(() => {
    const unit = unitInterval(drawBits(key, shape));
    return min === 0 && max === 1 ? unit : unit.mul(max - min).add(min);
  }) as OfShape<S>;
}

/**
 * Normal, float32 (Box and Muller 1958: one logarithm, sine and cosine for two numbers). |z| < 5.8.
 *
 * The bits are the same in every mode; the logarithm, sine and cosine of XLA and of TensorFlow's
 * kernels may differ in the last place, so the numbers agree to about 1e-6. @returns `shape`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { random } from 'dark-matter';
 * const noise = random.normal(random.key(0), [10_000], 0, 0.1);
 * assert.ok(Math.abs(noise.square().mean().sqrt().dataSync()[0] - 0.1) < 0.01);
 * ```
 */
export function normal<const S extends readonly number[]>(
  key: Key,
  shape: S,
  mean = 0,
  std = 1,
): OfShape<S> {
  requireKey(key);
  return tf.tidy(() => {
    const n = size(shape);
    const half = Math.ceil(n / 2);
    const [a, b] = tf.split(unitInterval(drawBits(key, [2 * half])), 2) as [Tensor, Tensor];
    const radius = a.add(HALF_STEP).log().mul(-2).sqrt();
    const angle = b.mul(2 * Math.PI);
    const z = tf
      .concat([radius.mul(angle.cos()), radius.mul(angle.sin())])
      .slice([0], [n])
      .reshape([...shape]);
    return mean === 0 && std === 1 ? z : z.mul(std).add(mean);
  }) as OfShape<S>;
}

/**
 * Normal, but never further than two `std` from `mean`; for initial weights. As close between modes
 * as `normal`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { random } from 'dark-matter';
 * const weights = random.truncatedNormal(random.key(0), [1000]);
 * assert.ok(weights.abs().max().dataSync()[0] <= 2);
 * ```
 */
export function truncatedNormal<const S extends readonly number[]>(
  key: Key,
  shape: S,
  mean = 0,
  std = 1,
): OfShape<S> {
  requireKey(key);
  return tf.tidy(() => {
    const u = unitInterval(drawBits(key, shape)).add(HALF_STEP);
    const z = centralErfinv(u.mul(2).sub(1).mul(ERF_SQRT2)).mul(Math.SQRT2);
    return z.mul(std).add(mean);
  }) as OfShape<S>;
}

/**
 * True with probability `p` (a number, or a tensor that broadcasts to `shape`).
 * @returns bool of `shape`.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { random } from 'dark-matter';
 * const hidden = random.bernoulli(random.key(0), 0.15, [10_000]);
 * assert.ok(Math.abs(hidden.toFloat().mean().dataSync()[0] - 0.15) < 0.02);
 * ```
 */
export function bernoulli<const S extends readonly number[]>(
  key: Key,
  p: number | Tensor,
  shape: S,
): OfShape<S> {
  requireKey(key);
  if (typeof p === 'number') requireProbability('p', p);
  return tf.tidy(() => tf.less(unitInterval(drawBits(key, shape)), p)) as OfShape<S>;
}

/**
 * Integers in [low, high), int32; a bias of at most (high - low) / 2^31, none for powers of two.
 * @returns `shape`.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { random } from 'dark-matter';
 * const dice = random.randint(random.key(0), [1000], 1, 7);
 * assert.deepEqual([dice.min().dataSync()[0], dice.max().dataSync()[0]], [1, 6]);
 * ```
 */
export function randint<const S extends readonly number[]>(
  key: Key,
  shape: S,
  low: number,
  high: number,
): OfShape<S> {
  requireKey(key);
  const span = high - low;
  if (!Number.isInteger(low) || !Number.isInteger(high) || span < 1 || span > 2 ** 31 - 1) {
    throw new Error(`randint: [${low}, ${high}) given, a range of 1 to 2^31 - 1 integers expected`);
  }
  return tf.tidy(() =>
    positive(drawBits(key, shape)).mod(tf.scalar(span, 'int32')).add(tf.scalar(low, 'int32')),
  ) as OfShape<S>;
}

/**
 * One class a row, with the probabilities softmax(logits), by the Gumbel-max trick. [batch,
 * classes] -> int32 [batch].
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { random, tf } from 'dark-matter';
 * const logits = tf.log([[0.1, 0.9]]).tile([10_000, 1]);
 * const drawn = random.categorical(random.key(0), logits);
 * assert.ok(Math.abs(drawn.toFloat().mean().dataSync()[0] - 0.9) < 0.02);
 * ```
 */
export function categorical(key: Key, logits: Tensor): Tensor1D {
  requireKey(key);
  if (logits.rank !== 2)
    throw new Error(
      `categorical: logits of shape [${logits.shape}] given, [batch, classes] expected`,
    );
  return tf.tidy(() => logits.add(gumbel(key, logits.shape)).argMax(1) as Tensor1D);
}

/**
 * From the standard Gumbel distribution, -log(-log u). @returns `shape`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { random } from 'dark-matter';
 * // Its mean is Euler's constant.
 * const draws = random.gumbel(random.key(0), [100_000]);
 * assert.ok(Math.abs(draws.mean().dataSync()[0] - 0.5772) < 0.02);
 * ```
 */
export function gumbel<const S extends readonly number[]>(key: Key, shape: S): OfShape<S> {
  requireKey(key);
  return tf.tidy(() =>
    unitInterval(drawBits(key, shape)).add(HALF_STEP).log().neg().log().neg(),
  ) as OfShape<S>;
}

/**
 * The numbers 0 ... n-1 in random order. @returns int32 [n].
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { random } from 'dark-matter';
 * const order = random.permutation(random.key(0), 5);
 * assert.deepEqual([...order.dataSync()].sort(), [0, 1, 2, 3, 4]);
 * ```
 */
export function permutation(key: Key, n: number): Tensor1D {
  requireKey(key);
  requireCount('n', n);
  // Sorting by random words; two of them are equal so seldom (n^2 / 2^33) that the order of ties
  // does not show.
  return tf.tidy(() => tf.topk(drawBits(key, [n]), n, true).indices as Tensor1D);
}

/**
 * `n` different numbers of 0 ... size-1, in random order. @returns int32 [n].
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { random } from 'dark-matter';
 * const labelled = random.choice(random.key(0), 8000, 100);
 * assert.equal(new Set(labelled.dataSync()).size, 100);
 * ```
 */
export function choice(key: Key, size: number, n: number): Tensor1D {
  requireKey(key);
  requireCount('size', size);
  requireCount('n', n);
  if (n > size)
    throw new Error(`choice: n = ${n} of size = ${size} given, at most all of them expected`);
  return tf.tidy(() => tf.topk(drawBits(key, [size]), n, true).indices as Tensor1D);
}

/**
 * Zeroes a part `rate` in [0, 1) of the elements and divides the others by 1 - rate (Srivastava et
 * al. 2014).
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { random, tf } from 'dark-matter';
 * const kept = random.dropout(random.key(0), tf.ones([10_000]), 0.5);
 * // What stays is scaled up, so that the mean stays.
 * assert.ok(Math.abs(kept.mean().dataSync()[0] - 1) < 0.05);
 * ```
 */
export function dropout<T extends Tensor>(key: Key, x: T, rate: number): T {
  requireKey(key);
  if (!(rate >= 0 && rate < 1))
    throw new Error(`dropout: rate = ${rate} given, a number in [0, 1) expected`);
  if (rate === 0) return x.clone();
  return tf.tidy(
    () =>
      x.mul(
        bernoulli(key, 1 - rate, x.shape)
          .cast('float32')
          .div(1 - rate),
      ) as T,
  );
}

/**
 * Random bits as int32, `shape`: what everything above is made from.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { random } from 'dark-matter';
 * const words = random.randomBits(random.key(0), [4]);
 * assert.equal(words.dtype, 'int32');
 * ```
 */
export function randomBits<const S extends readonly number[]>(key: Key, shape: S): OfShape<S> {
  requireKey(key);
  return tf.tidy(() => drawBits(key, shape)) as OfShape<S>;
}

// --- the bits
// -------------------------------------------------------------------------------------------------------

function drawBits(key: Key, shape: readonly number[]): Tensor {
  for (const length of shape) requireCount('shape', length, 0);
  return bits(key, size(shape), [0, 0, DRAW, 0]).reshape([...shape]);
}

/** `n` words of Philox under the key from `counter` (four int32 words) on. */
function bits(key: Key, n: number, counter: readonly number[] | Tensor): Tensor {
  if (!isNative()) return hostBits(key, n, counter as readonly number[]);
  const backend = nativeBackend();
  const int32 = backend.binding.TF_INT32;
  const words = Array.isArray(counter) ? tf.tensor1d([...counter], 'int32') : (counter as Tensor);
  const asUint64 = (tensor: Tensor): number => {
    const attributes = [typeAttribute('T', int32), typeAttribute('type', TF_UINT64)];
    return backend.binding.executeOp(
      'Bitcast',
      attributes,
      backend.getInputTensorIds([tensor]),
      1,
    )[0]!.id;
  };
  // tfjs has no uint64: these two handles never become tensors, so they are freed by hand.
  const wideKey = asUint64(key.reshape([1, 2]));
  const wideCounter = asUint64(words.reshape([2, 2]));
  const [shape, algorithm] = backend.getInputTensorIds([
    tf.tensor1d([n], 'int32'),
    tf.scalar(PHILOX, 'int32'),
  ]);
  const [handle] = backend.binding.executeOp(
    'StatelessRandomUniformFullIntV2',
    [typeAttribute('dtype', int32), typeAttribute('Tshape', int32)],
    [shape!, wideKey, wideCounter, algorithm!],
    1,
  );
  backend.binding.deleteTensor(wideKey);
  backend.binding.deleteTensor(wideCounter);
  return backend.createOutputTensor(handle!);
}

/** TensorFlow's number for the algorithm. */
const PHILOX = 1;

function hostBits(key: Key, n: number, counter: readonly number[]): Tensor {
  const [k0, k1] = key.dataSync() as Int32Array;
  const words = philoxWords(n, k0!, k1!, counter[2], counter[3]);
  return tf.tensor1d(new Int32Array(words.buffer, words.byteOffset, n), 'int32');
}

// --- from bits to numbers
// -------------------------------------------------------------------------------------------

/** Half a step of the grid of `unitInterval`: moves [0, 1) to (0, 1), exactly. */
const HALF_STEP = 2 ** -24;
const MANTISSA = 0x007fffff;
const ONE = 0x3f800000; // the bits of 1.0

/** 23 bits as the mantissa of a float in [1, 2), less one: exact in every mode. */
function unitInterval(bits: Tensor): Tensor {
  if (!isNative()) {
    const words = bits.dataSync() as Int32Array;
    const floats = new Float32Array(words.map((word) => (word & MANTISSA) | ONE).buffer);
    return tf.tensor(floats, bits.shape, 'float32').sub(1);
  }
  const { TF_INT32, TF_FLOAT } = nativeBackend().binding;
  const masked = bitwise('BitwiseAnd', bits, MANTISSA);
  const attributes = [typeAttribute('T', TF_INT32), typeAttribute('type', TF_FLOAT)];
  return execute('Bitcast', attributes, [bitwise('BitwiseOr', masked, ONE)]).sub(1);
}

/** 31 of the bits, as an integer that is not negative. */
function positive(bits: Tensor): Tensor {
  if (isNative()) return bitwise('BitwiseAnd', bits, 0x7fffffff);
  return tf.tensor(
    (bits.dataSync() as Int32Array).map((word) => word & 0x7fffffff),
    bits.shape,
    'int32',
  );
}

function bitwise(name: 'BitwiseAnd' | 'BitwiseOr', bits: Tensor, mask: number): Tensor {
  return execute(
    name,
    [typeAttribute('T', nativeBackend().binding.TF_INT32)],
    [bits, tf.scalar(mask, 'int32')],
  );
}

/** erf(sqrt 2): the probability within two standard deviations. */
const ERF_SQRT2 = 0.9544997361036416;

/**
 * Inverse error function for |x| < 0.9966, single precision (Giles 2010, "Approximating the erfinv
 * function", central part).
 */
function centralErfinv(x: Tensor): Tensor {
  const w = tf.sub(1, x).mul(tf.add(1, x)).log().neg().sub(2.5);
  const coefficients = [
    2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 0.00021858087, -0.00125372503,
    -0.00417768164, 0.246640727, 1.50140941,
  ];
  const polynomial = coefficients
    .slice(1)
    .reduce<Tensor>((sum, c) => sum.mul(w).add(c), tf.fill(x.shape, coefficients[0]!));
  return polynomial.mul(x);
}

// --- arguments
// ------------------------------------------------------------------------------------------------------

function size(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

function requireKey(key: Key): void {
  if (
    !(key instanceof tf.Tensor) ||
    key.dtype !== 'int32' ||
    key.rank !== 1 ||
    key.shape[0] !== 2
  ) {
    const given = key instanceof tf.Tensor ? `${key.dtype} of shape [${key.shape}]` : String(key);
    throw new Error(
      `key: ${given} given, an int32 tensor of shape [2] expected (random.key(seed))`,
    );
  }
}

function requireCount(name: string, n: number, least = 1): void {
  if (!Number.isInteger(n) || n < least)
    throw new Error(`${name}: ${n} given, an integer of at least ${least} expected`);
}

function requireProbability(name: string, p: number): void {
  if (!(p >= 0 && p <= 1)) throw new Error(`${name}: ${p} given, a probability in [0, 1] expected`);
}
