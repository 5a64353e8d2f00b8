import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D } from './engine';

/** The tensor of a shape: [2, 3] is a Tensor2D; a shape whose length is not known, a Tensor. */
export type OfShape<S extends readonly number[]> = number extends S['length']
  ? Tensor
  : S['length'] extends 0
    ? Scalar
    : S['length'] extends 1
      ? Tensor1D
      : S['length'] extends 2
        ? Tensor2D
        : S['length'] extends 3
          ? Tensor3D
          : S['length'] extends 4
            ? Tensor4D
            : Tensor;
