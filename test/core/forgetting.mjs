/**
 * What is forgotten instead of disposed of, in a process of its own (run with --expose-gc). Prints
 * the counts that test/core/forgotten.test.ts expects something of.
 */
import { nn, random, tf, train, tree } from 'dark-matter';

const turn = () => new Promise((done) => setTimeout(done, 10));
async function collected() {
  for (let i = 0; i < 3; i++) {
    await gc({ type: 'major', execution: 'async' });
    await turn();
  }
  return tf.memory();
}
const native = () => tf.backend().binding.getNumOfTensors();

// A cell that makes data and trains, run again and again.
const net = nn.dense(4, 2);
const method = {
  name: 'regression',
  mechanism: 'supervised',
  init: (key) => ({ params: net.init(key), state: {} }),
  objective: (params, { x, y }) => ({
    loss: net.apply(params, x).sub(y).square().mean(),
    metrics: {},
    state: {},
  }),
};
async function cell(seed) {
  const data = { x: random.normal(random.key(seed), [64, 4]), y: tf.ones([64, 2]) };
  return train({ method, data, batch: 16, steps: 3, seed, display: 'none', mode: 'graph' });
}
await cell(0);
const once = await collected();
const handlesOnce = native();
for (let run = 0; run < 100; run++) await cell(run);
const hundredfold = await collected();
const handlesHundredfold = native();

// What is held stays, however it is held: plainly, by a clone, kept in a scope, as a result.
const [plain, cloned] = [tf.scalar(1), tf.scalar(2).clone()];
let kept;
tf.tidy(() => void (kept = tf.keep(tf.scalar(3))));
const result = tf.tidy(() => ({ inner: tf.tidy(() => tf.scalar(4)) }));
const variable = tf.variable(tf.scalar(5));
variable.assign(tf.scalar(6));
const { grads } = tf.valueAndGrads((t) => t.square().sum())([plain]);
await collected();
const values = tree
  .leaves([plain, cloned, kept, result])
  .concat(variable, grads)
  .map((tensor) => tensor.dataSync()[0]);

// Disposed of, then collected: counted down once.
const before = await collected();
(() => tf.ones([10, 10]).dispose())();
(() => {
  const x = tf.ones([10, 10]);
  x.clone(); // shares the numbers
  x.dispose();
})();
const after = await collected();

// Nobody asks for a collection: their size does.
let most = 0;
for (let i = 0; i < 200; i++) {
  tf.fill([1024, 1024], i);
  await turn();
  most = Math.max(most, tf.memory().numBytes / 2 ** 20);
}
let mostScalars = 0;
for (let i = 0; i < 300; i++) {
  for (let k = 0; k < 1000; k++) tf.scalar(k);
  await turn();
  mostScalars = Math.max(mostScalars, tf.memory().numTensors);
}

console.log(
  JSON.stringify({
    once: [once.numTensors, once.numBytes, once.numDataBuffers, handlesOnce],
    hundredfold: [
      hundredfold.numTensors,
      hundredfold.numBytes,
      hundredfold.numDataBuffers,
      handlesHundredfold,
    ],
    values,
    freed: [after.numTensors - before.numTensors, after.numBytes - before.numBytes],
    most,
    mostScalars,
  }),
);
