// @ts-check
/**
 * The README's picture: the energies that methods of the library learn from the same points, as
 * they came out.
 *
 *   node docs/energies.mjs [FILE]        default: docs/energies.png; after `npm run setup`; about a
 * minute
 *
 * All are drawn as -log p on one scale: an energy F, plus log Z of exp(-F) over the square. The
 * truth is known exactly, so beside each name stands how many nats it is away.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  contrastive,
  data,
  energy,
  latent,
  measure,
  nn,
  optim,
  plot,
  random,
  schedule,
  tf,
  train,
} from 'dark-matter';

const file = process.argv[2] ?? fileURLToPath(new URL('energies.png', import.meta.url));
const seed = 0;
const toy = data.toys.pinwheel;
const points = toy.sample(random.key(seed), 20_000);
const [low, high] = toy.bounds;
/** The noise that a squared error is measured by, where a method predicts points. */
const std = 0.2;

/** @param {number} from @param {number} to */
const mlp = (from, to) => nn.mlp([from, 96, 96, 96, to], { activation: nn.silu });
const walk = { steps: 5, stepSize: 0.03, clipSlope: 20, range: /** @type {const} */ ([low, high]) };
const vae = latent.vae({
  encoder: mlp(2, 4),
  decoder: mlp(2, 2),
  likelihood: { kind: 'gaussian', std },
});
const centres = measure.kMeans(points, 20, random.key(seed)).centres;

/**
 * @typedef {import('dark-matter').Method<any, any, { x: import('dark-matter').Tensor }>} AnyMethod
 */
/** @typedef {(u: import('dark-matter').Tensor2D) => import('dark-matter').Tensor1D} Energy */

/**
 * @param {AnyMethod} method
 * @param {number} steps
 * @param {number} [from]
 * @returns {Promise<any>}
 */
async function learn(method, steps, from = 4e-3) {
  const optimizer = optim.adam({ learningRate: schedule.cosine({ from, steps }) });
  return (
    await train({
      method,
      data: { x: points },
      batch: 256,
      steps,
      seed,
      optimizer,
      display: 'none',
    })
  ).params;
}

/**
 * @param {AnyMethod} method
 * @param {number} steps
 * @param {number} [from]
 * @returns {Promise<Energy>}
 */
async function learnt(method, steps, from) {
  const params = await learn(method, steps, from);
  return (u) => /** @type {any} */ (method).energy(params, u, u);
}

/** @type {[name: string, mechanism: string, make: () => Promise<Energy>][]} */
const panels = [
  ['The truth', 'a density known exactly', async () => (u) => toy.logDensity(u).neg()],
  [
    'Push down only',
    'nothing holds it up: flat',
    () => learnt(energy.pushDown({ network: nn.sequential([mlp(2, 1), nn.softplus()]) }), 1000),
  ],
  [
    'Contrastive divergence',
    'up where its walks go',
    () =>
      learnt(
        contrastive.persistentDivergence({
          network: mlp(2, 1),
          walk,
          size: 1024,
          start: (key, n) => random.uniform(key, [n, 2], low, high),
        }),
        600,
        3e-3,
      ),
  ],
  [
    'Noise-contrastive',
    'up on noise',
    () => learnt(contrastive.nce({ network: mlp(2, 1), bounds: toy.bounds }), 1500),
  ],
  [
    'Score matching',
    'its slope points home',
    () => learnt(contrastive.scoreMatching({ network: mlp(2, 1), sigma: 0.15 }), 1500),
  ],
  [
    'GAN',
    'up on what it makes',
    () =>
      learnt(
        contrastive.gan({ critic: mlp(2, 1), generator: mlp(8, 2), latent: 8, penalty: 0.1 }),
        1500,
        1e-3,
      ),
  ],
  [
    'VAE',
    'a fuzzy latent',
    async () => {
      const params = await learn(vae, 2000);
      // In parts: each point is decoded 256 times.
      return (u) =>
        tf.tidy(() =>
          tf.concat(
            tf.split(u, 30).map((part) => vae.freeEnergy(params, part, random.key(seed), 256)),
          ),
        );
    },
  ],
  [
    'k-means',
    'a latent of 20 codes',
    async () => (u) =>
      tf.tidy(() =>
        energy.freeEnergy(
          u
            .expandDims(1)
            .sub(centres)
            .square()
            .sum(2)
            .div(2 * std ** 2),
        ),
      ),
  ],
];

const resolution = 150;
/** @type {import('dark-matter').energy.EnergyGrid | undefined} */
let truth;
const drawn = [];
for (const [name, mechanism, make] of panels) {
  const began = performance.now();
  const grid = energy.energyOnGrid(await make(), toy.bounds, resolution);
  truth ??= grid;
  const nats = energy.klOnGrid(truth, grid);
  const logZ = energy.logPartition(grid);
  console.log(
    `${name.padEnd(24)} ${nats.toFixed(2)} nats from the truth, ${((performance.now() - began) / 1000).toFixed(1)} s`,
  );
  const surface = plot.energySurface(
    { ...grid, energy: grid.energy.map((row) => row.map((f) => f + logZ)) },
    { domain: [1.5, 10], steps: 24, width: 210 },
  );
  drawn.push(
    panel(
      name,
      name === 'The truth' ? mechanism : `${mechanism} · ${nats.toFixed(2)} nats`,
      surface,
    ),
  );
}

/**
 * The landscape alone: no axes, no legend.
 * @param {string} title
 * @param {string} subtitle
 * @param {import('dark-matter').plot.Chart} surface
 */
function panel(title, subtitle, surface) {
  const { data: corners, mark, encoding } = /** @type {any} */ (surface.spec).layer[0];
  return {
    title: { text: title, subtitle, frame: 'group' },
    width: surface.spec.width,
    height: surface.spec.height,
    data: corners,
    mark,
    encoding: { ...encoding, x: { ...encoding.x, axis: null }, y: { ...encoding.y, axis: null } },
  };
}

// A dark ground is at home on a light page and on a dark one.
const chart = plot.chart({
  columns: 4,
  concat: drawn,
  spacing: { row: 22, column: 18 },
  config: {
    background: '#12141c',
    padding: 22,
    title: {
      color: '#f2f2f2',
      subtitleColor: '#b9bdc9',
      subtitleFontSize: 11,
      offset: 7,
      anchor: 'start',
    },
  },
});
writeFileSync(file, await chart.png());
