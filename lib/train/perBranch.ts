import * as tree from '../core/pytree';
import type { AnyOptimizer, Optimizer } from './optimizers';

/**
 * An optimiser for each branch of the parameters' record (optax's `multi_transform`): a GAN's
 * critic and generator with rates of their own (Heusel et al. 2017), a backbone and its head.
 * `perBranch({ critic: adam(...), generator: adam(...) })`.
 *
 * @throws when the parameters have other branches than there are optimisers.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { optim, tf } from 'dark-matter';
 * const [params, grads] = [{ w: tf.tensor1d([1, 2]) }, { w: tf.tensor1d([1, -1]) }];
 * const optimizer = optim.perBranch({ w: optim.sgd({ learningRate: 0.1 }) });
 * const { updates } = optimizer.update(grads, optimizer.init(params), params);
 * // Down where the gradient points up.
 * assert.ok(updates.w.dataSync()[0] < 0 && updates.w.dataSync()[1] > 0);
 * ```
 */
export function perBranch(
  optimizers: Readonly<Record<string, AnyOptimizer>>,
): Optimizer<Readonly<Record<string, unknown>>> {
  const names = Object.keys(optimizers);
  const expectBranches = (params: unknown): Record<string, unknown> => {
    const given = Object.keys(params as object);
    if (given.length === names.length && names.every((name) => given.includes(name)))
      return params as Record<string, unknown>;
    throw new Error(
      `perBranch: optimisers for ${names.join(', ')} given, for ${given.join(', ')} expected`,
    );
  };
  return {
    name: 'perBranch',
    options: optimizers,
    init: (params) => {
      const branches = expectBranches(params);
      return Object.fromEntries(
        names.map((name) => [name, optimizers[name]!.init(branches[name])]),
      );
    },
    update: <P>(grads: P, state: Readonly<Record<string, unknown>>, params: P) =>
      tree.tidy(() => {
        const [g, p] = [expectBranches(grads), expectBranches(params)];
        const results = names.map((name) =>
          optimizers[name]!.update(g[name], state[name] as never, p[name]),
        );
        return {
          updates: Object.fromEntries(names.map((name, i) => [name, results[i]!.updates])) as P,
          state: Object.fromEntries(names.map((name, i) => [name, results[i]!.state])),
        };
      }),
  };
}
