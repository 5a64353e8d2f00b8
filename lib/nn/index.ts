export { relu, leakyRelu, gelu, silu, tanh, sigmoid, softplus } from './activations';
export {
  attentionWeights,
  multiHeadAttention,
  transformerBlock,
  type AttentionOptions,
  type MultiHeadAttentionParams,
  type MultiHeadAttentionOptions,
  type TransformerBlockOptions,
  type TransformerBlockParams,
} from './attention';
export {
  mlp,
  smallConvNet,
  type MlpOptions,
  type NetworkParams,
  projector,
  predictor,
  type SmallConvNetOptions,
} from './backbones';
export {
  sequential,
  residual,
  dropout,
  type Layers,
  type SequentialParams,
  type ResidualParams,
  identity,
} from './compose';
export {
  conv2d,
  transposedConv2d,
  type ConvParams,
  type ConvOptions,
  type TransposedConvOptions,
} from './conv';
export { crossEntropyLoss } from './crossEntropy';
export { dense, type DenseParams, type DenseOptions } from './dense';
export {
  embedding,
  positionEmbedding,
  type EmbeddingParams,
  type EmbeddingOptions,
} from './embedding';
export {
  varianceScaling,
  type Initializer,
  type VarianceScaling,
  glorotUniform,
  glorotNormal,
  heNormal,
  heUniform,
  lecunNormal,
  lecunUniform,
  zeros,
  ones,
} from './initializers';
export {
  defineLayer,
  inInference,
  inTraining,
  fromFunction,
  calibrate,
  type ApplyOptions,
  type Layer,
  type AnyLayer,
  type ParamsOf,
  type NoParams,
} from './layer';
export {
  batchNorm,
  layerNorm,
  groupNorm,
  type NormParams,
  type BatchNormOptions,
  type BatchNormParams,
  type NormOptions,
  unitSphere,
} from './norm';
export { patchify, unpatchify, gridPositions, takeTokens, type PatchGrid } from './patches';
export { maxPool, averagePool, globalAveragePool, flatten, reshape } from './pooling';
export { regnet } from './regnet';
export { regnetCost, type RegNetFrame, type RegNetCost } from './regnetCost';
export {
  blockWidths,
  regnetStages,
  type RegNetDesign,
  type RegNetStage,
  type BlockWidths,
} from './regnetDesign';
export { regnets, type RegNetName } from './regnetTable';
export { resnet, type ResNetOptions } from './resnet';
export { squeezeExcitation, type SqueezeExcitationParams } from './squeezeExcitation';
export {
  transformer,
  visionTransformer,
  type TransformerOptions,
  type TransformerParams,
  type VisionTransformerOptions,
  type VisionTransformerParams,
  type VisionTransformer,
} from './transformer';
