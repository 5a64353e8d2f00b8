/** SimCLR's loss on two views through a small network of dense layers (Chen et al. 2020). */
import { contrastive, nn, random } from 'dark-matter';
import { training, twoViews } from './case.mjs';

/** @param {number} batch @param {number[]} sizes of the layers, from input to embedding */
const ntXent = (batch, sizes) => {
  const network = nn.mlp(sizes);
  return training({
    name: `ntxent-${batch}`,
    title: `NT-Xent MLP, batch ${batch}, ${sizes.join('-')}`,
    draw: (key) => {
      const [forNetwork, forX, forNoise] = random.split(key, 3);
      const shape = [batch, sizes[0]];
      return {
        params: network.init(forNetwork),
        batch: twoViews(random.normal(forX, shape), random.normal(forNoise, shape)),
      };
    },
    loss: (params, { x1, x2 }) =>
      contrastive.ntXentLoss(network.apply(params, x1), network.apply(params, x2)),
  });
};

export default [
  ntXent(64, [64, 128, 128, 32]),
  ntXent(256, [64, 256, 256, 64]),
  ntXent(1024, [784, 512, 512, 128]),
];
