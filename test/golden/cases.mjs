// @ts-check
/**
 * Golden values: losses and gradients that other people's code computed in float64, held against
 * ours.
 *
 * A file holds `cases`, each { name, params, inputs, loss?, result?, grads? }. For each name the
 * table below says how our library computes it. Gradients are taken with respect to every input
 * that `grads` lists.
 */
import { contrastive, energy, latent, measure, noncontrastive, tf } from 'dark-matter';

/** @typedef {import('@tensorflow/tfjs-core').Tensor} Tensor */
/**
 * @typedef {{ name: string, source: string, params: Record<string, any>, inputs: Record<string, any>, loss?: number, result?: any, grads?: Record<string, any> }} Case
 */
/**
 * @typedef {(inputs: Record<string, any>, params: Record<string, any>) => Tensor | number} Compute
 */

/** Ours, by the case's name. @type {Record<string, Compute>} */
export const computations = {
  'nt-xent': ({ z1, z2 }, { temperature }) => contrastive.ntXentLoss(z1, z2, { temperature }),
  'vicreg-official': ({ z1, z2 }, { eps, ...weights }) =>
    noncontrastive.vicregLoss(z1, z2, { ...weights, epsilon: eps, convention: 'official' }),
  'vicreg-paper': ({ z1, z2 }, { eps, ...weights }) =>
    noncontrastive.vicregLoss(z1, z2, { ...weights, epsilon: eps, convention: 'paper' }),
  'decoupled-contrastive': ({ z1, z2 }, { temperature }) =>
    contrastive.decoupledContrastiveLoss(z1, z2, { temperature }),
  'moco-queue': ({ query, key, queue }, { temperature }) =>
    contrastive.infoNceLoss(query, key, queue, { temperature }),
  triplet: ({ a, p, n }, { margin }) => contrastive.tripletLoss(a, p, n, { margin }),
  'contrastive-pair': ({ x, y }, { margin, same }) =>
    contrastive.pairMarginLoss(x, y, tf.tensor1d(same), { margin }),
  'negative-cosine': ({ p, z }) => energy.negativeCosine(p, z),
  // The case's note says eps 0, but its gradients are those of the peer's batch norm, whose epsilon
  // is 1e-5: with that we agree to 1e-6, with 0 only to 3e-5.
  'barlow-twins': ({ z1, z2 }, { lambda_ }) =>
    noncontrastive.barlowTwinsLoss(z1, z2, { lambda: lambda_, epsilon: 1e-5 }),
  simsiam: ({ p1, p2, z1, z2 }) => noncontrastive.simsiamLoss(p1, p2, z1, z2),
  byol: ({ p1, p2, t1, t2 }) => noncontrastive.byolLoss(p1, p2, t1, t2),
  sinkhorn: ({ scores }, { iterations, epsilon }) =>
    noncontrastive.sinkhorn(scores, { iterations, epsilon }),
  swav: ({ high1, high2, low1 }, options) =>
    noncontrastive.swavLoss([high1, high2, low1], 2, options),
  'vae-kl': ({ mu, logvar }) => latent.gaussianKl(mu, logvar).mean(),
  'lasso-codes': ({ x, dictionary }, { alpha }) =>
    latent.fista(x, dictionary, { alpha, iterations: 2000 }),
  // The peers' critic gives logits, which are minus the energy.
  'gan-discriminator': ({ real, fake }) =>
    contrastive.originalGan.critic(real.neg().reshape([-1]), fake.neg().reshape([-1])),
  alignment: ({ x, y }) => measure.alignment(x, y),
  uniformity: ({ x }) => measure.uniformity(x),
  rankme: ({ z }) => measure.effectiveRank(z),
};

/**
 * The largest relative error of one case, over its value and each gradient: |ours - theirs| /
 * max(1e-3, |theirs|), the largest entry of an array standing for all of it (an entry near zero is
 * as uncertain as its neighbours).
 *
 * @param {Case} golden
 * @returns {{ quantity: string, error: number }[]}
 */
export function errorsOf(golden) {
  const compute = computations[golden.name];
  if (!compute)
    throw new Error(
      `golden: no computation is known for "${golden.name}" (known: ${Object.keys(computations).join(', ')})`,
    );
  const inputs = Object.fromEntries(
    Object.entries(golden.inputs).map(([name, values]) => [name, tf.tensor(values)]),
  );
  try {
    const errors = [];
    const expected = golden.loss ?? golden.result;
    errors.push({
      quantity: golden.loss === undefined ? 'result' : 'loss',
      error: relativeError(read(compute(inputs, golden.params)), [expected].flat(9)),
    });
    const names = Object.keys(golden.grads ?? {});
    if (names.length > 0) {
      const gradients = tf.grads((...some) => {
        const changed = {
          ...inputs,
          ...Object.fromEntries(names.map((name, i) => [name, some[i]])),
        };
        // An input without a gradient (behind a stop-gradient) would make tf.grads throw: touch
        // each with a zero.
        const touch = some.reduce(
          (sum, t) => sum.add(t.sum().mul(0)),
          /** @type {Tensor} */ (tf.scalar(0)),
        );
        return /** @type {Tensor} */ (compute(changed, golden.params)).add(touch);
      })(names.map((name) => inputs[name]));
      names.forEach((name, i) =>
        errors.push({
          quantity: `d/d${name}`,
          error: relativeError(read(gradients[i]), expectedGradient(golden, name)),
        }),
      );
      tf.dispose(gradients);
    }
    return errors;
  } finally {
    tf.dispose(inputs);
  }
}

/**
 * The peers' gradient; null says that none flows, which is to be exactly zero here.
 * @param {Case} golden
 * @param {string} name
 */
function expectedGradient(golden, name) {
  return (golden.grads?.[name] ?? golden.inputs[name].flat(9).fill(0)).flat(9);
}

/** @param {Tensor | number} value */
function read(value) {
  if (typeof value === 'number') return [value];
  const data = [...value.dataSync()];
  value.dispose();
  return data;
}

/** @param {number[]} ours @param {number[]} theirs */
function relativeError(ours, theirs) {
  if (ours.length !== theirs.length) return Infinity;
  const scale = Math.max(1e-3, ...theirs.map(Math.abs));
  const worst = Math.max(
    ...ours.map((value, i) => Math.abs(value - /** @type {number} */ (theirs[i]))),
  );
  return Number.isNaN(worst) ? Infinity : worst / scale;
}
