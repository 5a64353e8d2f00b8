/**
 * 60 Langevin steps of 64 walks on an energy of 28x28 images, a network of dense layers (Du and
 * Mordatch 2019).
 */
import { energy, nn, random } from 'dark-matter';

const network = nn.mlp([784, 256, 256, 1], { activation: nn.silu });

/** @param {number} noise of a step @returns {import('./case.mjs').Step} */
const walk =
  (noise) =>
  ({ key }, { weights, from }) => {
    const [forWalk, next] = random.split(key);
    const F = (u) => network.apply(weights, u).reshape([64]);
    const u = energy.langevin(F, from, forWalk, { steps: 60, stepSize: 0.1, noise, range: [0, 1] });
    return { state: { key: next }, loss: F(u).mean() };
  };

/** @type {import('./case.mjs').Case} */
export default {
  name: 'langevin',
  title: '60 Langevin steps, 64 walks of 784 dimensions, energy 784-256-256-1',
  draw: (key) => {
    const [forNetwork, forStart] = random.split(key);
    return {
      params: {},
      batch: { weights: network.init(forNetwork), from: random.uniform(forStart, [64, 784]) },
    };
  },
  start: () => ({ key: random.key(1) }),
  step: walk(0.01),
  check: walk(0),
};
