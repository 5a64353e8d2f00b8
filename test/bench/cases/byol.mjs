/**
 * BYOL (Grill et al. 2020): a predictor foretells the embedding by a moving average of its own
 * network.
 */
import { ema, nn, noncontrastive, random, tree } from 'dark-matter';
import { descend, learner, twoViews } from './case.mjs';

const encoder = nn.mlp([64, 256, 256, 64]);
const predictor = nn.mlp([64, 256, 64]);

/** @type {import('./case.mjs').Case} */
export default {
  name: 'byol',
  title: 'BYOL with EMA, batch 256, 64-256-256-64, predictor 64-256-64',
  draw: (key) => {
    const [forEncoder, forPredictor, forX, forNoise] = random.split(key, 4);
    const batch = twoViews(random.normal(forX, [256, 64]), random.normal(forNoise, [256, 64]));
    return {
      params: { encoder: encoder.init(forEncoder), predictor: predictor.init(forPredictor) },
      batch,
    };
  },
  start: (params) => ({
    online: learner(params),
    target: tree.map((leaf) => leaf.mul(0.9), params.encoder),
  }),
  step: ({ online, target }, { x1, x2 }) => {
    const targets = [x1, x2].map((x) => encoder.apply(target, x));
    const { state, loss } = descend(online, (params) => {
      const [p1, p2] = [x1, x2].map((x) =>
        predictor.apply(params.predictor, encoder.apply(params.encoder, x)),
      );
      return noncontrastive.byolLoss(p1, p2, ...targets);
    });
    return { state: { online: state, target: ema(target, state.params.encoder, 0.99) }, loss };
  },
};
