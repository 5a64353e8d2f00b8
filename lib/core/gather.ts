/**
 * Mends tf.gather in tfjs-node, whose kernel reads every index to check its bounds: a stall in each
 * step, and impossible in a trace, where there is no data. TensorFlow checks the bounds itself and
 * throws; compiled by XLA it takes the nearest row.
 */
import type * as TensorFlow from '@tensorflow/tfjs-node';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node/dist/nodejs_kernel_backend';

export function mendGather(tf: typeof TensorFlow): void {
  const kernelName = 'GatherV2';
  tf.unregisterKernel(kernelName, 'tensorflow');
  tf.registerKernel({
    kernelName,
    backendName: 'tensorflow',
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { x, indices } = inputs as { x: TensorFlow.Tensor; indices: TensorFlow.Tensor };
      const { axis, batchDims } = attrs as unknown as { axis: number; batchDims: number };
      const native = backend as unknown as NodeJSKernelBackend;
      tf.backend_util.segment_util.collectGatherOpShapeInfo(x, indices, axis, batchDims);
      const type = (name: string, dtype: TensorFlow.DataType) => ({
        name,
        type: native.binding.TF_ATTR_TYPE,
        value: native.getDTypeInteger(dtype),
      });
      const along = tf.scalar(axis, 'int32');
      const attributes = [
        { name: 'batch_dims', type: native.binding.TF_ATTR_INT, value: batchDims },
        type('Tparams', x.dtype),
        type('Tindices', indices.dtype),
        type('Taxis', 'int32'),
      ];
      const rows = native.executeSingleOutput(kernelName, attributes, [x, indices, along]);
      along.dispose();
      return rows;
    },
  });
}
