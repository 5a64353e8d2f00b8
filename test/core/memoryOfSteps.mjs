/**
 * What 10,000 compiled steps leave behind, in a process of their own, as the resident set of one
 * that runs many tests moves by itself. Prints the growth of each 5,000 in MB, and how many tensors
 * came to stay. Argument: graph or xla.
 */
import { compile, optim, random, tf, tree } from 'dark-matter';

const optimizer = optim.adam({ learningRate: 0.01 });

const step = compile(
  (params, state, key, x, y) => {
    const [next, noise] = random.split(key);
    const loss = (w, b) =>
      x
        .add(random.normal(noise, x.shape, 0, 0.1))
        .matMul(w)
        .add(b)
        .tanh()
        .sub(y)
        .square()
        .mean();
    const {
      value,
      grads: [w, b],
    } = tf.valueAndGrads(loss)([params.w, params.b]);
    const { updates, state: after } = optimizer.update({ w, b }, state, params);
    return { params: optim.applyUpdates(params, updates), state: after, key: next, loss: value };
  },
  { mode: process.argv[2] },
);

const [x, y] = [random.normal(random.key(3), [16, 6]), tf.ones([16, 3])];
let params = { w: random.normal(random.key(1), [6, 3]), b: tf.zeros([3]) };
let state = optimizer.init(params);
let key = random.key(2);

function run(steps) {
  for (let i = 0; i < steps; i++) {
    const out = step(params, state, key, x, y);
    tree.dispose([params, state, key, out.loss]);
    ({ params, state, key } = out);
  }
}

function growth() {
  gc();
  const resident = process.memoryUsage.rss();
  run(5000);
  gc();
  return (process.memoryUsage.rss() - resident) / 2 ** 20;
}

run(3000); // pools and caches fill
const before = tf.memory().numTensors;
const growths = [growth(), growth()];
console.log(JSON.stringify({ growths, stayed: tf.memory().numTensors - before }));
