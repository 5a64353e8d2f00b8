/**
 * Mends tfjs's WebAssembly backend, which was made for inference.
 *
 * - A matrix product with a transposed factor takes a slow path: the factor is transposed first.
 * - A convolution has no gradient in its filter: see `wasmConvolutions.ts`.
 * - UnsortedSegmentSum, the gradient of `tf.gather`, and some functions of single numbers are missing.
 * - Comparisons of operands of two shapes take 300 ns a number: the smaller one is repeated first.
 */
import type * as TensorFlow from '@tensorflow/tfjs-node';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { COMPARISONS } from './secondOrder';
import { convolutionGradients } from './wasmConvolutions';
import { numbers, type Info, type Run } from './wasmKernel';

/** Missing functions of a single number. */
const FUNCTIONS: Readonly<Record<string, (x: number) => number>> = {
  // log(1 + exp x), without overflow.
  Softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  Expm1: Math.expm1,
  Sign: Math.sign,
};

/** Slow where their operands differ in shape. */
const SLOW_UNLESS_ALIKE = [...COMPARISONS, 'LogicalOr', 'Minimum', 'Maximum', 'SquaredDifference'];

/** Done before the backend is first used; done twice, it changes nothing. */
export function mendWasm(tf: typeof TensorFlow): void {
  if (tf.getKernel('UnsortedSegmentSum', 'wasm')) return;
  mendProduct(tf);
  const product = tf.getKernel('BatchMatMul', 'wasm').kernelFunc as Run;
  for (const [kernelName, run] of Object.entries(convolutionGradients(tf, product)))
    replace(tf, kernelName, () => run);
  for (const [kernelName, f] of Object.entries(FUNCTIONS)) {
    if (!tf.getKernel(kernelName, 'wasm')) replace(tf, kernelName, () => eachNumber(f));
  }
  replace(tf, 'UnsortedSegmentSum', () => segmentSum);
  for (const kernelName of SLOW_UNLESS_ALIKE)
    replace(tf, kernelName, (own) => ofOneShape(tf, own!));
}

/** Puts a kernel in the place of tfjs's own, whose preparation it keeps. */
function replace(
  tf: typeof TensorFlow,
  kernelName: string,
  make: (own: Run | undefined) => Run,
): void {
  const own = tf.getKernel(kernelName, 'wasm');
  if (own) tf.unregisterKernel(kernelName, 'wasm');
  tf.registerKernel({
    ...own,
    kernelName,
    backendName: 'wasm',
    kernelFunc: make(own?.kernelFunc as Run | undefined) as never,
  });
}

function mendProduct(tf: typeof TensorFlow): void {
  const transpose = tf.getKernel('Transpose', 'wasm').kernelFunc as Run;
  const turned = (x: Info, backend: BackendWasm): Info => {
    const perm = x.shape.map((_, axis) => axis);
    const last = perm.length - 1;
    [perm[last], perm[last - 1]] = [last - 1, last];
    return transpose({ inputs: { x }, attrs: { perm }, backend });
  };
  replace(tf, 'BatchMatMul', (own) => ({ inputs, attrs, backend }) => {
    const a = attrs['transposeA'] ? turned(inputs['a']!, backend) : inputs['a']!;
    const b = attrs['transposeB'] ? turned(inputs['b']!, backend) : inputs['b']!;
    const straight = { transposeA: false, transposeB: false };
    const result = own!({ inputs: { a, b }, attrs: straight, backend });
    if (a !== inputs['a']) backend.disposeData(a.dataId);
    if (b !== inputs['b']) backend.disposeData(b.dataId);
    return result;
  });
}

const eachNumber =
  (f: (x: number) => number): Run =>
  ({ inputs, backend }) => {
    const x = inputs['x']!;
    const out = backend.makeOutput(x.shape, x.dtype);
    const [from, to] = [numbers(backend, x), numbers(backend, out)];
    for (let i = 0; i < to.length; i++) to[i] = f(from[i]!);
    return out;
  };

const segmentSum: Run = ({ inputs, attrs, backend }) => {
  const [x, segmentIds] = [inputs['x']!, inputs['segmentIds']!];
  const rest = x.shape.slice(segmentIds.shape.length);
  const width = product(rest);
  const segments = attrs['numSegments'] as number;
  const out = backend.makeOutput([segments, ...rest], x.dtype);
  const [from, ids, to] = [x, segmentIds, out].map((each) => numbers(backend, each));
  to!.fill(0);
  ids!.forEach((segment, row) => {
    if (segment < 0 || segment >= segments) return;
    for (let i = 0; i < width; i++) to![segment * width + i]! += from![row * width + i]!;
  });
  return out;
};

/** Repeats the operands to their common shape before the kernel gets them. */
function ofOneShape(tf: typeof TensorFlow, own: Run): Run {
  return (call) => {
    const { inputs, backend } = call;
    const [a, b] = [inputs['a']!, inputs['b']!];
    const shape = tf.backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
    const wide = [a, b].map((x) =>
      String(x.shape) === String(shape) ? x : repeated(backend, x, shape),
    );
    const out = own({ ...call, inputs: { a: wide[0]!, b: wide[1]! } });
    for (const x of wide) if (x !== a && x !== b) backend.disposeData(x.dataId);
    return out;
  };
}

/** A tensor repeated along the axes in which it has length 1. */
function repeated(backend: BackendWasm, x: Info, shape: number[]): Info {
  const out = backend.makeOutput(shape, x.dtype);
  const [from, to] = [numbers(backend, x), numbers(backend, out)];
  const own = [...Array<number>(shape.length - x.shape.length).fill(1), ...x.shape];
  const strides = own.map((length, axis) => (length === 1 ? 0 : product(own.slice(axis + 1))));
  let at = 0;
  const fill = (axis: number, base: number): void => {
    const [length, stride] = [shape[axis]!, strides[axis]!];
    if (axis < shape.length - 1) {
      for (let i = 0; i < length; i++) fill(axis + 1, base + i * stride);
      return;
    }
    if (stride === 0) to.fill(from[base]!, at, at + length);
    else to.set(from.subarray(base, base + length), at);
    at += length;
  };
  fill(0, 0);
  return out;
}

const product = (lengths: readonly number[]): number => lengths.reduce((all, n) => all * n, 1);
