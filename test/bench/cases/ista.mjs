/**
 * 100 iterations of ISTA (Daubechies, Defrise and De Mol 2004): sparse codes of 64 patches of 12x12
 * in a dictionary of 256.
 */
import { nn, random, scan, tf } from 'dark-matter';

const lambda = 0.1;
const shrink = (z, by) => tf.relu(z.sub(by)).sub(tf.relu(z.neg().sub(by)));

/** @type {import('./case.mjs').Case} */
export default {
  name: 'ista',
  title: '100 ISTA iterations, batch 64 x 144, dictionary of 256',
  draw: (key) => {
    const [forDictionary, forX] = random.split(key);
    const dictionary = nn.unitSphere().apply({}, random.normal(forDictionary, [256, 144]));
    // The slope's steepness is the largest eigenvalue of D^T D, at most the largest sum of a row's
    // absolute values.
    const steepness = tf.matMul(dictionary, dictionary, true, false).abs().sum(1).max();
    return { params: {}, batch: { dictionary, steepness, x: random.normal(forX, [64, 144]) } };
  },
  start: () => ({}),
  step: (state, { dictionary, steepness, x }) => {
    const threshold = tf.div(lambda, steepness);
    const [code] = scan(
      (z) => {
        const error = tf.matMul(z, dictionary).sub(x);
        return [
          shrink(z.sub(tf.matMul(error, dictionary, false, true).div(steepness)), threshold),
          undefined,
        ];
      },
      tf.zeros([64, 256]),
      100,
    );
    const error = tf.matMul(code, dictionary).sub(x);
    const loss = error.square().sum(1).div(2).add(code.abs().sum(1).mul(lambda)).mean();
    return { state, loss };
  },
};
