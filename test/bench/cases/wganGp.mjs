/**
 * WGAN-GP (Gulrajani et al. 2017): a step of the critic, whose gradient penalty takes a gradient of
 * a gradient, then one of the generator.
 */
import { contrastive, nn, random, tf } from 'dark-matter';
import { descend, learner } from './case.mjs';

const batch = 64,
  pixels = 784,
  dim = 32;
const critic = nn.mlp([pixels, 256, 256, 1], { activation: () => nn.leakyRelu(0.2) });
const generator = nn.mlp([dim, 256, 256, pixels]);
const energy = (params, x) => critic.apply(params, x).reshape([batch]);
const samples = (params, z) => generator.apply(params, z).sigmoid();
const { wasserstein } = contrastive;

/** mean ( ||grad F|| - 1 )^2 between the real and the generated. */
const penalty = (params, real, fake, between) => {
  const slope = tf.grad((u) => energy(params, u).sum())(real.add(fake.sub(real).mul(between)));
  return slope.square().sum(1).add(1e-12).sqrt().sub(1).square().mean();
};

/** @type {import('./case.mjs').Case} */
export default {
  name: 'wgan-gp',
  title: 'WGAN-GP, batch 64 x 784, critic 784-256-256-1, generator 32-256-256-784',
  draw: (key) => {
    const [forCritic, forGenerator, forX, forZ, forBetween] = random.split(key, 5);
    return {
      params: { critic: critic.init(forCritic), generator: generator.init(forGenerator) },
      batch: {
        x: random.uniform(forX, [batch, pixels]),
        z: random.normal(forZ, [batch, dim]),
        between: random.uniform(forBetween, [batch, 1]),
      },
    };
  },
  start: (params) => ({ critic: learner(params.critic), generator: learner(params.generator) }),
  step: (state, { x, z, between }) => {
    const fake = samples(state.generator.params, z);
    const criticStep = descend(state.critic, (params) =>
      wasserstein
        .critic(energy(params, x), energy(params, fake))
        .add(penalty(params, x, fake, between).mul(10)),
    );
    const generatorStep = descend(state.generator, (params) =>
      wasserstein.generator(energy(criticStep.state.params, samples(params, z))),
    );
    return {
      state: { critic: criticStep.state, generator: generatorStep.state },
      loss: criticStep.loss.add(generatorStep.loss),
    };
  },
};
