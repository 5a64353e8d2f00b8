/**
 * A beta-VAE (Higgins et al. 2017) with convolutions: 28x28 images, a latent of 16 dimensions, beta
 * 4.
 */
import { latent, nn, random, tf } from 'dark-matter';
import { training } from './case.mjs';

const beta = 4,
  batch = 64,
  dim = 16;
const encoder = nn.sequential({
  conv1: nn.conv2d(1, 16, 4, { stride: 2 }),
  act1: nn.relu(),
  conv2: nn.conv2d(16, 32, 4, { stride: 2 }),
  act2: nn.relu(),
  flatten: nn.flatten(),
  dense: nn.dense(7 * 7 * 32, 2 * dim),
});
const decoder = nn.sequential({
  dense: nn.dense(dim, 7 * 7 * 32),
  act1: nn.relu(),
  images: nn.fromFunction('images', (x) => x.reshape([-1, 7, 7, 32])),
  conv1: nn.transposedConv2d(32, 16, 4, { stride: 2 }),
  act2: nn.relu(),
  conv2: nn.transposedConv2d(16, 1, 4, { stride: 2 }),
});

export default training({
  name: 'beta-vae',
  title: 'beta-VAE, convolutions 1-16-32 and back, batch 64 x 28x28',
  draw: (key) => {
    const [forEncoder, forDecoder, forX, forNoise] = random.split(key, 4);
    return {
      params: { encoder: encoder.init(forEncoder), decoder: decoder.init(forDecoder) },
      batch: {
        x: random.uniform(forX, [batch, 28, 28, 1]),
        noise: random.normal(forNoise, [batch, dim]),
      },
    };
  },
  loss: (params, { x, noise }) => {
    const [mean, logVariance] = tf.split(encoder.apply(params.encoder, x), 2, 1);
    const z = mean.add(logVariance.div(2).exp().mul(noise));
    const logits = decoder.apply(params.decoder, z);
    // -log p(x | z) of a Bernoulli variable for each pixel: softplus(logit) - x logit
    const reconstruction = tf.softplus(logits).sub(x.mul(logits)).sum([1, 2, 3]);
    return reconstruction.add(latent.gaussianKl(mean, logVariance).mul(beta)).mean();
  },
});
