/**
 * A convolution's two gradients on tfjs's WebAssembly backend, which has none in the filter and a slow
 * one in the input: each is one matrix product over the patches that the filter sees, [places, filter
 * height * width * channels].
 */
import type * as TensorFlow from '@tensorflow/tfjs-node';
import { numbers, type Run } from './wasmKernel';

type Shape = [number, number, number, number];
type Geometry = TensorFlow.backend_util.Conv2DInfo;

/** The kernels by their names. @param product a matrix product [1, n, k] x [1, k, m]. */
export function convolutionGradients(
  tf: typeof TensorFlow,
  product: Run,
): Readonly<Record<string, Run>> {
  const geometry = (input: Shape, filter: Shape, attrs: Readonly<Record<string, unknown>>) =>
    tf.backend_util.computeConv2DInfo(
      input,
      filter,
      attrs['strides'] as number,
      1,
      attrs['pad'] as 'same',
      attrs['dimRoundingMode'] as 'floor',
      false,
      'channelsLast',
    );
  return {
    Conv2DBackpropFilter: ({ inputs, attrs, backend }) => {
      const [x, dy] = [inputs['x']!, inputs['dy']!];
      const filter = attrs['filterShape'] as Shape;
      const info = geometry(x.shape as Shape, filter, attrs);
      const patches = backend.makeOutput(matrixOfPatches(info), 'float32');
      const [image, list] = [numbers(backend, x), numbers(backend, patches)];
      const { inChannels } = info;
      list.fill(0);
      eachRun(info, (from, to) => list.set(image.subarray(from, from + inChannels), to));
      const gradient = product({
        inputs: { a: patches, b: { ...dy, shape: [1, places(info), info.outChannels] } },
        attrs: { transposeA: true, transposeB: false },
        backend,
      });
      backend.disposeData(patches.dataId);
      return { ...gradient, shape: filter };
    },
    Conv2DBackpropInput: ({ inputs, attrs, backend }) => {
      const [dy, filter] = [inputs['dy']!, inputs['filter']!];
      const shape = attrs['inputShape'] as Shape;
      const info = geometry(shape, filter.shape as Shape, attrs);
      const [, , width] = matrixOfPatches(info);
      const patches = product({
        inputs: {
          a: { ...dy, shape: [1, places(info), info.outChannels] },
          b: { ...filter, shape: [1, width, info.outChannels] },
        },
        attrs: { transposeA: false, transposeB: true },
        backend,
      });
      const dx = backend.makeOutput(shape, 'float32');
      const [image, list] = [numbers(backend, dx), numbers(backend, patches)];
      const { inChannels } = info;
      image.fill(0);
      eachRun(info, (to, from) => {
        for (let i = 0; i < inChannels; i++) image[to + i]! += list[from + i]!;
      });
      backend.disposeData(patches.dataId);
      return dx;
    },
  };
}

const places = ({ batchSize, outHeight, outWidth }: Geometry): number =>
  batchSize * outHeight * outWidth;

const matrixOfPatches = (info: Geometry): [number, number, number] => [
  1,
  places(info),
  info.filterHeight * info.filterWidth * info.inChannels,
];

/**
 * Calls with each run of channels that a place of the filter sees: where it begins in the image, and
 * where in the list of patches.
 */
function eachRun(info: Geometry, f: (image: number, patch: number) => void): void {
  const { batchSize, inHeight, inWidth, outHeight, outWidth, inChannels } = info;
  const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = info;
  let patch = 0;
  for (let n = 0; n < batchSize; n++)
    for (let i = 0; i < outHeight; i++)
      for (let j = 0; j < outWidth; j++)
        for (let k = 0; k < filterHeight; k++) {
          const y = i * strideHeight + k - padInfo.top;
          for (let l = 0; l < filterWidth; l++, patch += inChannels) {
            const x = j * strideWidth + l - padInfo.left;
            if (y >= 0 && y < inHeight && x >= 0 && x < inWidth)
              f(((n * inHeight + y) * inWidth + x) * inChannels, patch);
          }
        }
}
