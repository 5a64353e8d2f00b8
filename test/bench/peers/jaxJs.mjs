// @ts-check
/**
 * node jaxJs.mjs MODULE: jax-js, jit-compiled to WebAssembly. Every use of an array but the last is
 * written `.ref`, as its memory model asks.
 */
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { serve } from './serve.mjs';

/** @typedef {any} Tree */

const {
  numpy: np,
  nn,
  jit,
  valueAndGrad,
  tree,
  init,
  defaultDevice,
} = await import(pathToFileURL(process.argv[2]).href);
await init('wasm');
defaultDevice('wasm');

/**
 * The arrays of a safetensors file by their names.
 * @param {string} path
 * @returns {Map<string, Tree>}
 */
function read(path) {
  const bytes = readFileSync(path);
  const start = 8 + Number(bytes.readBigUInt64LE());
  const { __metadata__, ...entries } = JSON.parse(bytes.subarray(8, start).toString());
  return new Map(
    Object.entries(entries).map(
      ([
        name,
        {
          shape,
          data_offsets: [from, to],
        },
      ]) => [
        name,
        np
          .array(
            new Float32Array(
              bytes.buffer.slice(bytes.byteOffset + start + from, bytes.byteOffset + start + to),
            ),
          )
          .reshape(shape),
      ],
    ),
  );
}

/** @param {Tree[]} layers @param {Tree} x */
const mlp = (layers, x) =>
  layers.reduce((h, { kernel, bias }, i) => {
    const y = np.matmul(h, kernel).add(bias);
    return i < layers.length - 1 ? nn.relu(y) : y;
  }, x);

/** @param {Tree} z */
const unit = (z) => z.ref.div(np.sqrt(z.ref.mul(z).sum(1, { keepdims: true }).add(1e-12)));

/** @param {Tree[]} params @param {Tree} x1 @param {Tree} x2 */
function ntXent(params, x1, x2) {
  const a = unit(mlp(tree.ref(params), x1));
  const b = unit(mlp(params, x2));
  const z = np.concatenate([a.ref, b.ref]);
  const similarity = np.matmul(z.ref, np.transpose(z)).div(0.5);
  const logDenominator = nn
    .logsumexp(similarity.ref.sub(np.eye(similarity.shape[0]).mul(1e9)), 1)
    .mean();
  similarity.dispose();
  return logDenominator.sub(a.mul(b).sum(1).mean().div(0.5));
}

/**
 * @param {Tree} params
 * @param {Tree} mean
 * @param {Tree} square
 * @param {Tree} t
 * @param {Tree} x1
 * @param {Tree} x2
 */
function step(params, mean, square, t, x1, x2) {
  const [loss, grads] = valueAndGrad(ntXent)(tree.ref(params), x1, x2);
  const next = t.add(1);
  const correction = (/** @type {number} */ beta) =>
    np.subtract(1, np.exp(next.ref.mul(Math.log(beta))));
  const [c1, c2] = [correction(0.9), correction(0.999)];
  const m = tree.map(
    (/** @type {Tree} */ a, /** @type {Tree} */ g) => a.mul(0.9).add(g.mul(0.1)),
    mean,
    tree.ref(grads),
  );
  const s = tree.map(
    (/** @type {Tree} */ a, /** @type {Tree} */ g) => a.mul(0.999).add(g.ref.mul(g).mul(0.001)),
    square,
    grads,
  );
  const p = tree.map(
    (/** @type {Tree} */ w, /** @type {Tree} */ a, /** @type {Tree} */ b) =>
      w.sub(
        a
          .div(c1.ref)
          .div(np.sqrt(b.div(c2.ref)).add(1e-8))
          .mul(1e-3),
      ),
    params,
    tree.ref(m),
    tree.ref(s),
  );
  tree.dispose([c1, c2]);
  return [p, m, s, next, loss];
}

await serve(async (name, file) => {
  if (!name.startsWith('ntxent')) throw new Error('written for the NT-Xent cases only');
  const arrays = read(file);
  const take = (/** @type {string} */ key) => arrays.get(key);
  const places = [...arrays.keys()]
    .flatMap((key) => key.match(/^params\[(\d+)\]\.kernel$/)?.[1] ?? [])
    .sort((a, b) => Number(a) - Number(b));
  const params = places.map((place) => ({
    kernel: take(`params[${place}].kernel`),
    bias: take(`params[${place}].bias`),
  }));
  const [x1, x2] = [take('batch.x1'), take('batch.x2')];
  const zeros = () => tree.map((/** @type {Tree} */ leaf) => np.zeros(leaf.shape), params);
  const compiled = jit(step);
  /** @type {Tree[]} */
  let state = [params, zeros(), zeros(), np.zeros([])];
  const once = () => {
    const [p, m, s, t, loss] = compiled(...state, x1.ref, x2.ref);
    state = [p, m, s, t];
    return loss.dataSync()[0];
  };
  const begin = performance.now();
  const first = once();
  const compileMs = performance.now() - begin;
  return {
    losses: [first, once(), once()],
    compileMs,
    step: once,
    finish: () => {
      tree.dispose([...state, x1, x2]);
      compiled.dispose();
    },
  };
});
