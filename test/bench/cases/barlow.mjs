/**
 * Barlow Twins (Zbontar et al. 2021) on two batches of images through a small convolutional
 * network.
 */
import { nn, noncontrastive, random, tf } from 'dark-matter';
import { training } from './case.mjs';

const conv = (inputs, outputs, stride) => nn.conv2d(inputs, outputs, 3, { stride, bias: false });
const network = nn.sequential({
  conv1: conv(1, 16, 2),
  act1: nn.relu(),
  conv2: conv(16, 32, 2),
  act2: nn.relu(),
  conv3: conv(32, 64, 1),
  act3: nn.relu(),
  pool: nn.fromFunction('pool', (x) => tf.avgPool(x, 2, 2, 'same')),
  flatten: nn.flatten(),
  dense1: nn.dense(1024, 128, { bias: false }),
  act4: nn.relu(),
  dense2: nn.dense(128, 128, { bias: false }),
});

export default training({
  name: 'barlow-cnn',
  title: 'Barlow Twins CNN, 2 x 128 x 28x28',
  draw: (key) => {
    const [forNetwork, forX1, forX2] = random.split(key, 3);
    const shape = [128, 28, 28, 1];
    return {
      params: network.init(forNetwork),
      batch: { x1: random.uniform(forX1, shape), x2: random.uniform(forX2, shape) },
    };
  },
  loss: (params, { x1, x2 }) =>
    noncontrastive.barlowTwinsLoss(network.apply(params, x1), network.apply(params, x2)),
});
