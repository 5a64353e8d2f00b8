/**
 * SwAV's swapped prediction (Caron et al. 2020): balanced assignments to prototypes by three rounds
 * of Sinkhorn-Knopp.
 */
import { nn, noncontrastive, random, tf } from 'dark-matter';
import { training, twoViews } from './case.mjs';

const encoder = nn.mlp([64, 256, 256, 128]);
const unit = nn.unitSphere();
/** Cosines of the embeddings and 64 prototypes. */
const scores = (params, x) =>
  tf.matMul(unit.apply({}, encoder.apply(params.encoder, x)), params.prototypes);

export default training({
  name: 'swav',
  title: 'SwAV with Sinkhorn, batch 256, 64-256-256-128, 64 prototypes',
  draw: (key) => {
    const [forEncoder, forPrototypes, forX, forNoise] = random.split(key, 4);
    const prototypes = tf.transpose(unit.apply({}, random.normal(forPrototypes, [64, 128])));
    const batch = twoViews(random.normal(forX, [256, 64]), random.normal(forNoise, [256, 64]));
    return { params: { encoder: encoder.init(forEncoder), prototypes }, batch };
  },
  loss: (params, { x1, x2 }) =>
    noncontrastive.swavLoss([scores(params, x1), scores(params, x2)], 2),
});
