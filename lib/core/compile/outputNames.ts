/**
 * The names that TensorFlow's operations give their outputs. In a function's body an output is
 * called by its name, not by its number as in a graph. From the operations' registry, for those
 * that tfjs-node's kernels and this library use. A star: a list of any length.
 */
const BY_NAME: Readonly<Record<string, string>> = {
  output:
    'All Any ArgMax ArgMin AvgPool AvgPool3D AvgPool3DGrad AvgPoolGrad BatchMatMul BatchMatMulV2 BatchToSpaceND Bitcast ' +
    'BroadcastTo ClipByValue Concat ConcatV2 Const Conv2D Conv2DBackpropFilter Conv2DBackpropInput Conv3D ' +
    'Conv3DBackpropFilterV2 Conv3DBackpropInputV2 DepthToSpace DepthwiseConv2dNative ' +
    'DepthwiseConv2dNativeBackpropFilter DepthwiseConv2dNativeBackpropInput Diag Dilation2D Einsum ExpandDims FFT Fill ' +
    'GatherNd GatherV2 IFFT Identity Imag LRN LRNGrad LinSpace Max MaxPool MaxPool3D MaxPool3DGrad MaxPoolGrad Mean Min ' +
    'MirrorPad OneHot Pack PadV2 Prod Range Real Reshape ResizeBilinearGrad ResizeNearestNeighborGrad Reverse ' +
    'ReverseV2 ScatterNd Select SelectV2 Slice SpaceToBatchND StatelessRandomUniformFullIntV2 StridedSlice Sum ' +
    'TensorScatterUpdate Tile UnsortedSegmentSum',
  y:
    'Abs Acos Acosh Asin Asinh Atan Atanh Cast Ceil ComplexAbs Cos Cosh Erf Erfinv Exp Expm1 Floor IsFinite IsInf IsNan ' +
    'Log Log1p LogicalNot Neg OnesLike Reciprocal Round Rsqrt Sigmoid Sign Sin Sinh Sqrt Square Tan Tanh Transpose ZerosLike',
  z:
    'Add AddV2 Atan2 BitwiseAnd BitwiseOr BitwiseXor Div DivNoNan Equal FloorDiv FloorMod Greater GreaterEqual LeftShift ' +
    'Less LessEqual LogicalAnd LogicalOr Maximum Minimum Mod Mul NotEqual Pow RealDiv RightShift SquaredDifference Sub',
  activations: 'Elu LeakyRelu Relu Relu6 Selu Softplus',
  'output*': 'Split SplitV StatelessWhile Unpack',
  out: 'Complex Cumprod Cumsum',
  product: 'MatMul',
  'values indices': 'TopK TopKV2',
  resized_images: 'ResizeBilinear ResizeNearestNeighbor',
  softmax: 'Softmax',
  logsoftmax: 'LogSoftmax',
  sum: 'AddN',
  r0: 'BroadcastArgs',
  backprops: 'EluGrad',
  crops: 'CropAndResize',
  filter_backprop: 'Dilation2DBackpropFilter',
  in_backprop: 'Dilation2DBackpropInput',
  dense: 'SparseToDense',
  bins: 'Bincount',
  'y batch_mean batch_variance reserve_space_1 reserve_space_2': 'FusedBatchNorm FusedBatchNormV2',
  'y batch_mean batch_variance reserve_space_1 reserve_space_2 reserve_space_3': 'FusedBatchNormV3',
};

const names = new Map(
  Object.entries(BY_NAME).flatMap(([outputs, operations]) =>
    operations.split(' ').map((operation) => [operation, outputs.split(' ')] as const),
  ),
);

/** `z:0` for the first output of Add. @throws for an operation that is not in the list. */
export function outputName(operation: string, index: number): string {
  const outputs = names.get(operation);
  if (!outputs) {
    throw new Error(
      `scan: the operation ${operation} cannot be in a loop's body; unroll the loop with { unroll: true }`,
    );
  }
  if (outputs[0]!.endsWith('*')) return `${outputs[0]!.slice(0, -1)}:${index}`;
  return `${outputs[index]!}:0`;
}
