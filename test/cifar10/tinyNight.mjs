// @ts-check
/** node tinyNight.mjs FOLDER RESULTS [RATES]: the study of CIFAR-10 on sixty pictures of 8 x 8 pixels. */
import { random, tf } from 'dark-matter';
import { night } from '../../kernel-setup/cifar10/night.mjs';

const [folder = '', results = '', rates = '0.001,0.01'] = process.argv.slice(2);

/** Ten classes, each with a colour of its own. @param {number} n @param {number} seed */
function pictures(n, seed) {
  const labels = Int32Array.from({ length: n }, (_, i) => i % 10);
  const colors = random.uniform(random.key(99), [10, 1, 1, 3]);
  const noise = random.uniform(random.key(seed), [n, 8, 8, 3]).mul(0.5);
  const classes = tf.tensor1d(labels, 'int32');
  return {
    images: tf
      .gather(colors, classes)
      .add(noise)
      .mul(2 / 3),
    labels: classes,
  };
}

await night(
  /** @type {any} */ ({ train: pictures(60, 0), test: pictures(30, 1) }),
  {
    seeds: [0, 1],
    cpuMinutes: 1,
    steps: 6,
    width: 4,
    batch: 10,
    validation: 20,
    rates: rates.split(',').map(Number),
    tuning: 0.5,
    methods: ['SimCLR', 'supervised'],
    note: 'tiny',
  },
  { folder, results, codeHash: 'c', every: 2 },
);
