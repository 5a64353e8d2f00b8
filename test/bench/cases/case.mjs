/**
 * What a case of the benchmark is: the arithmetic of one step, as a function of pytrees, and the
 * data to run it on.
 */
import { optim, valueAndGrad } from 'dark-matter';

/** @typedef {import('dark-matter').Tensor} Tensor */
/** @typedef {import('dark-matter').Key} Key */
/** @typedef {any} Tree A pytree of tensors: each case knows its own. */
/** @typedef {{ params: Tree, batch: Tree }} Drawn */
/** @typedef {(state: Tree, batch: Tree) => { state: Tree, loss: Tensor }} Step */

/**
 * @typedef {object} Case
 * @property {string} name as in `npm run bench -- NAME`
 * @property {string} title what it computes, with its sizes
 * @property {(key: Key) => Drawn} draw the weights and the batch, the same for every peer
 * @property {(params: Tree) => Tree} start the state before the first step
 * @property {Step} step
 * @property {Step} [check] the step by which peers are compared, where the timed one draws random
 * numbers: every peer has a generator of its own
 */

const adam = optim.adam({ learningRate: 1e-3 });

/** Parameters with the averages that Adam keeps of them. @param {Tree} params */
export const learner = (params) => ({ params, moments: adam.init(params) });

/**
 * One step of Adam down a loss.
 *
 * @param {{ params: Tree, moments: Tree }} state
 * @param {(params: Tree) => Tensor} loss
 */
export function descend({ params, moments }, loss) {
  const { value, grads } = valueAndGrad(
    (/** @type {Tree} */ p) => ({ value: /** @type {any} */ (loss(p)), aux: [] }),
    params,
  );
  const { updates, state } = adam.update(grads, moments, params);
  return { state: { params: optim.applyUpdates(params, updates), moments: state }, loss: value };
}

/**
 * A case that does nothing else: a loss, its gradient, and Adam.
 *
 * @param {Pick<Case, 'name' | 'title' | 'draw'> & { loss: (params: Tree, batch: Tree) => Tensor }}
 * parts
 * @returns {Case}
 */
export const training = ({ loss, ...rest }) => ({
  ...rest,
  start: learner,
  step: (state, batch) => descend(state, (params) => loss(params, batch)),
});

/**
 * Two views of the same points: the second with a little noise.
 * @param {Tensor} x
 * @param {Tensor} noise
 */
export const twoViews = (x, noise) => ({ x1: x, x2: x.add(noise.mul(0.1)) });
