// @ts-check
/**
 * The figures of docs/emoji.md: SimCLR and VICReg on pairs of drawings, beside raw pixels, principal
 * components, k-means on patches and the untrained encoder, over five seeds.
 *
 *   node docs/emoji.mjs pairs [STEPS]        after `npm run setup`; results/emoji-pairs.jsonl
 *   node docs/emoji.mjs unseen [STEPS]       learned without OpenMoji; results/emoji-unseen.jsonl
 *
 * STEPS of each training, default 600: 20 s on two idle cores. Settings were tuned with one seed on a
 * validation part of the training ideas (`data.emoji({ validation: 200 })`).
 */
import {
  augment,
  baselines,
  contestant,
  contrastive,
  data,
  emojiTasks,
  judgeEmoji,
  nn,
  noncontrastive,
  optim,
  random,
  schedule,
  study,
  tf,
} from 'dark-matter';

/** @typedef {import('dark-matter').Tensor4D} Tensor4D */

const [, , part = 'pairs', given = '600'] = process.argv;
if (part !== 'pairs' && part !== 'unseen')
  throw new Error(`'${part}' given, 'pairs' or 'unseen' expected`);
const steps = Number(given);
const [batch, width, features] = [128, 32, 256];
const encoder = nn.smallConvNet({ width, features, channels: 3, side: 32 });

/** @param {number} dim */
const projector = (dim) =>
  nn.sequential([
    nn.batchNorm(features),
    nn.relu(),
    nn.dense(features, features),
    nn.batchNorm(features),
    nn.relu(),
    nn.dense(features, dim),
  ]);

/**
 * Each image's colours brighter or paler, channel by channel, and a fifth of the images grey.
 *
 * @param {Tensor4D} images
 * @param {random.Key} key
 */
function recolored(images, key) {
  const [forGains, forGrey] = random.split(key);
  const n = images.shape[0];
  const gains = random.uniform(forGains, [n, 1, 1, 3], 0.7, 1.3);
  const grey = random.bernoulli(forGrey, 0.2, [n, 1, 1, 1]).toFloat();
  const ink = images.mul(gains).clipByValue(0, 1);
  return /** @type {Tensor4D} */ (ink.add(ink.mean(3, true).sub(ink).mul(grey)));
}

/** Turned, sized and moved a little; what comes in from outside is 0. */
const moved = augment.compose(
  augment.scale([0.85, 1.2]),
  augment.rotate(8),
  augment.shift(0.06),
  recolored,
);

/**
 * Two drawings of each idea by different artists: both mirrored, or neither; then each moved and
 * recoloured by itself. Outside a picture it is white, so all of this is done on what is missing to
 * white.
 *
 * @param {Record<string, Tensor4D>} images by artist
 * @param {random.Key} key
 */
function views(images, key) {
  const [forArtists, forBoth, first, second] = random.split(key, 4);
  const { x, y } = data.artistPair(images, forArtists);
  const mirrored = random.bernoulli(forBoth, 0.5, [x.shape[0], 1, 1, 1]).toFloat();
  /** @param {Tensor4D} drawn @param {random.Key} own */
  const view = (drawn, own) => {
    const turned = tf.add(drawn, tf.sub(tf.reverse(drawn, 2), drawn).mul(mirrored));
    return tf.sub(1, moved(/** @type {Tensor4D} */ (tf.sub(1, turned)), own));
  };
  return { x1: view(x, first), x2: view(y, second) };
}

const set = await data.emoji();
const learned = part === 'pairs' ? set : data.unseenArtist(set, 'openmoji');
const tasks = emojiTasks(learned);

/** @param {import('dark-matter').energy.JointEmbeddingMethod<any>} method */
const learn = (method) =>
  contestant(method, {
    data: /** @type {Record<string, Tensor4D>} */ (learned.train.images),
    augment: views,
    batch,
    steps,
    optimizer: optim.adam({ learningRate: schedule.cosine({ from: 2e-3, steps }) }),
  });

const result = await study({
  name: 'emoji',
  part,
  budget: 'full',
  contestants: {
    SimCLR: learn(contrastive.simclr({ encoder, projector: projector(128), temperature: 0.1 })),
    VICReg: learn(noncontrastive.vicreg({ encoder, projector: projector(256) })),
    ...baselines({ encoder, features, components: 64 }),
  },
  data: tasks.data,
  also: tasks.also,
  judge: (embedded) =>
    judgeEmoji(embedded, {
      artists: set.artists,
      groups: set.test.groups,
      ...(part === 'unseen' && { unseen: 'openmoji' }),
    }),
  settings: { width, features, split: 'seed 0, 400 ideas' },
});
for (const row of result.rows()) console.log(row);
