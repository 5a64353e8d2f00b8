import type { Tensor, Tensor1D } from '../core/engine';
import type { Layer } from '../nn';

/** The energy that a network [batch, ...] -> [batch, 1] gives: (params, u) -> [batch]. */
export const networkEnergy = <P>(network: Layer<P>) => (params: P, u: Tensor): Tensor1D =>
  network.apply(params, u).reshape([u.shape[0]!]) as Tensor1D;
