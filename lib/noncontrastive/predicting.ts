/** A predictor on top of the projector: what BYOL and SimSiam have in common. */
import type { Tensor, Tensor2D } from '../core/engine';
import * as tree from '../core/pytree';
import type { Key } from '../core/random';
import type { JointEmbeddingParams } from '../energy/jointEmbedding';
import { calibrate, inTraining, type Layer } from '../nn';

/** The networks of a method that predicts one view's embedding from the other's. */
export interface Predicting<E, P, Q> extends JointEmbeddingParams<E, P> {
  readonly predictor: Q;
}

/** What the predictor adds to the parts of `jointEmbedding`. */
export function predicting<E, P, Q>(
  shared: {
    calibrate(params: Predicting<E, P, Q>, x: Tensor): Predicting<E, P, Q>;
    project(params: Predicting<E, P, Q>, x: Tensor): Tensor2D;
  },
  predictor: Layer<Q>,
) {
  return {
    /** In training: what each of two views says of the other, [batch, dim] each. */
    predict: (
      params: Predicting<E, P, Q>,
      [z1, z2]: readonly [Tensor2D, Tensor2D],
      key: Key,
    ): readonly [Tensor2D, Tensor2D] => {
      // The views' own networks have 0 and 1.
      const of = (z: Tensor2D, index: number): Tensor2D =>
        predictor.apply(params.predictor, z, inTraining(predictor, key, index)) as Tensor2D;
      return [of(z1, 2), of(z2, 3)];
    },
    /** All three networks, the predictor on what the calibrated projector gives. */
    calibrate: (params: Predicting<E, P, Q>, x: Tensor): Predicting<E, P, Q> =>
      tree.tidy(() => {
        const fixed = shared.calibrate(params, x);
        return {
          ...fixed,
          predictor: calibrate(predictor, params.predictor, shared.project(fixed, x)),
        };
      }),
  };
}
