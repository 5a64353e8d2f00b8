/**
 * Loads the engine as a notebook does and measures it; prints one line of JSON. A program of its own, because an addon
 * that does not fit the machine may end its process.
 */
const util = require('node:util');

process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
// tfjs-node 4.22 calls two functions that Node 22 warns of and Node 23 removed.
util.isNullOrUndefined = (value) => value === null || value === undefined;
util.isArray = Array.isArray;

const name = process.argv[2] === 'javascript' ? '@tensorflow/tfjs' : '@tensorflow/tfjs-node';
// From the clone in whose folder this runs.
const tf = require(require.resolve(name, { paths: [process.cwd()] }));

/**
 * @param {number} size
 * @param {number} repeats
 */
function gigaflops(size, repeats) {
  const matrix = tf.ones([size, size]);
  const multiply = () => {
    const product = tf.matMul(matrix, matrix);
    const [corner] = product.slice([0, 0], [1, 1]).dataSync();
    product.dispose();
    if (corner !== size)
      throw new Error(`a matrix product is wrong: ${corner} given, ${size} expected`);
  };
  multiply();
  const times = Array.from({ length: repeats }, () => {
    const start = process.hrtime.bigint();
    multiply();
    return Number(process.hrtime.bigint() - start);
  });
  return (2 * size ** 3) / Math.min(...times);
}

tf.ready().then(() => {
  const native = tf.getBackend() === 'tensorflow';
  // Pure JavaScript takes seconds for the larger product.
  const [size, repeats] = native ? [1024, 10] : [256, 3];
  const result = {
    backend: tf.getBackend(),
    tfjs: tf.version_core ?? tf.version.tfjs,
    tensorflow: native ? tf.backend().binding.TF_Version : undefined,
    node: process.versions.node,
    matrix: size,
    gigaflops: gigaflops(size, repeats),
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
});
