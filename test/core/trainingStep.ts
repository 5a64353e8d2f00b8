import { tf, type Scalar, type Tensor, type Tensor2D } from '../../lib/core/engine';
import * as random from '../../lib/core/random';
import * as tree from '../../lib/core/pytree';

/** A training step with everything in it: random keys, a gradient, Adam, integers, booleans. */
export interface State {
  w: Tensor;
  b: Tensor;
  m: { w: Tensor; b: Tensor };
  v: { w: Tensor; b: Tensor };
  t: Tensor;
  key: Tensor;
}
export function trainingStep(state: State, x: Tensor, y: Tensor) {
  const [key, noiseKey] = random.split(state.key);
  const loss = (w: Tensor, b: Tensor): Scalar => {
    const noisy = x.add(random.normal(noiseKey, x.shape, 0, 0.1));
    return noisy
      .matMul(w as Tensor2D)
      .add(b)
      .tanh()
      .sub(y)
      .square()
      .mean();
  };
  const {
    value,
    grads: [gw, gb],
  } = tf.valueAndGrads(loss as (...args: Tensor[]) => Scalar)([state.w, state.b]);
  const grads = { w: gw!, b: gb! };
  const t = state.t.add(1);
  const m = tree.map((m, g) => m.mul(0.9).add(g.mul(0.1)), state.m, grads);
  const v = tree.map((v, g) => v.mul(0.999).add(g.square().mul(0.001)), state.v, grads);
  const corrected = tf.sub(1, tf.pow(0.9, t));
  const update = tree.map((m, v) => m.div(corrected).div(v.sqrt().add(1e-4)).mul(0.01), m, v);
  const { w, b } = tree.map((p, u) => p.sub(u), { w: state.w, b: state.b }, update);
  return { state: { w, b, m, v, t, key }, loss: value };
}

export function freshState(): State {
  const p = () => ({ w: random.normal(random.key(1), [6, 3]), b: tf.zeros([3]) });
  return {
    ...p(),
    m: tree.zerosLike(p()),
    v: tree.zerosLike(p()),
    t: tf.scalar(0),
    key: random.key(2),
  };
}
