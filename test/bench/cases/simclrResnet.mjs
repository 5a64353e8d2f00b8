/**
 * SimCLR (Chen et al. 2020) on two batches of colour images through ResNet-8 (He et al. 2016,
 * section 4.2) with batch normalisation and a projector.
 */
import { contrastive, nn, random } from 'dark-matter';
import { training } from './case.mjs';

const network = nn.sequential({
  encoder: nn.resnet({ channels: 3 }),
  projector: nn.projector([64, 64, 64]),
});

export default training({
  name: 'simclr-resnet8',
  title: 'SimCLR ResNet-8, 2 x 64 x 32x32x3',
  draw: (key) => {
    const [forNetwork, forX1, forX2] = random.split(key, 3);
    const shape = [64, 32, 32, 3];
    return {
      params: network.init(forNetwork),
      batch: { x1: random.uniform(forX1, shape), x2: random.uniform(forX2, shape) },
    };
  },
  loss: (params, { x1, x2 }) =>
    contrastive.ntXentLoss(network.apply(params, x1), network.apply(params, x2)),
});
